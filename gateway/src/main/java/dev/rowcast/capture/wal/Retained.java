package dev.rowcast.capture.wal;

import dev.rowcast.base.DataSize;
import dev.rowcast.base.Ticker;
import dev.rowcast.observe.Metrics;
import java.time.Duration;

/**
 * How much log the slot holds back, as far as the leader has seen.
 *
 * <p>Written by the capture's thread alone; the metrics read it from any. NaN on a node that does
 * not lead.
 */
final class Retained {
  static final Duration INTERVAL = Duration.ofSeconds(10);

  private final DataSize budget;
  private final Ticker ticker;
  private volatile double bytes = Double.NaN;
  private long measuredAt;

  Retained(DataSize budget, Metrics metrics, Ticker ticker) {
    this.budget = budget;
    this.ticker = ticker;
    this.measuredAt = ticker.nanoTime() - INTERVAL.toNanos();
    metrics.gauge(
        "rowcast.wal.retained.bytes",
        "Log that the slot keeps PostgreSQL from removing",
        () -> bytes);
  }

  /** Whether it is time to look again. */
  boolean isDue() {
    return ticker.nanoTime() - measuredAt >= INTERVAL.toNanos();
  }

  void measured(long retained) {
    measuredAt = ticker.nanoTime();
    bytes = retained;
  }

  void unknown() {
    measuredAt = ticker.nanoTime() - INTERVAL.toNanos();
    bytes = Double.NaN;
  }

  /** Whether it is above the budget. */
  boolean isWorrying() {
    return bytes > budget.bytes();
  }

  @Override
  public String toString() {
    return "the slot holds back %.0f MiB of log, the budget is %s"
        .formatted(bytes / (1 << 20), budget);
  }
}
