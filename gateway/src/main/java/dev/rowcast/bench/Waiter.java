package dev.rowcast.bench;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Wakes the publishing thread when so much has been heard.
 *
 * <p>Thread-safe; one thread waits at a time. A wake-up may come for nothing.
 */
final class Waiter {
  private static final long NAP = 1_000_000;

  private volatile long goal = Long.MAX_VALUE;
  private volatile @Nullable Thread waiting;

  boolean isAwaited() {
    return goal != Long.MAX_VALUE;
  }

  void heard(long total) {
    if (total >= goal) {
      // Once is enough; whoever waits arms it again.
      goal = Long.MAX_VALUE;
      LockSupport.unpark(waiting);
    }
  }

  /** From now on the calling thread is woken; to be called before the counter is looked at. */
  void arm(long wanted) {
    waiting = Thread.currentThread();
    goal = wanted;
  }

  /** Waits for the goal, at most a moment. */
  void nap() {
    LockSupport.parkNanos(this, NAP);
  }

  void disarm() {
    goal = Long.MAX_VALUE;
  }
}
