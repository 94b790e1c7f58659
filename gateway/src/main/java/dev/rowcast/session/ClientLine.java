package dev.rowcast.session;

/**
 * The way to one client, as far as everybody needs it.
 *
 * <p>Confined to the connection's event loop.
 */
public interface ClientLine {

  /** Hands everything queued to the kernel, as far as it takes it. */
  void flush();

  /** Whether the kernel takes more; who writes here is told when it does again. */
  boolean isWritable();

  /** Bytes the kernel has taken so far; what does not change while something waits is stuck. */
  long sent();

  /**
   * Says goodbye: sends what is queued, then ends our half of the connection and waits for the
   * other half to end. {@link #abort} cuts the waiting short.
   */
  void finish();

  /** Closes at once, whatever is queued. */
  void abort();
}
