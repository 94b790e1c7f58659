package dev.rowcast.bench;

/**
 * Many clients that act together.
 *
 * <p>Thread-safe.
 */
interface Fleet extends AutoCloseable {

  /** Begins to do it and returns at once; the counters tell how far it got. */
  void order(Order order);

  /** The counters now; of all clients. */
  Snapshot snapshot();

  /** Who waits for messages to be heard is woken by this. */
  Waiter waiter();

  /**
   * What was found, once nothing is expected any more.
   *
   * @param published how many messages each topic had
   */
  FleetResult result(long[] published);

  /** Ends all clients without a word. */
  @Override
  void close();
}
