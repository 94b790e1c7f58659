package dev.rowcast.auth.webhook;

import dev.rowcast.base.Ticker;
import java.time.Duration;

/**
 * Stops asking who does not answer: after some failures in a row nobody asks for a while, then one
 * tries.
 *
 * <p>Thread-safe.
 *
 * <pre>
 *   CLOSED ──{@link #FAILURES} in a row──▶ OPEN ──{@link #PAUSE}──▶ one trial
 *      ▲                                    ▲                          │
 *      └────────────── success ─────────────┼──────────────────────────┤
 *                                           └──────── failure ─────────┘
 * </pre>
 */
final class Breaker {
  static final int FAILURES = 5;
  static final Duration PAUSE = Duration.ofSeconds(5);

  private final Ticker ticker;
  private int failures;
  private long closedUntil;

  Breaker(Ticker ticker) {
    this.ticker = ticker;
  }

  /** Whether to ask now; who is let through while it is open is the trial. */
  synchronized boolean allows() {
    if (failures < FAILURES) {
      return true;
    }
    var now = ticker.nanoTime();
    if (now - closedUntil < 0) {
      return false;
    }
    closedUntil = now + PAUSE.toNanos();
    return true;
  }

  synchronized void succeeded() {
    failures = 0;
  }

  /** Whether this failure opened it. */
  synchronized boolean failed() {
    failures++;
    closedUntil = ticker.nanoTime() + PAUSE.toNanos();
    return failures == FAILURES;
  }
}
