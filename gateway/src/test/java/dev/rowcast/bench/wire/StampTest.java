package dev.rowcast.bench.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class StampTest {
  private final Stamp stamp = new Stamp(0xDEADBEEF);

  @Test
  void whatWasWrittenIsRead() {
    var random = new Random(3);
    for (int i = 0; i < 1_000; i++) {
      var topic = random.nextInt(Stamp.TOPICS);
      var number = random.nextInt(Integer.MAX_VALUE);
      var due = random.nextLong(1L << 48);
      var bytes = ("{\"data\":\"" + stamp.text(topic, number, due) + "\"}").getBytes(US_ASCII);

      var at = stamp.find(bytes, 0, bytes.length, 0);

      assertThat(at).isEqualTo(9);
      assertThat(Stamp.topic(bytes, at)).isEqualTo(topic);
      assertThat(Stamp.number(bytes, at)).isEqualTo(number);
      assertThat(Stamp.due(bytes, at)).isEqualTo(due);
    }
  }

  @Test
  void theDashesOfAUuidChangeNothing() {
    var plain = stamp.text(0x1234, 0x1ABCDEF0, 0x123456789ABCL);
    var uuid =
        UUID.fromString(plain.replaceFirst("(.{8})(.{4})(.{4})(.{4})(.{12})", "$1-$2-$3-$4-$5"));
    var bytes = uuid.toString().getBytes(US_ASCII);

    var at = stamp.find(bytes, 0, bytes.length, 5);

    assertThat(Stamp.topic(bytes, at)).isEqualTo(0x1234);
    assertThat(Stamp.number(bytes, at)).isEqualTo(0x1ABCDEF0);
    assertThat(Stamp.due(bytes, at)).isEqualTo(0x123456789ABCL);
  }

  @Test
  void aHeartbeatAndAnotherRunsMessageHoldNone() {
    var heartbeat = "--heartbeat--".getBytes(US_ASCII);
    var foreign = new Stamp(1).text(0, 0, 0).getBytes(US_ASCII);

    assertThat(stamp.find(heartbeat, 0, heartbeat.length, 0)).isEqualTo(Stamp.NONE);
    assertThat(stamp.find(foreign, 0, foreign.length, 0)).isEqualTo(Stamp.NONE);
  }
}
