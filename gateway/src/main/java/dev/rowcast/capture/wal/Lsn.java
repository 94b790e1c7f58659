package dev.rowcast.capture.wal;

import java.util.Locale;

/**
 * Places in PostgreSQL's log: unsigned numbers, written as two hexadecimal halves.
 *
 * <p>Functions without state. Example: {@code 16/B374D848}.
 */
final class Lsn {
  /** No place: where no log begins. */
  static final long NONE = 0;

  private Lsn() {}

  /** Reads PostgreSQL's form. */
  static long parse(String text) {
    var slash = text.indexOf('/');
    if (slash < 0) {
      throw new IllegalArgumentException("'" + text + "' is not an LSN");
    }
    return Long.parseUnsignedLong(text.substring(0, slash), 16) << 32
        | Long.parseUnsignedLong(text.substring(slash + 1), 16);
  }

  /** PostgreSQL's form. */
  static String text(long lsn) {
    return Long.toHexString(lsn >>> 32).toUpperCase(Locale.ROOT)
        + "/"
        + Long.toHexString(lsn & 0xFFFF_FFFFL).toUpperCase(Locale.ROOT);
  }

  /** Whether {@code a} lies behind {@code b}. */
  static boolean isAfter(long a, long b) {
    return Long.compareUnsigned(a, b) > 0;
  }

  /** The later one. */
  static long later(long a, long b) {
    return isAfter(a, b) ? a : b;
  }
}
