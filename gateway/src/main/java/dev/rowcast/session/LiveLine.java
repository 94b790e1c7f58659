package dev.rowcast.session;

/**
 * The way to one reader of {@code /live}, as its cursor sees it. When the kernel takes more again,
 * {@link LiveStream#writable} is called.
 *
 * <p>Confined to the connection's event loop.
 */
public interface LiveLine extends ClientLine {

  /** Answers with a whole page and ends. */
  void reply(int status, String contentType, byte[] body);

  /** Queues bytes; does nothing on a line that is closed. */
  void write(byte[] bytes);
}
