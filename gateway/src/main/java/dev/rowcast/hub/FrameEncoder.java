package dev.rowcast.hub;

import dev.rowcast.protocol.Frames;
import dev.rowcast.protocol.PerMessageDeflate;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;

/**
 * Makes the frames of one loop's messages.
 *
 * <p>Confined to that loop. A message is compressed at most once; its compressed bytes stay with
 * it.
 */
final class FrameEncoder {
  private final ByteBufAllocator allocator;
  private final byte[] header = new byte[Frames.MAX_HEADER];
  private @Nullable Deflater deflater;

  FrameEncoder(ByteBufAllocator allocator) {
    this.allocator = allocator;
  }

  /** An empty buffer with room for exactly this many bytes. */
  ByteBuf buffer(int size) {
    return allocator.directBuffer(size, size);
  }

  /** Bytes of the message's frame. */
  int size(Message message, Encoding encoding) {
    var length = body(message, encoding).length;
    return Frames.headerSize(length) + length;
  }

  /** Appends the message's frame. */
  void write(Message message, Encoding encoding, ByteBuf target) {
    var body = body(message, encoding);
    var opcode = opcode(message, encoding, body);
    target.writeBytes(header, 0, Frames.putHeader(header, opcode, body.length));
    target.writeBytes(body);
  }

  private static int opcode(Message message, Encoding encoding, byte[] body) {
    return switch (encoding) {
      case PLAIN -> message.opcode();
      case DEFLATED ->
          message.opcode() | (body.length < message.payload().length ? Frames.RSV1 : 0);
      case LIVE -> Frames.TEXT;
    };
  }

  /** The compressed bytes if they are wanted and fewer, else the payload. */
  private byte[] body(Message message, Encoding encoding) {
    return switch (encoding) {
      case PLAIN -> message.payload();
      case DEFLATED -> {
        var known = message.deflated();
        if (known == null) {
          known = deflate(message.payload());
          message.deflated(known);
        }
        yield known;
      }
      case LIVE -> message.live();
    };
  }

  private byte[] deflate(byte[] payload) {
    var own = deflater;
    if (own == null) {
      own = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
      deflater = own;
    }
    var shorter = PerMessageDeflate.deflate(payload, own);
    return shorter.length < payload.length ? shorter : payload;
  }
}
