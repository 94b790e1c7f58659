package dev.rowcast.capture;

/**
 * The port that yields what was committed, in order, until it is closed.
 *
 * <p>{@link #run} is called once, on a virtual thread of its own. It elects the one leader of the
 * cluster, survives the loss of the database by retrying with back-off, and returns only after
 * {@link #close}. A batch is handed to the handler, and only when the handler has returned normally
 * is it confirmed to PostgreSQL; a crash in between brings the same changes again: at least once,
 * in order.
 */
public interface Capture extends AutoCloseable {

  /**
   * Yields batches to {@code handler} until closed.
   *
   * @throws InterruptedException when the thread is interrupted, which also ends the capture
   */
  void run(BatchHandler handler) throws InterruptedException;

  /** Ends {@link #run} soon: the batch under way is confirmed or left for the next leader. */
  @Override
  void close();
}
