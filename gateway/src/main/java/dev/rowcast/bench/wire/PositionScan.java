package dev.rowcast.bench.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Finds the position that a message of {@code rowcast.v1} carries, without parsing it. Stateless.
 *
 * <p>The first member of that name is taken, so the table must not have a column called so.
 */
public final class PositionScan {
  private static final byte[] NAME = "\"position\":\"".getBytes(US_ASCII);

  private PositionScan() {}

  /** The position in these bytes, or {@code otherwise} when they hold none. */
  public static @Nullable String position(
      byte[] bytes, int from, int to, @Nullable String otherwise) {
    for (int at = from; at + NAME.length < to; at++) {
      if (bytes[at] == '"' && Arrays.equals(bytes, at, at + NAME.length, NAME, 0, NAME.length)) {
        var begin = at + NAME.length;
        var end = begin;
        while (end < to && bytes[end] != '"') {
          end++;
        }
        return end < to ? new String(bytes, begin, end - begin, UTF_8) : otherwise;
      }
    }
    return otherwise;
  }
}
