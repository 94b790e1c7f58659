package dev.rowcast.protocol;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Any bytes give messages or one reason to end, the same ones however the network cuts them, within
 * the limit, and text is UTF-8.
 */
final class FrameFuzzTest {
  private static final int MAX = 2048;

  /** What a decoder said, in its order. */
  private static final class Transcript implements FrameDecoder.Sink {
    final List<String> lines = new ArrayList<>();
    int frames;

    private boolean add(String kind, byte[] payload, int limit) {
      assertThat(payload.length).isLessThanOrEqualTo(limit);
      return lines.add(kind + new String(payload, ISO_8859_1));
    }

    @Override
    public boolean frame() {
      return ++frames < 1000;
    }

    @Override
    public boolean text(byte[] payload) {
      assertThat(Utf8.isValid(payload)).isTrue();
      return add("text ", payload, MAX);
    }

    @Override
    public boolean binary(byte[] payload) {
      return add("binary ", payload, MAX);
    }

    @Override
    public boolean ping(byte[] payload) {
      return add("ping ", payload, 125);
    }

    @Override
    public boolean pong(byte[] payload) {
      return add("pong ", payload, 125);
    }

    @Override
    public void close(int code) {
      assertThat(Frames.isCloseCode(code)).isTrue();
      lines.add("close " + code);
    }
  }

  @FuzzTest(maxDuration = "60s")
  void anyBytesGiveMessagesOrOneReasonToEnd(byte[] data) {
    if (data.length < 2) {
      return;
    }
    var frames = Arrays.copyOfRange(data, 2, data.length);

    assertThat(decode(data[0], frames, data[1] & 0xFF)).isEqualTo(decode(data[0], frames, 0));
  }

  private static List<String> decode(int options, byte[] frames, int piece) {
    var decoder = new FrameDecoder(MAX, (options & 1) != 0, (options & 2) != 0);
    var transcript = new Transcript();
    var step = piece == 0 ? Math.max(1, frames.length) : piece;
    for (int from = 0; from < frames.length; from += step) {
      var bytes = ByteBuffer.wrap(frames, from, Math.min(step, frames.length - from));
      var error = decoder.decode(bytes, transcript);
      assertThat(bytes.hasRemaining() && error == null).isFalse();
      if (error != null) {
        transcript.lines.add("error " + error);
        break;
      }
    }
    return transcript.lines;
  }
}
