package dev.rowcast.bench.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.protocol.Frames;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class FrameScannerTest {
  private final List<String> heard = new ArrayList<>();
  private boolean takesCompressed = true;
  private final FrameScanner.Sink sink =
      new FrameScanner.Sink() {
        @Override
        public void message(byte[] bytes, int from, int to) {
          heard.add(
              "message "
                  + (to - from)
                  + " "
                  + new String(bytes, from, Math.min(3, to - from), US_ASCII));
        }

        @Override
        public boolean deflated(byte[] bytes, int from, int to) {
          heard.add("deflated " + new String(bytes, from, to - from, US_ASCII));
          return takesCompressed;
        }

        @Override
        public void ping(byte[] bytes, int from, int to) {
          heard.add("ping " + new String(bytes, from, to - from, US_ASCII));
        }

        @Override
        public void close(int code) {
          heard.add("close " + code);
        }
      };

  @Test
  void anyCutOfAnyFramesGivesTheSameMessages() {
    var all = new ByteArrayOutputStream();
    for (var size : List.of(0, 3, 125, 126, 65_535, 65_536)) {
      all.writeBytes(
          Frames.frame(Frames.TEXT, "abc".repeat(30_000).substring(0, size).getBytes(US_ASCII)));
    }
    all.writeBytes(Frames.frame(Frames.PING, "pp".getBytes(US_ASCII)));
    all.writeBytes(new byte[] {0x01, 2, 'x', 'y'});
    all.writeBytes(Frames.frame(Frames.PING, "in".getBytes(US_ASCII)));
    all.writeBytes(new byte[] {(byte) 0x80, 1, 'z'});
    all.writeBytes(new byte[] {(byte) 0xC1, 2, 'd', 'e'});
    all.writeBytes(new byte[] {0x42, 1, 'f'});
    all.writeBytes(new byte[] {(byte) 0x80, 1, 'g'});
    all.writeBytes(Frames.close(1001, "bye"));
    var bytes = all.toByteArray();
    var expected =
        List.of(
            "message 0 ",
            "message 3 abc",
            "message 125 abc",
            "message 126 abc",
            "message 65535 abc",
            "message 65536 abc",
            "ping pp",
            "ping in",
            "message 3 xyz",
            "deflated de",
            "deflated fg",
            "close 1001");
    var random = new Random(5);

    for (int round = 0; round < 50; round++) {
      heard.clear();
      var carry = new byte[0];
      for (int at = 0; at < bytes.length; ) {
        var end = Math.min(bytes.length, at + 1 + random.nextInt(40_000));
        var whole = Arrays.copyOf(carry, carry.length + end - at);
        System.arraycopy(bytes, at, whole, carry.length, end - at);
        var used = FrameScanner.scan(whole, 0, whole.length, sink);
        carry = Arrays.copyOfRange(whole, used, whole.length);
        at = end;
      }
      assertThat(heard).isEqualTo(expected);
      assertThat(carry).isEmpty();
    }
  }

  @Test
  void aMaskOrAReservedBitOrAnEndlessLengthIsBroken() {
    assertThat(FrameScanner.scan(new byte[] {(byte) 0x81, (byte) 0x81, 0, 0}, 0, 4, sink))
        .isEqualTo(FrameScanner.BROKEN);
    assertThat(FrameScanner.scan(new byte[] {(byte) 0xA1, 0}, 0, 2, sink))
        .isEqualTo(FrameScanner.BROKEN);
    assertThat(FrameScanner.scan(new byte[] {(byte) 0xC9, 0}, 0, 2, sink))
        .isEqualTo(FrameScanner.BROKEN);
    assertThat(
            FrameScanner.scan(new byte[] {(byte) 0x81, 127, 127, 0, 0, 0, 0, 0, 0, 0}, 0, 10, sink))
        .isEqualTo(FrameScanner.BROKEN);
  }

  @Test
  void aCompressedMessageThatWasNotAgreedUponIsBroken() {
    takesCompressed = false;

    assertThat(FrameScanner.scan(new byte[] {(byte) 0xC1, 0}, 0, 2, sink))
        .isEqualTo(FrameScanner.BROKEN);
    assertThat(FrameScanner.scan(new byte[] {0x41, 0, (byte) 0x80, 0}, 0, 4, sink))
        .isEqualTo(FrameScanner.BROKEN);
  }
}
