package dev.rowcast.shape;

import java.math.BigDecimal;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Numbers. Immutable. */
enum NumberValues implements Values {
  INT2 {
    @Override
    public @Nullable Object ofText(String text) {
      return integer(text, Short.MIN_VALUE, Short.MAX_VALUE);
    }
  },
  INT4 {
    @Override
    public @Nullable Object ofText(String text) {
      return integer(text, Integer.MIN_VALUE, Integer.MAX_VALUE);
    }
  },
  INT8 {
    @Override
    public @Nullable Object ofText(String text) {
      return integer(text, Long.MIN_VALUE, Long.MAX_VALUE);
    }
  },
  NUMERIC {
    @Override
    public @Nullable Object ofText(String text) {
      return Decimal.of(text);
    }
  },
  FLOAT4 {
    @Override
    public @Nullable Object ofText(String text) {
      if (!isNumber(text)) {
        return special(text) ? (Object) Float.parseFloat(text) : null;
      }
      var value = Float.parseFloat(text);
      return Float.isInfinite(value) || (value == 0 && isNotZero(text)) ? null : value + 0.0f;
    }
  },
  FLOAT8 {
    @Override
    public @Nullable Object ofText(String text) {
      if (!isNumber(text)) {
        return special(text) ? (Object) Double.parseDouble(text) : null;
      }
      var value = Double.parseDouble(text);
      return Double.isInfinite(value) || (value == 0 && isNotZero(text)) ? null : value + 0.0;
    }
  };

  private static final Pattern INTEGER = Pattern.compile("[+-]?[0-9]{1,20}");

  /** Exponents beyond these are in no value of PostgreSQL, and costly to write out. */
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]{1,4})?");

  @Override
  public abstract @Nullable Object ofText(String text);

  /** JSON has no word for what is no number: those are strings there. */
  @Override
  public @Nullable Object ofJson(JsonPiece json) {
    return ofText(json.text());
  }

  @Override
  public String toText(Object value) {
    return value.toString();
  }

  @Override
  public String example() {
    return this == INT2 || this == INT4 || this == INT8 ? "a whole number in its range" : "7.5";
  }

  @Override
  public int compare(Object one, Object other) {
    return switch (one) {
      case Long a -> Long.compare(a, (Long) other);
      case Double a -> Double.compare(a, (Double) other);
      case Float a -> Float.compare(a, (Float) other);
      default -> ((Decimal) one).compareTo((Decimal) other);
    };
  }

  /**
   * A value of {@code numeric}.
   *
   * <p>Immutable. PostgreSQL orders infinities around the numbers and NaN behind them, and calls
   * each equal to itself.
   *
   * @param rank -1, 0, 1 for minus infinity, numbers, infinity; 2 for NaN
   * @param number without zeros at its end, so that equal ones are equal whatever their scale
   */
  record Decimal(int rank, BigDecimal number) implements Comparable<Decimal> {

    static @Nullable Decimal of(String text) {
      return switch (text) {
        case "NaN" -> new Decimal(2, BigDecimal.ZERO);
        case "Infinity" -> new Decimal(1, BigDecimal.ZERO);
        case "-Infinity" -> new Decimal(-1, BigDecimal.ZERO);
        default -> isNumber(text) ? new Decimal(0, plain(new BigDecimal(text))) : null;
      };
    }

    private static BigDecimal plain(BigDecimal number) {
      return number.signum() == 0 ? BigDecimal.ZERO : number.stripTrailingZeros();
    }

    @Override
    public int compareTo(Decimal other) {
      return rank != other.rank
          ? Integer.compare(rank, other.rank)
          : number.compareTo(other.number);
    }

    @Override
    public String toString() {
      return switch (rank) {
        case -1 -> "-Infinity";
        case 0 -> number.toString();
        case 1 -> "Infinity";
        default -> "NaN";
      };
    }
  }

  private static @Nullable Object integer(String text, long least, long most) {
    if (!INTEGER.matcher(text).matches()) {
      return null;
    }
    try {
      var value = Long.parseLong(text);
      return value < least || value > most ? null : (Object) value;
    } catch (NumberFormatException tooLarge) {
      return null;
    }
  }

  private static boolean isNumber(String text) {
    return NUMBER.matcher(text).matches();
  }

  private static boolean special(String text) {
    return text.equals("NaN") || text.equals("Infinity") || text.equals("-Infinity");
  }

  /** Whether the digits before the exponent are not all zeros. */
  private static boolean isNotZero(String text) {
    for (int i = 0; i < text.length(); i++) {
      var c = text.charAt(i);
      if (c == 'e' || c == 'E') {
        return false;
      }
      if (c >= '1' && c <= '9') {
        return true;
      }
    }
    return false;
  }
}
