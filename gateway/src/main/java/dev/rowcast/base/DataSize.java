package dev.rowcast.base;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A number of bytes.
 *
 * <p>Immutable. Example: {@code DataSize.parse("64KiB").bytes() == 65536}.
 */
public record DataSize(long bytes) implements Comparable<DataSize> {
  private static final Pattern TEXT = Pattern.compile("(\\d{1,15})\\s*(B|KiB|MiB|GiB)?");

  /** Refuses a negative size. */
  public DataSize {
    if (bytes < 0) {
      throw new IllegalArgumentException("a size of " + bytes + " bytes must not be negative");
    }
  }

  /** A size of this many KiB (1,024 bytes). */
  public static DataSize ofKibibytes(long kibibytes) {
    return new DataSize(Math.multiplyExact(kibibytes, 1024L));
  }

  /** A size of this many MiB (1,048,576 bytes). */
  public static DataSize ofMebibytes(long mebibytes) {
    return new DataSize(Math.multiplyExact(mebibytes, 1024L * 1024));
  }

  /**
   * Reads {@code 65536}, {@code 64KiB}, {@code 1MiB}, {@code 2GiB}.
   *
   * @throws IllegalArgumentException with a sentence for the operator when the text is not a size
   */
  public static DataSize parse(String text) {
    var matcher = TEXT.matcher(text.strip());
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a size; write for example 64KiB, 1MiB or 65536");
    }
    var unit = matcher.group(2) == null ? "B" : matcher.group(2).toUpperCase(Locale.ROOT);
    try {
      return new DataSize(
          Math.multiplyExact(
              Long.parseLong(matcher.group(1)),
              switch (unit) {
                case "KIB" -> 1L << 10;
                case "MIB" -> 1L << 20;
                case "GIB" -> 1L << 30;
                default -> 1L;
              }));
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("'" + text + "' is more than anything can hold", e);
    }
  }

  @Override
  public int compareTo(DataSize other) {
    return Long.compare(bytes, other.bytes);
  }

  @Override
  public String toString() {
    if (bytes != 0 && bytes % (1 << 30) == 0) {
      return (bytes >> 30) + "GiB";
    }
    if (bytes != 0 && bytes % (1 << 20) == 0) {
      return (bytes >> 20) + "MiB";
    }
    if (bytes != 0 && bytes % (1 << 10) == 0) {
      return (bytes >> 10) + "KiB";
    }
    return Long.toString(bytes);
  }
}
