package dev.rowcast.config;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Any file is a configuration or is refused with sentences; nothing else ever comes out. */
final class ConfigFuzzTest {

  @FuzzTest(maxDuration = "60s")
  void anyFileIsAConfigurationOrIsRefusedWithSentences(byte[] data) throws IOException {
    var file = Files.createTempFile("rowcast-fuzz", ".yaml");
    try {
      Files.write(file, data);
      var flag = new Sources.Setting("--set", "limits.facilities", new String(data, ISO_8859_1));

      for (var flags : List.of(List.<Sources.Setting>of(), List.of(flag))) {
        load(file, flags);
      }
    } finally {
      Files.delete(file);
    }
  }

  private static void load(Path file, List<Sources.Setting> flags) {
    try {
      var configuration = Configuration.load(new Sources(Optional.of(file), Map.of(), flags));
      assertThat(configuration.lines()).isNotEmpty();
      assertThat(configuration.differences(configuration)).isEmpty();
    } catch (ConfigException e) {
      assertThat(e.problems()).isNotEmpty().noneMatch(String::isBlank);
    }
  }
}
