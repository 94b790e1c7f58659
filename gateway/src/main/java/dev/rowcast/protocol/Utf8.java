package dev.rowcast.protocol;

/**
 * Checks UTF-8 piece by piece (RFC 3629, table 3-7 of the Unicode standard).
 *
 * <p>Immutable: the caller keeps the state, one int. A state other than {@link #COMPLETE} and
 * {@link #INVALID} says how many continuation bytes are owed and between which bounds the next one
 * must lie, so that overlong forms and surrogates are refused at their second byte.
 */
public final class Utf8 {
  /** Between two characters; also the state to begin with. */
  public static final int COMPLETE = 0;

  /** What came can never become UTF-8. */
  public static final int INVALID = -1;

  private static final int ANY = 0x80BF;

  private Utf8() {}

  /** Whether the bytes are UTF-8 as a whole. */
  public static boolean isValid(byte[] bytes) {
    return check(COMPLETE, bytes, 0, bytes.length) == COMPLETE;
  }

  /** The state after these bytes, from the state before them. */
  public static int check(int state, byte[] bytes, int from, int to) {
    int now = state;
    int at = from;
    while (at < to && now != INVALID) {
      if (now == COMPLETE) {
        while (at < to && bytes[at] >= 0) {
          at++;
        }
        if (at < to) {
          now = lead(bytes[at++] & 0xFF);
        }
      } else {
        now = continuation(now, bytes[at++] & 0xFF);
      }
    }
    return now;
  }

  private static int lead(int octet) {
    if (octet < 0xC2 || octet > 0xF4) {
      return INVALID;
    }
    if (octet < 0xE0) {
      return owed(1, ANY);
    }
    return switch (octet) {
      case 0xE0 -> owed(2, 0xA0BF);
      case 0xED -> owed(2, 0x809F);
      case 0xF0 -> owed(3, 0x90BF);
      case 0xF4 -> owed(3, 0x808F);
      default -> owed(octet < 0xF0 ? 2 : 3, ANY);
    };
  }

  private static int continuation(int state, int octet) {
    if (octet < (state >> 8 & 0xFF) || octet > (state & 0xFF)) {
      return INVALID;
    }
    var left = (state >> 16) - 1;
    return left == 0 ? COMPLETE : owed(left, ANY);
  }

  private static int owed(int count, int bounds) {
    return count << 16 | bounds;
  }
}
