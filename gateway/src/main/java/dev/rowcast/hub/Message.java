package dev.rowcast.hub;

import dev.rowcast.message.Topic;
import dev.rowcast.protocol.Frames;
import dev.rowcast.protocol.LiveFrames;
import dev.rowcast.protocol.Utf8;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One message on its way to the sockets of one loop.
 *
 * <p>Confined to that loop once it is handed over.
 *
 * <p>It travels as a text frame, as ws4redis sends it. Only a payload that is not UTF-8, which a
 * browser would answer by dropping the connection, travels as a binary frame.
 */
public final class Message {
  private final Topic topic;
  private final byte[] payload;
  private int opcode;
  private int hash;
  private byte @Nullable [] deflated;
  private byte @Nullable [] digest;
  private byte @Nullable [] live;

  Message(Topic topic, byte[] payload) {
    this.topic = topic;
    this.payload = payload;
  }

  /** Where it was published. */
  public Topic topic() {
    return topic;
  }

  int payloadSize() {
    return payload.length;
  }

  byte[] payload() {
    return payload;
  }

  /** Depends on the content; computed once. */
  int contentHash() {
    if (hash == 0) {
      hash = Arrays.hashCode(payload);
    }
    return hash;
  }

  /** SHA-256 of the content; computed once. */
  byte[] digest() {
    var known = digest;
    if (known == null) {
      known = digest(payload);
      digest = known;
    }
    return known;
  }

  static byte[] digest(byte[] content) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(content);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }

  /** Text, or binary for what is not UTF-8; found out once. */
  int opcode() {
    if (opcode == 0) {
      opcode = Utf8.isValid(payload) ? Frames.TEXT : Frames.BINARY;
    }
    return opcode;
  }

  /** What {@link FrameEncoder} keeps here. */
  byte @Nullable [] deflated() {
    return deflated;
  }

  void deflated(byte[] bytes) {
    deflated = bytes;
  }

  /** The text that {@code /live} makes of it; made once. */
  byte[] live() {
    var known = live;
    if (known == null) {
      known = LiveFrames.message(topic, payload);
      live = known;
    }
    return known;
  }

  /** Its frame, not compressed, in a buffer of its own, which the caller releases. */
  public ByteBuf frame(ByteBufAllocator allocator) {
    return frame(allocator, opcode(), payload);
  }

  /** The same for {@code /live}. */
  public ByteBuf liveFrame(ByteBufAllocator allocator) {
    return frame(allocator, Frames.TEXT, live());
  }

  private static ByteBuf frame(ByteBufAllocator allocator, int opcode, byte[] body) {
    var header = new byte[Frames.MAX_HEADER];
    var size = Frames.putHeader(header, opcode, body.length);
    var frame = allocator.directBuffer(size + body.length, size + body.length);
    return frame.writeBytes(header, 0, size).writeBytes(body);
  }
}
