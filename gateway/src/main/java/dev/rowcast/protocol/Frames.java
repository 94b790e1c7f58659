package dev.rowcast.protocol;

import dev.rowcast.message.CloseReason;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * The bytes of frames from server to client: final, unmasked (RFC 6455 section 5.2).
 *
 * <p>Immutable.
 */
public final class Frames {
  /** The longest header without a mask. */
  public static final int MAX_HEADER = 10;

  /** Opcodes of RFC 6455 section 11.8. */
  public static final int CONTINUATION = 0;

  public static final int TEXT = 1;
  public static final int BINARY = 2;
  public static final int CLOSE = 8;
  public static final int PING = 9;
  public static final int PONG = 10;

  /** The bit that says a message is compressed (RFC 7692 section 6). */
  public static final int RSV1 = 0x40;

  private Frames() {}

  /** How long the header of a frame with this much payload is. */
  public static int headerSize(int length) {
    return length < 126 ? 2 : length < 1 << 16 ? 4 : 10;
  }

  /**
   * Writes the header of a final frame to the beginning of {@code target}.
   *
   * @param opcode may carry {@link #RSV1}
   * @return its size
   */
  public static int putHeader(byte[] target, int opcode, int length) {
    target[0] = (byte) (0x80 | opcode);
    var size = headerSize(length);
    if (size == 2) {
      target[1] = (byte) length;
      return size;
    }
    target[1] = (byte) (size == 4 ? 126 : 127);
    for (int at = size - 1, rest = length; at >= 2; at--, rest >>>= 8) {
      target[at] = (byte) rest;
    }
    return size;
  }

  /** A whole frame. */
  public static byte[] frame(int opcode, byte[] payload) {
    var header = headerSize(payload.length);
    var frame = new byte[header + payload.length];
    putHeader(frame, opcode, payload.length);
    System.arraycopy(payload, 0, frame, header, payload.length);
    return frame;
  }

  /** The close frame of a reason. */
  public static byte[] close(CloseReason reason) {
    return close(reason.code(), reason.text());
  }

  /** The close frame of a reason that asks for a return, which also says when. */
  public static byte[] close(CloseReason reason, Duration retry) {
    return close(reason.code(), reason.text() + " retry=" + retry.toMillis());
  }

  /** A close frame; {@code text} is at most 123 bytes of UTF-8. */
  public static byte[] close(int code, String text) {
    var words = text.getBytes(StandardCharsets.UTF_8);
    if (words.length > 123) {
      throw new IllegalArgumentException("a close frame has no room for '" + text + "'");
    }
    var payload = new byte[2 + words.length];
    payload[0] = (byte) (code >> 8);
    payload[1] = (byte) code;
    System.arraycopy(words, 0, payload, 2, words.length);
    return frame(CLOSE, payload);
  }

  /**
   * Whether a client may send this close code: RFC 6455 section 7.4 without the codes that ws4redis
   * refuses too.
   */
  public static boolean isCloseCode(int code) {
    return (code >= 1000 && code <= 1003)
        || (code >= 1007 && code <= 1011)
        || (code >= 3000 && code <= 4999);
  }
}
