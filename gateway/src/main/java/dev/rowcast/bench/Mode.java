package dev.rowcast.bench;

import java.util.Locale;

/** What the clients of a run do. */
public enum Mode {
  /** Open all, say some messages each, close: the stress test of old. */
  CONNECT,
  /** All listen, messages are published. */
  FANOUT,
  /** Each client hears what it says itself. */
  ECHO,
  /** All stay and do nothing. */
  IDLE,
  /** All are dropped at once and return. */
  STORM,
  /** As fanout, but a share of the clients never reads. */
  SLOW,
  /** All listen, rows are written to PostgreSQL. */
  COMMIT;

  /** As on the command line. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether messages come from a publisher. */
  boolean isPublished() {
    return this == FANOUT || this == SLOW || this == COMMIT;
  }
}
