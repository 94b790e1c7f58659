package dev.rowcast.capture;

import dev.rowcast.base.Ticker;
import java.time.Duration;

/**
 * How long a leader waits before it takes the next batch when batches follow each other closely, so
 * that one serves many writers: in proportion to what the last one took, whatever that is on this
 * machine. A batch long after the last is followed by no wait.
 *
 * <p>Confined to the capture's thread. A pure function of what it is told and of the ticker.
 */
public final class Gathering {
  private static final long CLOSE_NANOS = Duration.ofMillis(5).toNanos();
  private static final long LONG_AGO_NANOS = Duration.ofHours(1).toNanos();

  private final Ticker ticker;
  private final int factor;
  private final long shortestNanos;
  private final long longestNanos;
  private long lastEnded;
  private long lastPause;

  /** With how many times what a batch took is waited, and the bounds of that. */
  public Gathering(Ticker ticker, int factor, Duration shortest, Duration longest) {
    this.ticker = ticker;
    this.factor = factor;
    this.shortestNanos = shortest.toNanos();
    this.longestNanos = longest.toNanos();
    this.lastEnded = ticker.nanoTime() - LONG_AGO_NANOS;
  }

  /**
   * A batch was delivered: how long to wait before the next is taken.
   *
   * @param full whether more waits already than one batch holds
   * @param took from where the batch was taken to its confirmation
   */
  public Duration afterBatch(boolean full, Duration took) {
    var now = ticker.nanoTime();
    var close = now - lastEnded - lastPause - took.toNanos() < CLOSE_NANOS;
    lastEnded = now;
    lastPause =
        close && !full ? Math.clamp(took.toNanos() * factor, shortestNanos, longestNanos) : 0;
    return Duration.ofNanos(lastPause);
  }
}
