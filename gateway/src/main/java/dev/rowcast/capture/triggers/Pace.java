package dev.rowcast.capture.triggers;

import dev.rowcast.base.Ticker;
import dev.rowcast.capture.Gathering;
import java.time.Duration;
import java.util.Optional;

/**
 * How a leader that is awake spaces its looks into the outbox, and when it tries to sleep.
 *
 * <p>Confined to the capture's thread. A pure function of what it is told and of the ticker.
 *
 * <p>Three habits. <em>Gather</em>: when batches follow each other closely, it pauses before the
 * next look so that one transaction serves many writers, three times as long as the batch took: so
 * a busy leader spends a quarter of its time in transactions, whatever one costs on this machine.
 * <em>Linger</em>: a leader that was woken right after it had fallen asleep stays awake a little
 * longer each time, as a network driver does, since each wake-up costs a writer a NOTIFY; a lone
 * change, after which it sleeps long, costs no lingering. <em>Tire</em>: while it cannot sleep
 * because some transaction stays open, it looks often at first and then ever less, down to {@link
 * #SLOWEST}.
 */
final class Pace {
  static final Duration SHORTEST_GATHER = Duration.ofMillis(2);
  static final Duration LONGEST_GATHER = Duration.ofMillis(20);
  static final Duration FIRST = Duration.ofMillis(1);
  static final Duration SLOWEST = Duration.ofMillis(100);
  private static final long CLOSE_NANOS = Duration.ofMillis(5).toNanos();
  private static final long LONGEST_LINGER_NANOS = Duration.ofMillis(16).toNanos();
  private static final long LONG_AGO_NANOS = Duration.ofHours(1).toNanos();
  private static final int QUICK_LOOKS = 10;
  private static final int GATHER_FACTOR = 3;

  private final Ticker ticker;
  private long lingerNanos;
  private final Gathering gathering;
  private long lastFound;
  private long asleepSince;
  private int vainLooks;

  Pace(Ticker ticker) {
    this.ticker = ticker;
    this.gathering = new Gathering(ticker, GATHER_FACTOR, SHORTEST_GATHER, LONGEST_GATHER);
    this.lastFound = ticker.nanoTime() - LONG_AGO_NANOS;
  }

  /**
   * Rows were found and delivered: the pause before the next look.
   *
   * @param full whether more rows wait already
   * @param took from the look that found them to their confirmation
   */
  Duration afterBatch(boolean full, Duration took) {
    lastFound = ticker.nanoTime();
    vainLooks = 0;
    return gathering.afterBatch(full, took);
  }

  /** Nothing was found: the pause before one more look without trying to sleep; empty: try. */
  Optional<Duration> linger() {
    return ticker.nanoTime() - lastFound < lingerNanos ? Optional.of(FIRST) : Optional.empty();
  }

  /** Sleeping was tried in vain: the pause before the next look. */
  Duration afterVainAttempt() {
    var doublings = Math.clamp(vainLooks++ - QUICK_LOOKS, 0, 7);
    var pause = FIRST.multipliedBy(1L << doublings);
    return pause.compareTo(SLOWEST) < 0 ? pause : SLOWEST;
  }

  /** The leader fell asleep. */
  void asleep() {
    asleepSince = ticker.nanoTime();
    vainLooks = 0;
  }

  /** A writer woke the leader. */
  void woken() {
    if (ticker.nanoTime() - asleepSince < CLOSE_NANOS) {
      lingerNanos = Math.clamp(lingerNanos * 2, FIRST.toNanos() * 2, LONGEST_LINGER_NANOS);
    } else {
      lingerNanos = 0;
    }
  }
}
