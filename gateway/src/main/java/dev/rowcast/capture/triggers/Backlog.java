package dev.rowcast.capture.triggers;

import dev.rowcast.base.Ticker;
import dev.rowcast.observe.Metrics;
import java.time.Duration;

/**
 * How much waits in the outbox, as far as the leader has seen.
 *
 * <p>Written by the capture's thread alone; the metrics read it from any. On a node that does not
 * lead all numbers are NaN. Costs one look at the index every {@link #INTERVAL}, and only while
 * there are rows: an outbox found empty needs no counting.
 */
final class Backlog {
  static final Duration INTERVAL = Duration.ofSeconds(10);

  private final OutboxSettings settings;
  private final Ticker ticker;
  private volatile double rows = Double.NaN;
  private volatile double bytes = Double.NaN;
  private volatile double ageSeconds = Double.NaN;
  private long measuredAt;
  private int timesOld;

  Backlog(OutboxSettings settings, Metrics metrics, Ticker ticker) {
    this.settings = settings;
    this.ticker = ticker;
    this.measuredAt = ticker.nanoTime() - INTERVAL.toNanos();
    metrics.gauge("rowcast.outbox.rows", "Outbox rows that wait, about", () -> rows);
    metrics.gauge("rowcast.outbox.bytes", "Size of the outbox on disk when last seen", () -> bytes);
    metrics.gauge(
        "rowcast.outbox.age.seconds",
        "Time since the transaction of the oldest waiting change began",
        () -> ageSeconds);
  }

  /** The outbox was seen empty. */
  void empty() {
    rows = 0;
    ageSeconds = 0;
    timesOld = 0;
    if (Double.isNaN(bytes)) {
      bytes = 0;
    }
  }

  /** This node does not lead any more, and so does not know. */
  void unknown() {
    rows = Double.NaN;
    bytes = Double.NaN;
    ageSeconds = Double.NaN;
    timesOld = 0;
  }

  /** Whether it is time to measure again. */
  boolean isDue() {
    return ticker.nanoTime() - measuredAt >= INTERVAL.toNanos();
  }

  /** Measured while a batch was in hand. */
  void measured(Size size, Duration age) {
    measuredAt = ticker.nanoTime();
    rows = size.rows();
    bytes = size.bytes();
    ageSeconds = age.toMillis() / 1000.0;
    timesOld = age.compareTo(settings.warnAge()) >= 0 ? timesOld + 1 : 0;
  }

  /**
   * Whether somebody should look. A single old batch is none: a transaction that was open for an
   * hour brings it, and is delivered at once.
   */
  boolean isWorrying() {
    return rows >= settings.warnRows() || timesOld >= 2;
  }

  @Override
  public String toString() {
    return "about %.0f rows wait in rowcast.outbox, the oldest for %.0f s"
        .formatted(rows, ageSeconds);
  }

  /** What {@code backlog.sql} tells. */
  record Size(long rows, long bytes) {}
}
