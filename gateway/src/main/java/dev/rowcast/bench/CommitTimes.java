package dev.rowcast.bench;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * When the COMMIT of each row had returned to its writer, for the clients of the same process.
 *
 * <p>Thread-safe.
 */
final class CommitTimes {
  /** Nobody asks. */
  static final CommitTimes NONE = new CommitTimes(1, 0);

  /** More rows than these are not remembered: 128 MiB. */
  private static final int MOST = 1 << 24;

  private final int topics;
  private final AtomicLongArray returned;

  private CommitTimes(int topics, int rows) {
    this.topics = topics;
    this.returned = new AtomicLongArray(rows);
  }

  /** For so many rows of each topic. */
  static CommitTimes of(int topics, int messages) {
    var rows = (long) topics * messages;
    return rows > MOST ? NONE : new CommitTimes(topics, (int) rows);
  }

  /** Whether {@link #since} can say anything. */
  boolean areKept() {
    return returned.length() > 0;
  }

  /** A row's COMMIT has returned at this reading of the clock. */
  void returned(int topic, int number, long at) {
    if (areKept()) {
      returned.setRelease(number * topics + topic, at);
    }
  }

  /** How long ago that was; 0: it has not returned yet, the row was faster than the answer. */
  long since(int topic, int number, long now) {
    var at = returned.getAcquire(number * topics + topic);
    return at == 0 ? 0 : Math.max(0, now - at);
  }
}
