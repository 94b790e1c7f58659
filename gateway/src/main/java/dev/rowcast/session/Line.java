package dev.rowcast.session;

import dev.rowcast.hub.Burst;
import io.netty.buffer.ByteBuf;

/**
 * The way to one client, as a session sees it: a socket, or a recording in a test. When the kernel
 * takes more again, {@link Conversation#writable} is called.
 *
 * <p>Confined to the connection's event loop.
 */
public interface Line extends ClientLine {

  /** Queues bytes; takes over the reference. Does nothing but release on a line that is closed. */
  void write(ByteBuf bytes);

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

  /** Bytes queued that the kernel has not taken, with what keeping them costs. */
  long pending();

  /** Calls back on the loop once the kernel has taken everything that was written before. */
  void afterSent(Runnable callback);

  /** Stops reading from the client; its TCP window fills. */
  void pauseReading();

  /** Reads again. */
  void resumeReading();
}
