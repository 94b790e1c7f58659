package dev.rowcast.shape;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads intervals in each of PostgreSQL's four styles, as the session of the writer may have had
 * any of them.
 *
 * <p>Functions without state.
 */
final class IntervalText {
  private static final Pattern ISO =
      Pattern.compile(
          "P(?:(-?\\d+)Y)?(?:(-?\\d+)M)?(?:(-?\\d+)W)?(?:(-?\\d+)D)?"
              + "(?:T(?:(-?\\d+)H)?(?:(-?\\d+)M)?(?:(-?)(\\d+)(?:\\.(\\d{1,6}))?S)?)?");
  private static final Pattern TIME =
      Pattern.compile("([+-]?)(\\d+):(\\d{2})(?::(\\d{2})(?:\\.(\\d{1,6}))?)?");
  private static final Pattern YEARS_MONTHS = Pattern.compile("([+-]?)(\\d+)-(\\d+)");
  private static final Pattern NUMBER = Pattern.compile("([+-]?)(\\d+)(?:\\.(\\d{1,6}))?");

  private static final long SECOND = 1_000_000;
  private static final long DAY = 86_400 * SECOND;
  private static final long MONTH = 30;

  /**
   * An interval as PostgreSQL compares it: a month has 30 days and a day 24 hours.
   *
   * <p>Immutable.
   *
   * @param days all days in it
   * @param micros of the last one
   */
  record Span(long days, long micros) implements Comparable<Span> {
    /** Made of an interval's three fields. */
    static Span of(long months, long days, long micros) {
      return new Span(
          Math.addExact(Math.addExact(Math.multiplyExact(months, MONTH), days), micros / DAY)
              - (micros % DAY < 0 ? 1 : 0),
          Math.floorMod(micros, DAY));
    }

    @Override
    public int compareTo(Span other) {
      return days != other.days
          ? Long.compare(days, other.days)
          : Long.compare(micros, other.micros);
    }

    /** Each field with a sign, which no style reads otherwise. */
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%+d mons %+d days +%02d:%02d:%02d.%06d",
          days / MONTH,
          days % MONTH,
          micros / (3600 * SECOND),
          micros / (60 * SECOND) % 60,
          micros / SECOND % 60,
          micros % SECOND);
    }
  }

  private static final Span INFINITE = new Span(Long.MAX_VALUE, 0);
  private static final Span MINUS_INFINITE = new Span(Long.MIN_VALUE, 0);

  private IntervalText() {}

  /** As PostgreSQL wrote it; null when it did not. */
  static @Nullable Span written(String text) {
    try {
      return switch (text) {
        case "infinity" -> INFINITE;
        case "-infinity" -> MINUS_INFINITE;
        default -> text.startsWith("P") ? iso(text) : words(text);
      };
    } catch (ArithmeticException | NumberFormatException tooLarge) {
      return null;
    }
  }

  /** As somebody asks for it: only what means the same in every session. */
  static @Nullable Span asked(String text) {
    var span =
        text.startsWith("P") || TIME.matcher(text).matches() || text.matches(".*\\d +[a-z].*")
            ? written(text)
            : null;
    return span == null || Math.abs(span.days() / MONTH) >= Integer.MAX_VALUE ? null : span;
  }

  private static @Nullable Span iso(String text) {
    var parts = ISO.matcher(text);
    if (!parts.matches() || text.equals("P") || text.endsWith("T")) {
      return null;
    }
    var months = Math.addExact(Math.multiplyExact(number(parts, 1), 12L), number(parts, 2));
    var days = Math.addExact(Math.multiplyExact(number(parts, 3), 7L), number(parts, 4));
    var seconds = micros(parts, 8, 9);
    var micros =
        time(number(parts, 5), number(parts, 6), "-".equals(parts.group(7)) ? -seconds : seconds);
    return Span.of(months, days, micros);
  }

  /** {@code 1 year -2 days +03:04:05}, {@code @ 1 day 2 hours ago}, {@code +1-2 -3 +4:05:06}. */
  private static @Nullable Span words(String text) {
    var ago = text.endsWith(" ago");
    var bare = (ago ? text.substring(0, text.length() - 4) : text).replaceFirst("^@ ", "");
    var tokens = bare.split(" +", -1);
    var months = 0L;
    var days = 0L;
    var micros = 0L;
    var isNegative = false;
    for (int i = 0; i < tokens.length; i++) {
      var time = TIME.matcher(tokens[i]);
      var yearsMonths = YEARS_MONTHS.matcher(tokens[i]);
      var number = NUMBER.matcher(tokens[i]);
      if (time.matches()) {
        var amount = time(number(time, 2), number(time, 3), micros(time, 4, 5));
        // The SQL standard's "-3 4:05:06" is negative as a whole.
        micros =
            Math.addExact(
                micros,
                time.group(1).equals("-") || (time.group(1).isEmpty() && isNegative)
                    ? -amount
                    : amount);
      } else if (yearsMonths.matches()) {
        var amount =
            Math.addExact(Math.multiplyExact(number(yearsMonths, 2), 12L), number(yearsMonths, 3));
        months = Math.addExact(months, yearsMonths.group(1).equals("-") ? -amount : amount);
      } else if (number.matches()) {
        var sign = number.group(1).equals("-") ? -1 : 1;
        var amount = sign * number(number, 2);
        var unit = i + 1 < tokens.length ? tokens[i + 1] : "";
        if (unit.isEmpty() || !Character.isLetter(unit.charAt(0))) {
          isNegative = sign < 0;
          days = Math.addExact(days, whole(number, amount));
          continue;
        }
        i++;
        switch (unit) {
          case "year", "years" ->
              months = Math.addExact(months, Math.multiplyExact(whole(number, amount), 12L));
          case "mon", "mons", "month", "months" ->
              months = Math.addExact(months, whole(number, amount));
          case "week", "weeks" ->
              days = Math.addExact(days, Math.multiplyExact(whole(number, amount), 7L));
          case "day", "days" -> days = Math.addExact(days, whole(number, amount));
          case "hour", "hours" -> micros = Math.addExact(micros, time(whole(number, amount), 0, 0));
          case "min", "mins", "minute", "minutes" ->
              micros = Math.addExact(micros, time(0, whole(number, amount), 0));
          case "sec", "secs", "second", "seconds" ->
              micros = Math.addExact(micros, sign * micros(number, 2, 3));
          default -> {
            return null;
          }
        }
      } else {
        return null;
      }
    }
    return ago ? Span.of(-months, -days, -micros) : Span.of(months, days, micros);
  }

  private static long whole(Matcher number, long amount) {
    if (number.group(3) != null) {
      throw new NumberFormatException("only seconds have a fraction");
    }
    return amount;
  }

  private static long time(long hours, long minutes, long micros) {
    return Math.addExact(
        Math.addExact(
            Math.multiplyExact(hours, 3600 * SECOND), Math.multiplyExact(minutes, 60 * SECOND)),
        micros);
  }

  private static long micros(Matcher matcher, int seconds, int fraction) {
    var part = matcher.group(fraction);
    return Math.addExact(
        Math.multiplyExact(number(matcher, seconds), SECOND),
        part == null ? 0 : Long.parseLong((part + "00000").substring(0, 6)));
  }

  private static long number(Matcher matcher, int group) {
    var text = matcher.group(group);
    return text == null ? 0 : Long.parseLong(text);
  }
}
