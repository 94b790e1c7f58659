package dev.rowcast.bench.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class PositionScanTest {

  @Test
  void aMessagesPositionIsFoundAndTheFirstOneCounts() {
    assertThat(scan("{\"type\":\"position\",\"position\":\"3f2a.58-0\"}")).isEqualTo("3f2a.58-0");
    assertThat(
            scan(
                "{\"sub\":\"k\",\"event\":{\"type\":\"insert\",\"position\":\"e.9-1\",\"row\":"
                    + "{\"position\":\"x\"}}}"))
        .isEqualTo("e.9-1");
  }

  @Test
  void withoutOneTheOldOneStands() {
    assertThat(scan("{\"type\":\"heartbeat\"}")).isEqualTo("before");
    assertThat(scan("{\"position\":\"cut off")).isEqualTo("before");
    assertThat(scan("")).isEqualTo("before");
  }

  private static @Nullable String scan(String text) {
    var bytes = ("..." + text).getBytes(UTF_8);
    return PositionScan.position(bytes, 3, bytes.length, "before");
  }
}
