package dev.rowcast.protocol;

import dev.rowcast.message.CloseReason;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads a client's frames (RFC 6455 section 5) however the network cut them, and joins fragments.
 *
 * <pre>
 *  FIN RSV1-3 opcode | MASK length | 16 or 64 bits of length | 32 bits of mask | payload
 *  ----- FLAGS ----- | -- SIZE --- | -------- LONG_SIZE ---- | ---- MASK ----- | PAYLOAD
 * </pre>
 *
 * <p>Confined to the connection's event loop. Whatever comes in gives messages or one {@link
 * CloseReason}, never an exception, and the same ones for every way of cutting the same bytes.
 * Memory grows with what has arrived, never with what a length announces. After an error, a close
 * frame or a refusal by the {@link Sink} everything further is ignored.
 */
public final class FrameDecoder {

  /**
   * Who takes what was read, in its order; each method answers whether to read on. Arrays belong to
   * the sink from then on.
   */
  public interface Sink {
    /** A frame of any kind begins: the place to count. */
    boolean frame();

    /** A whole text message, valid UTF-8. */
    boolean text(byte[] payload);

    /** A whole binary message. */
    boolean binary(byte[] payload);

    /** A ping, to be answered with the same payload. */
    boolean ping(byte[] payload);

    /** An answer to a ping of ours. */
    boolean pong(byte[] payload);

    /** The client ends the connection; {@code code} is 1000 when it gave none. */
    void close(int code);
  }

  private enum State {
    FLAGS,
    SIZE,
    LONG_SIZE,
    MASK,
    PAYLOAD,
    DONE
  }

  private static final byte[] EMPTY = {};

  private final int maxMessage;
  private final boolean allowUnmasked;
  private final boolean deflate;

  private State state = State.FLAGS;

  /** First byte of the frame being read. */
  private int flags;

  private boolean masked;

  /** Whether the length has 64 bits, else 16. */
  private boolean wide;

  /** Bytes of the field being read that are still to come. */
  private int missing;

  /** The length of the frame while it is read; then how much of its payload is still to come. */
  private long length;

  private int mask;

  /** Opcode of the fragmented message being joined; {@link Frames#CONTINUATION}: none. */
  private int fragmented;

  /** Whether that message is compressed. */
  private boolean compressed;

  private int utf8 = Utf8.COMPLETE;

  /** The data message being joined, its first {@code size} bytes. */
  private byte[] message = EMPTY;

  private int size;

  /** A control frame's payload: it may come between the fragments of a message. */
  private byte[] control = EMPTY;

  private int controlSize;

  /**
   * A decoder at the beginning of a connection.
   *
   * @param maxMessage bytes of the longest message, all fragments together
   * @param allowUnmasked accepts frames without a mask
   * @param deflate permessage-deflate was agreed upon
   */
  public FrameDecoder(int maxMessage, boolean allowUnmasked, boolean deflate) {
    this.deflate = deflate;
    this.maxMessage = maxMessage;
    this.allowUnmasked = allowUnmasked;
  }

  /**
   * Reads all of {@code in}.
   *
   * @return why the connection must end, or null to go on
   */
  public @Nullable CloseReason decode(ByteBuffer in, Sink sink) {
    while (in.hasRemaining() && state != State.DONE) {
      var error =
          switch (state) {
            case FLAGS -> flags(in.get() & 0xFF, sink);
            case SIZE -> size(in.get() & 0xFF, sink);
            case LONG_SIZE -> longSize(in.get() & 0xFF, sink);
            case MASK -> mask(in.get() & 0xFF, sink);
            case PAYLOAD -> payload(in, sink);
            case DONE -> null;
          };
      if (error != null) {
        finish();
        return error;
      }
    }
    in.position(in.limit());
    return null;
  }

  private @Nullable CloseReason flags(int octet, Sink sink) {
    flags = octet;
    var begins = opcode() == Frames.TEXT || opcode() == Frames.BINARY;
    if ((octet & 0x70 & ~(deflate && begins ? Frames.RSV1 : 0)) != 0) {
      return CloseReason.PROTOCOL_ERROR;
    }
    var legal =
        switch (opcode()) {
          case Frames.CONTINUATION -> fragmented != Frames.CONTINUATION;
          case Frames.TEXT, Frames.BINARY -> fragmented == Frames.CONTINUATION;
          case Frames.CLOSE, Frames.PING, Frames.PONG -> isFinal();
          default -> false;
        };
    if (!legal) {
      return CloseReason.PROTOCOL_ERROR;
    }
    state = State.SIZE;
    goOn(sink.frame());
    return null;
  }

  private @Nullable CloseReason size(int octet, Sink sink) {
    masked = (octet & 0x80) != 0;
    if (!masked && !allowUnmasked) {
      return CloseReason.PROTOCOL_ERROR;
    }
    length = octet & 0x7F;
    if (length < 126) {
      return sized(sink);
    }
    if (isControl()) {
      return CloseReason.PROTOCOL_ERROR;
    }
    wide = length == 127;
    missing = wide ? 8 : 2;
    length = 0;
    state = State.LONG_SIZE;
    return null;
  }

