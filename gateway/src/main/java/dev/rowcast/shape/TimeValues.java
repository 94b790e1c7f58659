package dev.rowcast.shape;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Days and times. Immutable.
 *
 * <p>A value is a number of days or of microseconds, as PostgreSQL keeps it, or a {@link Zoned}.
 */
enum TimeValues implements Values {
  DATE,
  TIME,
  TIMETZ,
  TIMESTAMP,
  TIMESTAMPTZ;

  private static final long SECOND = 1_000_000;
  private static final long DAY = 86_400 * SECOND;

  private static final LocalDate FIRST = LocalDate.of(-4713, 11, 24);
  private static final LocalDate LAST_DATE = LocalDate.of(5_874_897, 12, 31);
  private static final LocalDate LAST_TIMESTAMP = LocalDate.of(294_276, 12, 31);

  /**
   * A value of {@code timetz}: ordered by its moment, then by its zone.
   *
   * <p>Immutable.
   *
   * @param moment microseconds, of a day of its own, at Greenwich
   * @param west seconds
   */
  record Zoned(long moment, int west) implements Comparable<Zoned> {
    @Override
    public int compareTo(Zoned other) {
      return moment != other.moment
          ? Long.compare(moment, other.moment)
          : Integer.compare(west, other.west);
    }
  }

  @Override
  public @Nullable Object ofJson(JsonPiece json) {
    var text = Values.string(json);
    return text == null ? null : ofText(text);
  }

  @Override
  public @Nullable Object ofText(String text) {
    if (this != TIME && this != TIMETZ && text.endsWith("infinity")) {
      return switch (text) {
        case "infinity" -> Long.MAX_VALUE;
        case "-infinity" -> Long.MIN_VALUE;
        default -> null;
      };
    }
    return new Reader(text).read(this);
  }

  @Override
  public String toText(Object value) {
    if (value instanceof Zoned(var moment, var west)) {
      return clock(moment - west * SECOND) + zone(-west);
    }
    var number = (Long) value;
    if (this == TIME) {
      return clock(number);
    }
    if (number == Long.MAX_VALUE || number == Long.MIN_VALUE) {
      return number > 0 ? "infinity" : "-infinity";
    }
    var day = LocalDate.ofEpochDay(this == DATE ? number : Math.floorDiv(number, DAY));
    var year = day.getYear();
    var date =
        String.format(
            Locale.ROOT,
            "%04d-%02d-%02d",
            year > 0 ? year : 1 - year,
            day.getMonthValue(),
            day.getDayOfMonth());
    var time = this == DATE ? "" : " " + clock(Math.floorMod(number, DAY));
    return date + time + (this == TIMESTAMPTZ ? "+00" : "") + (year > 0 ? "" : " BC");
  }

  private static String clock(long micros) {
    return String.format(
        Locale.ROOT,
        "%02d:%02d:%02d.%06d",
        micros / (3600 * SECOND),
        micros / (60 * SECOND) % 60,
        micros / SECOND % 60,
        micros % SECOND);
  }

  private static String zone(int east) {
    var size = Math.abs(east);
    return String.format(
        Locale.ROOT,
        "%s%02d:%02d:%02d",
        east < 0 ? "-" : "+",
        size / 3600,
        size / 60 % 60,
        size % 60);
  }

  @Override
  public String example() {
    return switch (this) {
      case DATE -> "2030-01-31";
      case TIME -> "13:45:00";
      case TIMETZ -> "13:45:00+02";
      case TIMESTAMP -> "2030-01-31T13:45:00";
      case TIMESTAMPTZ -> "2030-01-31T13:45:00Z, with the zone";
    };
  }

  @Override
  public int compare(Object one, Object other) {
    return one instanceof Zoned zoned
        ? zoned.compareTo((Zoned) other)
        : Long.compare((Long) one, (Long) other);
  }

