package dev.rowcast.session;

/**
 * The way to one reader of {@code /live}, as its cursor sees it.
 *
 * <p>Confined to the connection's event loop.
 */
public interface LiveLine {

  /** Answers with a whole page and ends. */
  void reply(int status, String contentType, byte[] body);

  /** Queues bytes; does nothing on a line that is closed. */
  void write(byte[] bytes);

  /** Hands everything queued to the kernel, as far as it takes it. */
  void flush();

  /** Whether the kernel takes more; when it does again, {@link LiveStream#writable} is called. */
  boolean isWritable();

  /** Bytes the kernel has taken so far; what does not change while something waits is stuck. */
  long sent();

  /** Sends what is queued and ends our half of the connection. */
  void finish();

  /** Closes at once. */
  void abort();
}
