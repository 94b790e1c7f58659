package dev.rowcast.base;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * The pauses between attempts at something outside that failed: doubling from a first pause up to a
 * bound, each drawn at random from its upper half so that many nodes do not return in step.
 *
 * <p>Confined to the thread of the role that retries.
 */
public final class Backoff {
  private final Duration first;
  private final Duration longest;
  private final RandomGenerator random;
  private int failures;

  /** Pauses from {@code first} doubling to at most {@code longest}. */
  public Backoff(Duration first, Duration longest, RandomGenerator random) {
    if (first.isNegative() || first.isZero() || longest.compareTo(first) < 0) {
      throw new IllegalArgumentException(
          "backoff from " + first + " to " + longest + " must be positive and grow");
    }
    this.first = first;
    this.longest = longest;
    this.random = random;
  }

  /** The pause to take after one more failure. */
  public Duration next() {
    var shift = Math.min(failures++, 30);
    var bound = Math.min(longest.toNanos(), saturatedShift(first.toNanos(), shift));
    return Duration.ofNanos(bound / 2 + random.nextLong(bound / 2 + 1));
  }

  /** Takes the pause after one more failure; only on a thread that may block. */
  public void pause() throws InterruptedException {
    Pause.of(next());
  }

  /** The attempt succeeded: the next pause is a first one again. */
  public void reset() {
    failures = 0;
  }

  private static long saturatedShift(long nanos, int shift) {
    return nanos > (Long.MAX_VALUE >> shift) ? Long.MAX_VALUE : nanos << shift;
  }
}