  /** A place in a text. */
  private static final class Reader {
    private static final int NONE = -1;

    private final String text;
    private int at;

    Reader(String text) {
      this.text = text;
    }

    @Nullable Object read(TimeValues type) {
      var end = text.length();
      var isBefore = text.endsWith(" BC");
      var day = 0L;
      if (type != TIME && type != TIMETZ) {
        var date = date(isBefore);
        if (date == null
            || date.isBefore(FIRST)
            || date.isAfter(type == DATE ? LAST_DATE : LAST_TIMESTAMP)) {
          return null;
        }
        day = date.toEpochDay();
        end -= isBefore ? 3 : 0;
        if (type == DATE) {
          return at == end ? (Object) day : null;
        }
        if (!take('T') && !take(' ')) {
          return null;
        }
      }
      var micros = clock(type == TIME || type == TIMETZ);
      if (micros == NONE) {
        return null;
      }
      if (type == TIME || type == TIMESTAMP) {
        return at == end ? (Object) (day * DAY + micros) : null;
      }
      var east = zone();
      if (east == Integer.MIN_VALUE || at != end) {
        return null;
      }
      var moment = day * DAY + micros - east * SECOND;
      return type == TIMETZ ? new Zoned(moment, -east) : (Object) moment;
    }

    private @Nullable LocalDate date(boolean isBefore) {
      var year = number(4, 7);
      var month = take('-') ? number(2, 2) : NONE;
      var day = take('-') ? number(2, 2) : NONE;
      if (year <= 0 || month == NONE || day == NONE) {
        return null;
      }
      try {
        return LocalDate.of(isBefore ? 1 - year : year, month, day);
      } catch (DateTimeException _) {
        return null;
      }
    }

    /** {@code 13:45}, {@code 13:45:10.123456}; a time of day may be 24:00:00. */
    private long clock(boolean isTimeOfDay) {
      var hour = number(2, 2);
      var minute = take(':') ? number(2, 2) : NONE;
      var second = take(':') ? number(2, 2) : 0;
      if (hour == NONE || minute == NONE || second == NONE || minute > 59 || second > 59) {
        return NONE;
      }
      var fraction = 0L;
      if (take('.')) {
        var start = at;
        var digits = number(1, 6);
        if (digits == NONE) {
          return NONE;
        }
        fraction = digits;
        for (int i = at - start; i < 6; i++) {
          fraction *= 10;
        }
      }
      var micros = ((hour * 60L + minute) * 60 + second) * SECOND + fraction;
      return micros < DAY || (micros == DAY && isTimeOfDay) ? micros : NONE;
    }

    /** Seconds east of Greenwich; the least number when there is no zone. */
    private int zone() {
      if (take('Z')) {
        return 0;
      }
      var isWest = at < text.length() && text.charAt(at) == '-';
      if (!take('+') && !take('-')) {
        return Integer.MIN_VALUE;
      }
      var hours = number(2, 2);
      var minutes = take(':') ? number(2, 2) : 0;
      var seconds = take(':') ? number(2, 2) : 0;
      if (hours == NONE || minutes == NONE || seconds == NONE) {
        return Integer.MIN_VALUE;
      }
      if (hours > 15 || minutes > 59 || seconds > 59) {
        return Integer.MIN_VALUE;
      }
      var size = hours * 3600 + minutes * 60 + seconds;
      return isWest ? -size : size;
    }

    private boolean take(char mark) {
      if (at < text.length() && text.charAt(at) == mark) {
        at++;
        return true;
      }
      return false;
    }

    /** A number of so many digits; {@link #NONE} when there is none. */
    private int number(int least, int most) {
      var value = 0;
      var start = at;
      while (at < text.length() && at - start < most) {
        var c = text.charAt(at);
        if (c < '0' || c > '9') {
          break;
        }
        value = value * 10 + c - '0';
        at++;
      }
      return at - start < least ? NONE : value;
    }
  }
}
