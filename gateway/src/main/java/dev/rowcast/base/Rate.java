package dev.rowcast.base;

import java.time.Duration;

/**
 * How often something may happen, and how much of it at once.
 *
 * <p>Immutable. What has happened is one number that the caller keeps, the moment at which the next
 * event would be due if they came evenly: so whoever counts for thousands keeps eight bytes each.
 *
 * <pre>{@code
 * due = rate.next(due, now);
 * if (rate.isExceeded(due, now)) { … }
 * }</pre>
 *
 * @param perSecond 0: as often as one likes
 * @param burst as much as comes evenly in this time may come at once
 */
public record Rate(int perSecond, Duration burst) {

  /** The due moment after one more event now. */
  public long next(long due, long now) {
    if (perSecond == 0) {
      return now;
    }
    return (due - now > 0 ? due : now) + 1_000_000_000L / perSecond;
  }

  /** Whether that event was one too many. */
  public boolean isExceeded(long due, long now) {
    return due - now > burst.toNanos();
  }
}
