package dev.rowcast.bench;

import dev.rowcast.base.Endpoint;
import dev.rowcast.bench.wire.Stamp;
import dev.rowcast.bench.wire.UpgradeRequest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What every part of one run knows alike, in every process of it.
 *
 * <p>Immutable.
 *
 * @param run the number in its stamps
 * @param origin the clock's reading from which everything is counted; the clock of Linux is one for
 *     all processes
 */
record Plan(BenchSettings settings, int run, long origin) {

  Stamp stamp() {
    return new Stamp(run);
  }

  UpgradeRequest upgrade() {
    var target = settings.target();
    return new UpgradeRequest(
        new Endpoint(target.host(), target.port()).toString(),
        target.subprotocol(),
        target.headers(),
        ByteBuffer.allocate(16).putInt(run).putLong(origin).array());
  }

  /** A message with this stamp: a JSON object of the size that was asked for. */
  byte[] payload(String stamp) {
    var bytes = new byte[settings.load().size()];
    Arrays.fill(bytes, (byte) 'x');
    var head = ("{\"bench\":\"" + stamp + "\",\"x\":\"").getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(head, 0, bytes, 0, head.length);
    bytes[bytes.length - 2] = '"';
    bytes[bytes.length - 1] = '}';
    return bytes;
  }

  /** Where the stamp is in {@link #payload}. */
  static int place() {
    return "{\"bench\":\"".length();
  }

  /** The topic of a client: its own in echo mode, so that nobody takes another's echo for his. */
  int topic(int id) {
    return settings.mode() == Mode.ECHO ? id & 0xFFFF : id % settings.load().topics();
  }
}
