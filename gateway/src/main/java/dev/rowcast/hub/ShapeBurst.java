package dev.rowcast.hub;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayList;
import java.util.List;

/**
 * Frames of one shape, joined into few buffers whose bytes all who are up to date share.
 *
 * <p>Confined to its loop, and valid only during {@link ShapeMember#deliver}.
 */
public final class ShapeBurst {
  /** Buffers are at most this long unless a frame is longer, so that slow progress shows. */
  private static final int CHUNK = 64 * 1024;

  private final List<ByteBuf> buffers = new ArrayList<>(1);
  private int bytes;

  /** Joins frames. */
  static ShapeBurst of(List<byte[]> frames, ByteBufAllocator allocator) {
    var burst = new ShapeBurst();
    for (int from = 0; from < frames.size(); ) {
      var size = frames.get(from).length;
      var to = from + 1;
      while (to < frames.size() && size + frames.get(to).length <= CHUNK) {
        size += frames.get(to++).length;
      }
      var buffer = allocator.directBuffer(size, size);
      for (; from < to; from++) {
        buffer.writeBytes(frames.get(from));
      }
      burst.buffers.add(buffer);
      burst.bytes += size;
    }
    return burst;
  }

  /** Bytes of all frames. */
  public int bytes() {
    return bytes;
  }

  /** How many buffers hold the frames. */
  public int buffers() {
    return buffers.size();
  }

  /** The {@code index}th buffer with indexes and a reference of its own; the bytes are shared. */
  public ByteBuf share(int index) {
    return buffers.get(index).retainedDuplicate();
  }

  void release() {
    for (var buffer : buffers) {
      buffer.release();
    }
    buffers.clear();
  }
}
