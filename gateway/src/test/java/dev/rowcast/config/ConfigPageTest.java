package dev.rowcast.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** {@code docs/CONFIG.md} says what the table of keys says. */
final class ConfigPageTest {
  private static final Path PAGE = Path.of("../docs/CONFIG.md");

  @Test
  void thePageIsAsGenerated() throws IOException {
    if (System.getProperty("rowcast.config-page", "check").equals("write")) {
      Files.writeString(PAGE, ConfigPage.markdown());
    }

    assertThat(PAGE).as("run build/config-page").hasContent(ConfigPage.markdown());
  }

  @TestFactory
  Stream<DynamicTest> everyExampleIsAccepted() {
    var entries = Keys.ENTRIES.values().stream().flatMap(keys -> keys.stream());
    return Stream.concat(Keys.ALL.stream(), entries)
        .map(key ->
            DynamicTest.dynamicTest(
                key.owner().getSimpleName() + " " + key.name(), () -> accepts(key)));
  }

  /** Secrets in files are examples too, yet there is no such file here. */
  private static void accepts(Key<?> key) {
    var problems = new Problems();
    var yaml = "key: " + (key.example().startsWith("@") ? "secret" : key.example());

    var value = YamlText.read(yaml, problems, _ -> new Origin.Default()).orElseThrow();
    var read = key.read(((Value.Fields) value).fields().getOrDefault("key", value), problems);

    problems.refuse();
    assertThat(read).isPresent().isNotEqualTo(key.byDefault());
  }

  @Test
  void everyKeyHasItsOwnEnvironmentName() {
    assertThat(Keys.environmentNames()).hasSameSizeAs(Keys.ALL).doesNotContain("ROWCAST_CONFIG");
  }
}
