package dev.rowcast.bus.redis;

import dev.rowcast.redis.RespSocket;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a Redis channel, as a key of a map; can be pointed at a stretch of a buffer to look
 * up without a copy.
 *
 * <p>Immutable when made of an array of its own; the one that is pointed around is confined to the
 * reading thread and never stored.
 */
final class ChannelName implements RespSocket.Stretch {
  private byte[] bytes;
  private int offset;
  private int length;
  private int hash;

  /** A name to look up with. */
  ChannelName() {
    this(new byte[0]);
  }

  ChannelName(byte[] bytes) {
    this.bytes = bytes;
    pointAt(bytes, 0, bytes.length);
  }

  @Override
  public void pointAt(byte[] bytes, int offset, int length) {
    this.bytes = bytes;
    this.offset = offset;
    this.length = length;
    var sum = 1;
    for (var i = offset; i < offset + length; i++) {
      sum = 31 * sum + bytes[i];
    }
    this.hash = sum;
  }

  /** The bytes of a stored name; must not be written to. */
  byte[] bytes() {
    return bytes;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ChannelName name
        && hash == name.hash
        && Arrays.equals(
            bytes, offset, offset + length, name.bytes, name.offset, name.offset + name.length);
  }

  @Override
  public int hashCode() {
    return hash;
  }
}
