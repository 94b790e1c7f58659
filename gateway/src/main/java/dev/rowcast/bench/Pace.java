package dev.rowcast.bench;

import dev.rowcast.base.Ticker;
import dev.rowcast.bench.BenchSettings.Load;
import java.util.concurrent.locks.LockSupport;

/**
 * When the next message may be sent: by schedule, or as soon as so few are on their way.
 *
 * <p>Confined to the publishing thread. By schedule the answer is when the message was due, not
 * when the thread got to it: a sender that is late shows as latency (no coordinated omission).
 */
final class Pace {
  private static final long SPIN = 50_000;

  private final Load load;
  private final Fleet fleet;
  private final Ticker ticker;
  private final long patience;
  private final Runnable beforeWaiting;
  private long start;
  private long sent;

  Pace(Load load, Fleet fleet, Ticker ticker, long patience, Runnable beforeWaiting) {
    this.load = load;
    this.fleet = fleet;
    this.ticker = ticker;
    this.patience = patience;
    this.beforeWaiting = beforeWaiting;
    start = ticker.nanoTime();
  }

  /** The schedule begins now. */
  void begin() {
    start = ticker.nanoTime();
    sent = 0;
  }

  /** Waits for the next message of the schedule. */
  long due() {
    var due = start + (long) (sent++ * 1e9 / load.rate());
    for (var wait = due - ticker.nanoTime(); wait > 0; wait = due - ticker.nanoTime()) {
      beforeWaiting.run();
      if (wait > SPIN) {
        LockSupport.parkNanos(wait - SPIN);
      }
      if (Thread.interrupted()) {
        throw new BenchException("interrupted");
      }
    }
    return due;
  }

  /**
   * Waits until so many deliveries have been heard.
   *
   * @return false when nothing has been heard for longer than the patience lasts
   */
  boolean heard(long goal) {
    var before = fleet.snapshot().get(Counter.HEARD);
    if (before >= goal) {
      return true;
    }
    beforeWaiting.run();
    try {
      var last = ticker.nanoTime();
      while (true) {
        fleet.waiter().arm(goal);
        var heard = fleet.snapshot().get(Counter.HEARD);
        if (heard >= goal) {
          return true;
        }
        var at = ticker.nanoTime();
        if (heard > before) {
          before = heard;
          last = at;
        } else if (at - last > patience) {
          return false;
        }
        fleet.waiter().nap();
        if (Thread.interrupted()) {
          throw new BenchException("interrupted");
        }
      }
    } finally {
      fleet.waiter().disarm();
    }
  }
}
