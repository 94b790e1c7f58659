package dev.rowcast.session;

import dev.rowcast.hub.Burst;
import io.netty.buffer.ByteBuf;

/**
 * The way to one client, as a session sees it: a socket, or a recording in a test.
 *
 * <p>Confined to the connection's event loop.
 */
public interface Line {

  /** Queues bytes; takes over the reference. Does nothing but release on a line that is closed. */
  void write(ByteBuf bytes);

  /** Hands everything queued to the kernel, as far as it takes it. */
  void flush();

  /**
   * Hands everything queued and then these bytes to the kernel; queues what it does not take. Other
   * lines may send the same buffer: it stays the caller's, with its indexes as they are.
   */
  void send(ByteBuf shared);

  /** The same with everything that a burst has. */
  default void send(Burst burst) {
    if (burst.buffers() == 1) {
      send(burst.buffer(0));
      return;
    }
    for (int i = 0; i < burst.buffers(); i++) {
      write(burst.share(i));
    }
    flush();
  }

  /** Whether the kernel takes more; when it does again, {@link Conversation#writable} is called. */
  boolean isWritable();

  /** Bytes queued that the kernel has not taken, with what keeping them costs. */
  long pending();

  /** Bytes the kernel has taken so far; what does not change while something waits is stuck. */
  long sent();

  /** Calls back on the loop once the kernel has taken everything that was written before. */
  void afterSent(Runnable callback);

  /**
   * Says goodbye: sends what is queued, then ends our half of the connection and waits for the
   * other half to end. {@link #abort} cuts the waiting short.
   */
  void finish();

  /** Closes at once, whatever is queued. */
  void abort();

  /** Stops reading from the client; its TCP window fills. */
  void pauseReading();

  /** Reads again. */
  void resumeReading();
}
