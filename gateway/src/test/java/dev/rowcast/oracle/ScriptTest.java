package dev.rowcast.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ScriptTest {
  @Test
  void cutsAtSpacesOutsideQuotes() {
    var script = Script.parse("s", List.of("# why", "", "send A text \"two words \\\" more\""));

    assertThat(script.steps())
        .singleElement()
        .satisfies(step -> {
          assertThat(step.line()).isEqualTo(3);
          assertThat(step.words()).containsExactly("send", "A", "text", "\"two words \\\" more\"");
        });
  }

  @Test
  void readsEscapesAndRepetition() {
    assertThat(Script.bytes("\"\\xff\\x00\\n\\\"é\""))
        .isEqualTo(new byte[] {-1, 0, '\n', '"', (byte) 0xc3, (byte) 0xa9});
    assertThat(Script.string("\"ab\"*3")).isEqualTo("ababab");
    assertThat(Script.string("bare")).isEqualTo("bare");
  }

  @Test
  void readsSettingsAndOracles() {
    var script =
        Script.parse(
            "s",
            List.of("server prefix=p expire=0 heartbeat=none", "oracles runserver", "ready A"));

    assertThat(script.settings().prefixWithColon()).isEqualTo("p:");
    assertThat(script.settings().expire()).isEqualTo(Duration.ZERO);
    assertThat(script.settings().heartbeat()).isEmpty();
    assertThat(script.oracles()).containsExactly(Oracle.Kind.RUNSERVER);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Script.parse("s", List.of("server prefx=p")));
  }

  @Test
  void everyScriptHasItsRecordings() throws IOException {
    var scripts =
        Stream.concat(Corpus.conversations().stream(), Corpus.identity().stream()).toList();

    assertThat(scripts).hasSizeGreaterThan(40);
    for (Script script : scripts) {
      for (Oracle.Kind kind : script.oracles()) {
        assertThat(Corpus.recorded(kind, script).notes()).hasSameSizeAs(script.steps());
      }
    }
  }
}
