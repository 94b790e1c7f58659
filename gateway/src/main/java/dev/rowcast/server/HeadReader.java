package dev.rowcast.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * Collects the bytes of a request up to the empty line that ends its head.
 *
 * <p>Confined to the connection's event loop.
 */
final class HeadReader {
  /** How far it has come. */
  enum Progress {
    INCOMPLETE,
    TOO_LONG,
    COMPLETE
  }

  private static final int END = 0x0D0A0D0A;

  private final int max;
  private final ByteBuf bytes = Unpooled.buffer(512);

  /** How far the bytes were searched for the end. */
  private int searched;

  HeadReader(int max) {
    this.max = max;
  }

  /** Takes what belongs to the head; what follows it stays in {@code input}. */
  Progress add(ByteBuf input) {
    var before = bytes.readableBytes();
    var taken = Math.min(input.readableBytes(), max + 1 - before);
    bytes.writeBytes(input, taken);
    for (int i = Math.max(0, searched - 3); i + 3 < bytes.readableBytes(); i++) {
      if (bytes.getInt(i) == END) {
        input.readerIndex(input.readerIndex() - (bytes.readableBytes() - (i + 4)));
        bytes.writerIndex(i + 4);
        return i + 4 > max ? Progress.TOO_LONG : Progress.COMPLETE;
      }
    }
    searched = bytes.readableBytes();
    return searched > max ? Progress.TOO_LONG : Progress.INCOMPLETE;
  }

  /** The whole head; once complete. */
  byte[] head() {
    var head = new byte[bytes.readableBytes()];
    bytes.getBytes(0, head);
    return head;
  }

  void release() {
    bytes.release();
  }
}