  private @Nullable CloseReason longSize(int octet, Sink sink) {
    if (wide && missing == 8 && (octet & 0x80) != 0) {
      return CloseReason.PROTOCOL_ERROR;
    }
    length = length << 8 | octet;
    missing--;
    if (missing > 0) {
      return null;
    }
    var shortest = wide ? length > 0xFFFF : length > 125;
    return shortest ? sized(sink) : CloseReason.PROTOCOL_ERROR;
  }

  private @Nullable CloseReason sized(Sink sink) {
    if (!isControl() && length > maxMessage - size) {
      return CloseReason.MESSAGE_TOO_BIG;
    }
    if (masked) {
      mask = 0;
      missing = 4;
      state = State.MASK;
      return null;
    }
    mask = 0;
    return beginPayload(sink);
  }

  private @Nullable CloseReason mask(int octet, Sink sink) {
    mask = mask << 8 | octet;
    missing--;
    return missing > 0 ? null : beginPayload(sink);
  }

  private @Nullable CloseReason beginPayload(Sink sink) {
    if (opcode() == Frames.TEXT || opcode() == Frames.BINARY) {
      fragmented = opcode();
      compressed = (flags & Frames.RSV1) != 0;
      utf8 = Utf8.COMPLETE;
    }
    state = State.PAYLOAD;
    return length == 0 ? endOfFrame(sink) : null;
  }

  private @Nullable CloseReason payload(ByteBuffer in, Sink sink) {
    var count = (int) Math.min(length, in.remaining());
    if (isControl()) {
      control = take(in, count, control, controlSize);
      controlSize += count;
    } else {
      message = take(in, count, message, size);
      if (fragmented == Frames.TEXT && !compressed) {
        utf8 = Utf8.check(utf8, message, size, size + count);
        if (utf8 == Utf8.INVALID) {
          return CloseReason.INVALID_UTF8;
        }
      }
      size += count;
    }
    length -= count;
    return length > 0 ? null : endOfFrame(sink);
  }

  /** Moves bytes to the end of {@code target}, unmasked; the mask is turned so that it fits on. */
  private byte[] take(ByteBuffer in, int count, byte[] target, int at) {
    var end = at + count;
    var room = target;
    if (room.length < end) {
      var expected = (int) Math.min(at + length, Math.max(end, 2L * room.length));
      room = Arrays.copyOf(room, expected);
    }
    in.get(room, at, count);
    if (mask != 0) {
      for (int i = at; i < end; i++) {
        room[i] ^= (byte) (mask >>> 24);
        mask = Integer.rotateLeft(mask, 8);
      }
    }
    return room;
  }

  private @Nullable CloseReason endOfFrame(Sink sink) {
    state = State.FLAGS;
    return isControl() ? endOfControl(sink) : endOfData(sink);
  }

  private @Nullable CloseReason endOfData(Sink sink) {
    if (!isFinal()) {
      return null;
    }
    var whole = size == message.length ? message : Arrays.copyOf(message, size);
    message = EMPTY;
    size = 0;
    if (!compressed) {
      return message(whole, sink);
    }
    return switch (PerMessageDeflate.inflate(whole, maxMessage)) {
      case PerMessageDeflate.Inflated.Whole inflated -> {
        var bytes = inflated.bytes();
        utf8 = Utf8.check(Utf8.COMPLETE, bytes, 0, bytes.length);
        yield message(bytes, sink);
      }
      case PerMessageDeflate.Inflated.Failed(var failure) ->
          failure == PerMessageDeflate.Failure.TOO_BIG
              ? CloseReason.MESSAGE_TOO_BIG
              : CloseReason.PROTOCOL_ERROR;
    };
  }

  private @Nullable CloseReason message(byte[] whole, Sink sink) {
    var text = fragmented == Frames.TEXT;
    if (text && utf8 != Utf8.COMPLETE) {
      return CloseReason.INVALID_UTF8;
    }
    fragmented = Frames.CONTINUATION;
    goOn(text ? sink.text(whole) : sink.binary(whole));
    return null;
  }

  private @Nullable CloseReason endOfControl(Sink sink) {
    var whole = controlSize == control.length ? control : Arrays.copyOf(control, controlSize);
    control = EMPTY;
    controlSize = 0;
    switch (opcode()) {
      case Frames.PING -> goOn(sink.ping(whole));
      case Frames.PONG -> goOn(sink.pong(whole));
      default -> {
        return close(whole, sink);
      }
    }
    return null;
  }

  private @Nullable CloseReason close(byte[] payload, Sink sink) {
    if (payload.length == 1) {
      return CloseReason.PROTOCOL_ERROR;
    }
    int code = 1000;
    if (payload.length > 0) {
      code = (payload[0] & 0xFF) << 8 | (payload[1] & 0xFF);
      if (!Frames.isCloseCode(code)) {
        return CloseReason.PROTOCOL_ERROR;
      }
      if (Utf8.check(Utf8.COMPLETE, payload, 2, payload.length) != Utf8.COMPLETE) {
        return CloseReason.INVALID_UTF8;
      }
    }
    finish();
    sink.close(code);
    return null;
  }

  private void goOn(boolean further) {
    if (!further) {
      finish();
    }
  }

  private void finish() {
    state = State.DONE;
    message = EMPTY;
    control = EMPTY;
    size = 0;
  }

  private int opcode() {
    return flags & 0x0F;
  }

  private boolean isFinal() {
    return (flags & 0x80) != 0;
  }

  private boolean isControl() {
    return (flags & 0x08) != 0;
  }
}
