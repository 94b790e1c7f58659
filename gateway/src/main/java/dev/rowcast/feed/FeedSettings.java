package dev.rowcast.feed;

import dev.rowcast.base.DataSize;
import java.time.Duration;
import java.util.Optional;

/**
 * The log of row changes and how much of it is kept: {@code feed}.
 *
 * <p>Immutable. Whatever passes the first of the three bounds is trimmed; a reader that comes for
 * it is told.
 *
 * @param enabled empty: when somebody may read it, that is when tables are exposed under {@code
 *     live}
 * @param maxLength entries kept in Redis
 * @param maxAge how long an entry is kept in Redis
 * @param maxBytes bytes of events kept in Redis, which needs about a tenth more
 * @param memory bytes of recent entries each node keeps, from which it serves readers
 */
public record FeedSettings(
    Optional<Boolean> enabled, int maxLength, Duration maxAge, DataSize maxBytes, DataSize memory) {
  /** A day, a million entries and 256 MiB in Redis; 64 MiB on each node. */
  public static final FeedSettings DEFAULTS =
      new FeedSettings(
          Optional.empty(),
          1_000_000,
          Duration.ofDays(1),
          DataSize.ofMebibytes(256),
          DataSize.ofMebibytes(64));

  /** Refuses bounds under which nothing could be resumed. */
  public FeedSettings {
    if (maxLength < 100) {
      throw new IllegalArgumentException(
          "feed.max-length is " + maxLength + ", must be at least 100");
    }
    if (maxAge.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException("feed.max-age is " + maxAge + ", must be at least 1s");
    }
    if (maxBytes.bytes() < 1 << 20) {
      throw new IllegalArgumentException(
          "feed.max-bytes is " + maxBytes + ", must be at least 1MiB");
    }
    if (memory.bytes() < 1 << 16) {
      throw new IllegalArgumentException("feed.memory is " + memory + ", must be at least 64KiB");
    }
  }
}
