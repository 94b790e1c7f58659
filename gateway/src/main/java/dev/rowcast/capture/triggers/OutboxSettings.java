package dev.rowcast.capture.triggers;

import dev.rowcast.base.DataSize;
import java.time.Duration;

/**
 * How the outbox is emptied.
 *
 * <p>Immutable.
 *
 * @param maxRows outbox rows taken at once, each holding what one statement did or a part of it
 * @param maxBytes payload after which no further row is taken; one row alone may be larger
 * @param idlePoll how often a sleeping leader looks by itself, for the writers that never notify,
 *     and how often a standby asks for the leadership
 * @param warnAge a backlog this old for some time is a warning
 * @param warnRows an outbox of so many rows is a warning
 */
public record OutboxSettings(
    int maxRows, DataSize maxBytes, Duration idlePoll, Duration warnAge, long warnRows) {
  /** A batch of at most 1,000 statements or 4 MiB; half a transaction a second while idle. */
  public static final OutboxSettings DEFAULTS =
      new OutboxSettings(
          1000, DataSize.ofMebibytes(4), Duration.ofSeconds(2), Duration.ofMinutes(1), 100_000);

  /** Refuses what would take nothing or look too seldom for the take-over within 5 s. */
  public OutboxSettings {
    if (maxRows < 1 || maxBytes.bytes() < 1) {
      throw new IllegalArgumentException(
          "a batch of " + maxRows + " rows and " + maxBytes + " must be able to hold something");
    }
    if (!idlePoll.isPositive() || idlePoll.compareTo(Duration.ofSeconds(4)) > 0) {
      throw new IllegalArgumentException(
          "an idle poll every " + idlePoll + " must be positive and at most 4 s");
    }
  }
}
