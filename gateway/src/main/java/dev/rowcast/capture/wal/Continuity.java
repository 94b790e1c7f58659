package dev.rowcast.capture.wal;

import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What this process knows of the log it delivered, and so whether a server that it reaches now goes
 * on from there.
 *
 * <p>Confined to the capture's thread. Survives reconnections: a standby that was promoted without
 * the last changes, or a server that was restored from a copy, has another log under the same
 * numbers, and a slot that looks whole.
 */
final class Continuity {
  private String epoch = "";
  private @Nullable Server server;
  private long delivered = Lsn.NONE;

  /**
   * A server, as {@code IDENTIFY_SYSTEM} tells.
   *
   * @param flushed how far its log goes
   */
  record Server(String system, int timeline, long flushed) {}

  /** Fetches the history file of a timeline. */
  @FunctionalInterface
  interface Histories {
    String of(int timeline) throws SQLException;
  }

  /**
   * Judges a server before anything is read from it.
   *
   * @return why its log does not go on from what was delivered; empty: nothing speaks against it
   */
  Optional<String> judge(String currentEpoch, Server now, Histories histories) throws SQLException {
    var before = server;
    if (before == null || !epoch.equals(currentEpoch)) {
      return Optional.empty();
    }
    if (!before.system().equals(now.system())) {
      return Optional.of("it is another database cluster");
    }
    if (now.timeline() < before.timeline()) {
      return Optional.of(
          "its timeline is " + now.timeline() + ", after " + before.timeline() + " before");
    }
    var shared =
        now.timeline() == before.timeline()
            ? now.flushed()
            : end(histories.of(now.timeline()), before.timeline());
    return Lsn.isAfter(delivered, shared)
        ? Optional.of(
            "changes up to "
                + Lsn.text(delivered)
                + " were delivered, and its log shares with the former one only what lies before "
                + Lsn.text(shared))
        : Optional.empty();
  }

  /** The server is read from, under this epoch. */
  void reads(String currentEpoch, Server now) {
    if (!epoch.equals(currentEpoch)) {
      delivered = Lsn.NONE;
    }
    epoch = currentEpoch;
    server = now;
  }

  /** Everything before this place was delivered. */
  void delivered(long end) {
    delivered = Lsn.later(delivered, end);
  }

  /** Where a timeline ended, by the history of a later one; without a line of it: at no place. */
  static long end(String history, int timeline) {
    for (var line : history.lines().toList()) {
      var words = line.strip().split("\\s+", 3);
      if (words.length >= 2 && words[0].equals(Integer.toString(timeline))) {
        return Lsn.parse(words[1]);
      }
    }
    return Lsn.NONE;
  }
}
