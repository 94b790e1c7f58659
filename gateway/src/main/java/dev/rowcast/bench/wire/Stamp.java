package dev.rowcast.bench.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The 32 hexadecimal digits by which a measured message is known wherever a server puts it.
 *
 * <pre>
 *   run (8) | topic (4) | number (8) | due (12)
 * </pre>
 *
 * <p>Immutable; reading and writing allocate nothing. Thirty-two digits are a UUID, so a stamp also
 * travels through a column of that type, with dashes or without. {@code due} is the time at which
 * the message was to be sent by its schedule, in nanoseconds since the run's origin: the delay of a
 * sender that fell behind counts as latency.
 */
public final class Stamp {
  /** Digits of a stamp without dashes. */
  public static final int SIZE = 32;

  /** What {@link #find} answers when there is none. */
  public static final int NONE = -1;

  /** The largest topic number and one. */
  public static final int TOPICS = 1 << 16;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final byte[] DIGITS = {
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
  };

  private final byte[] run = new byte[8];
  private final long runWord;

  /** Stamps of the run with this number. */
  public Stamp(int run) {
    putHex(this.run, 0, run & 0xFFFF_FFFFL, 8);
    runWord = (long) LONG.get(this.run, 0);
  }

  /** Writes a stamp. */
  public void put(byte[] target, int at, int topic, int number, long due) {
    System.arraycopy(run, 0, target, at, 8);
    putHex(target, at + 8, topic, 4);
    putHex(target, at + 12, number & 0xFFFF_FFFFL, 8);
    putHex(target, at + 20, due, 12);
  }

  /** A stamp as text. */
  public String text(int topic, int number, long due) {
    var bytes = new byte[SIZE];
    put(bytes, 0, topic, number, due);
    return new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
  }

  /**
   * Where this run's stamp begins.
   *
   * @param guess where it was, relative to {@code from}, in an earlier message: looked at first
   * @return {@link #NONE} when these bytes hold none
   */
  public int find(byte[] bytes, int from, int to, int guess) {
    if (from + guess + SIZE <= to && (long) LONG.get(bytes, from + guess) == runWord) {
      return from + guess;
    }
    var last = to - SIZE;
    for (int at = from; at <= last; at++) {
      if (bytes[at] == run[0] && (long) LONG.get(bytes, at) == runWord) {
        return at;
      }
    }
    return NONE;
  }

  /** The topic of the stamp at a place that {@link #find} answered. */
  public static int topic(byte[] bytes, int at) {
    return isDashed(bytes, at) ? (int) slow(bytes, at, 8, 4) : hex(bytes, at + 8) >>> 16;
  }

  /** The number of the stamp at a place that {@link #find} answered. */
  public static int number(byte[] bytes, int at) {
    return isDashed(bytes, at)
        ? (int) slow(bytes, at, 12, 8)
        : hex(bytes, at + 8) << 16 | hex(bytes, at + 16) >>> 16;
  }

  /** When the message was due. */
  public static long due(byte[] bytes, int at) {
    return isDashed(bytes, at)
        ? slow(bytes, at, 20, 12)
        : (hex(bytes, at + 16) & 0xFFFFL) << 32 | (hex(bytes, at + 24) & 0xFFFF_FFFFL);
  }

  private static boolean isDashed(byte[] bytes, int at) {
    return bytes[at + 8] == '-';
  }

  /** Eight digits at once: each byte becomes its nibble, then neighbours are joined. */
  private static int hex(byte[] bytes, int at) {
    var text = (long) LONG.get(bytes, at);
    var x = (text & 0x0F0F_0F0F_0F0F_0F0FL) + 9 * (text >>> 6 & 0x0101_0101_0101_0101L);
    x = (x | x >>> 4) & 0x00FF_00FF_00FF_00FFL;
    x = (x | x >>> 8) & 0x0000_FFFF_0000_FFFFL;
    return (int) (x | x >>> 16);
  }

  /** Digits {@code from} to {@code from + count} of a stamp in a UUID's form, 8-4-4-4-12. */
  private static long slow(byte[] bytes, int at, int from, int count) {
    var value = 0L;
    for (int digit = from; digit < from + count; digit++) {
      var place = at + digit + (digit < 8 ? 0 : Math.min(4, (digit - 4) / 4));
      value = value << 4 | (place < bytes.length ? Character.digit(bytes[place], 16) & 0xF : 0);
    }
    return value;
  }

  private static void putHex(byte[] target, int at, long value, int digits) {
    var rest = value;
    for (int place = at + digits - 1; place >= at; place--) {
      target[place] = DIGITS[(int) rest & 0xF];
      rest >>>= 4;
    }
  }
}
