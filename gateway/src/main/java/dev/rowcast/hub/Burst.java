package dev.rowcast.hub;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/**
 * What one drain has for the members of one group: some messages, and their frames joined into as
 * few buffers as is reasonable. All members share these buffers' bytes.
 *
 * <p>Confined to its loop, and valid only during {@link Subscriber#deliver}.
 */
public final class Burst {
  /** A frame from this size on is not copied together with others. */
  private static final int LARGE = 8 * 1024;

  /** Joined buffers are at most this long, so that a slow socket's progress shows. */
  private static final int CHUNK = 64 * 1024;

  private final List<Message> messages;
  private final List<ByteBuf> buffers = new ArrayList<>(1);
  private int bytes;

  private final Encoding encoding;

  private Burst(List<Message> messages, Encoding encoding) {
    this.messages = messages;
    this.encoding = encoding;
  }

  /** Encodes and joins; the caller keeps {@code messages} as they are until {@link #release}. */
  static Burst of(List<Message> messages, Encoding encoding, FrameEncoder encoder) {
    var burst = new Burst(messages, encoding);
    burst.encode(encoder);
    return burst;
  }

  private void encode(FrameEncoder encoder) {
    for (int from = 0; from < messages.size(); ) {
      var size = encoder.size(messages.get(from), encoding);
      var to = from + 1;
      for (var small = size < LARGE; small && to < messages.size(); ) {
        var next = encoder.size(messages.get(to), encoding);
        small = next < LARGE && size + next <= CHUNK;
        if (small) {
          size += next;
          to++;
        }
      }
      var buffer = encoder.buffer(size);
      for (; from < to; from++) {
        encoder.write(messages.get(from), encoding, buffer);
      }
      buffers.add(buffer);
      bytes += size;
    }
  }

  /** The messages, in their order; to be copied by who needs them later. */
  public List<Message> messages() {
    return messages;
  }

  /** Bytes of all frames. */
  public int bytes() {
    return bytes;
  }

  /** How many buffers hold the frames. */
  public int buffers() {
    return buffers.size();
  }

  /** The {@code index}th buffer; its indexes and its reference stay as they are. */
  public ByteBuf buffer(int index) {
    return buffers.get(index);
  }

  /** The {@code index}th buffer with indexes and a reference of its own; the bytes are shared. */
  public ByteBuf share(int index) {
    return buffers.get(index).retainedDuplicate();
  }

  /** Whether any message equals what a client sent last. */
  public boolean contains(Remembered remembered) {
    for (int i = 0; i < messages.size(); i++) {
      if (remembered.equalsContentOf(messages.get(i))) {
        return true;
      }
    }
    return false;
  }

  /** Whether the same messages make up another batch. */
  boolean holds(List<Message> others) {
    if (others.size() != messages.size()) {
      return false;
    }
    for (int i = 0; i < others.size(); i++) {
      if (others.get(i) != messages.get(i)) {
        return false;
      }
    }
    return true;
  }

  void release() {
    for (var buffer : buffers) {
      buffer.release();
    }
    buffers.clear();
  }
}
