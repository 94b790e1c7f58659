package dev.rowcast.bench.wire;

import dev.rowcast.protocol.Frames;
import java.io.ByteArrayOutputStream;

/**
 * Reads a server's frames (RFC 6455 section 5) where they lie, without copying them.
 *
 * <p>Immutable: what is incomplete stays with the caller, who brings it again with more behind it.
 * Lenient where leniency cannot hide a loss: a loader does not judge a server's UTF-8.
 */
public final class FrameScanner {
  /** A message larger than this is a broken length. */
  public static final int MAX_FRAME = 1 << 24;

  /** RSV1, which marks a compressed message (RFC 7692 section 6). */
  private static final int COMPRESSED = 0x40;

  /** What {@link #scan} answers when these bytes cannot be a server's frames. */
  public static final int BROKEN = -1;

  /** Who takes what was read; the bytes are valid during the call only. */
  public interface Sink {
    /** A whole text or binary message. */
    void message(byte[] bytes, int from, int to);

    /** As {@link #message}, compressed (RFC 7692); false: that was not agreed upon. */
    boolean deflated(byte[] bytes, int from, int to);

    /** A ping. */
    void ping(byte[] bytes, int from, int to);

    /** The server ends the connection; {@code code} is 1005 when it gave none. */
    void close(int code);
  }

  private FrameScanner() {}

  /**
   * Reads all whole messages.
   *
   * @return where the first incomplete one begins, or {@link #BROKEN}
   */
  public static int scan(byte[] bytes, int from, int to, Sink sink) {
    int at = from;
    while (to - at >= 2) {
      var payload = payload(bytes, at, to);
      if (payload <= 0) {
        return payload == 0 ? at : BROKEN;
      }
      var end = payload + length(bytes, at);
      if (end > to) {
        return at;
      }
      var opcode = bytes[at] & 0x0F;
      if (opcode < Frames.CLOSE && bytes[at] >= 0) {
        var next = join(bytes, at, to, sink);
        if (next <= 0) {
          return next == 0 ? at : BROKEN;
        }
        at = next;
        continue;
      }
      switch (opcode) {
        case Frames.TEXT, Frames.BINARY -> {
          if (!deliver(bytes[at], bytes, payload, end, sink)) {
            return BROKEN;
          }
        }
        case Frames.CLOSE, Frames.PING, Frames.PONG -> control(opcode, bytes, payload, end, sink);
        default -> {
          return BROKEN;
        }
      }
      at = end;
    }
    return at;
  }

  /** Hands on a whole message by the first byte of its first frame. */
  private static boolean deliver(byte first, byte[] bytes, int from, int to, Sink sink) {
    if ((first & COMPRESSED) != 0) {
      return sink.deflated(bytes, from, to);
    }
    sink.message(bytes, from, to);
    return true;
  }

  private static void control(int opcode, byte[] bytes, int from, int to, Sink sink) {
    if (opcode == Frames.PING) {
      sink.ping(bytes, from, to);
    } else if (opcode == Frames.CLOSE) {
      sink.close(to - from < 2 ? 1005 : (bytes[from] & 0xFF) << 8 | (bytes[from + 1] & 0xFF));
    }
  }

  /** A message in fragments: taken only when all of it is here; 0 when it is not. */
  private static int join(byte[] bytes, int from, int to, Sink sink) {
    var whole = new ByteArrayOutputStream();
    int at = from;
    while (to - at >= 2) {
      var payload = payload(bytes, at, to);
      if (payload <= 0) {
        return payload;
      }
      var end = payload + length(bytes, at);
      if (end > to) {
        return 0;
      }
      if ((bytes[at] & 0x0F) < Frames.CLOSE) {
        whole.write(bytes, payload, end - payload);
        if (bytes[at] < 0) {
          return join(bytes, from, end, whole.toByteArray(), sink);
        }
      }
      at = end;
    }
    return 0;
  }

  /** Control frames that came between the fragments go first, then the message. */
  private static int join(byte[] bytes, int from, int to, byte[] whole, Sink sink) {
    for (int at = from; at < to; ) {
      var payload = payload(bytes, at, to);
      var end = payload + length(bytes, at);
      control(bytes[at] & 0x0F, bytes, payload, end, sink);
      at = end;
    }
    return deliver(bytes[from], whole, 0, whole.length, sink) ? to : BROKEN;
  }

  /** Where the payload of the frame begins; 0: the header is incomplete; negative: broken. */
  private static int payload(byte[] bytes, int at, int to) {
    if (hasStrangeBits(bytes[at]) || bytes[at + 1] < 0) {
      return BROKEN;
    }
    var size = bytes[at + 1] & 0x7F;
    var header = size < 126 ? 2 : size == 126 ? 4 : 10;
    if (to - at < header) {
      return 0;
    }
    var length = length(bytes, at);
    return length < 0 || length > MAX_FRAME ? BROKEN : at + header;
  }

  /** Of the reserved bits only the first has a meaning, and only where a message begins. */
  private static boolean hasStrangeBits(byte first) {
    var opcode = first & 0x0F;
    var isBeginning = opcode == Frames.TEXT || opcode == Frames.BINARY;
    return (first & (isBeginning ? 0x70 & ~COMPRESSED : 0x70)) != 0;
  }

  private static int length(byte[] bytes, int at) {
    var size = bytes[at + 1] & 0x7F;
    if (size < 126) {
      return size;
    }
    if (size == 126) {
      return (bytes[at + 2] & 0xFF) << 8 | (bytes[at + 3] & 0xFF);
    }
    var length = 0L;
    for (int i = at + 2; i < at + 10; i++) {
      length = length << 8 | (bytes[i] & 0xFF);
    }
    return length < 0 || length > MAX_FRAME ? -1 : (int) length;
  }
}
