package dev.rowcast.shape;

import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Types with one form of text. Immutable. */
enum SimpleValues implements Values {
  BOOL {
    @Override
    public @Nullable Object ofJson(JsonPiece json) {
      return ofText(json.toString());
    }

    @Override
    public @Nullable Object ofText(String text) {
      return switch (text) {
        case "true", "t" -> true;
        case "false", "f" -> false;
        default -> null;
      };
    }

    @Override
    public String example() {
      return "true";
    }
  },

  /** Compared as bytes, which is the order of their small hexadecimal digits. */
  UUID {
    @Override
    public @Nullable Object ofText(String text) {
      return UUID_TEXT.matcher(text).matches() ? text.toLowerCase(Locale.ROOT) : null;
    }

    @Override
    public String example() {
      return "0b2f7e4c-9c1d-4d57-8a55-4c7c1ef35e0a";
    }
  },

  /** Kept as hexadecimal digits. */
  BYTEA {
    // Written as the session of the writer had it in bytea_output; the two are distinct.
    @Override
    public @Nullable Object ofJson(JsonPiece json) {
      var text = Values.string(json);
      return text == null || text.startsWith("\\x") ? super.ofJson(json) : escaped(text);
    }

    @Override
    public @Nullable Object ofText(String text) {
      return BYTES_TEXT.matcher(text).matches() ? text.substring(2).toLowerCase(Locale.ROOT) : null;
    }

    @Override
    public String toText(Object value) {
      return "\\x" + value;
    }

    @Override
    public String example() {
      return "\\x00ff";
    }
  },

  INTERVAL {
    @Override
    public @Nullable Object ofJson(JsonPiece json) {
      var text = Values.string(json);
      return text == null ? null : IntervalText.written(text);
    }

    @Override
    public @Nullable Object ofText(String text) {
      return IntervalText.asked(text);
    }

    @Override
    public String example() {
      return "1 day 02:30:00 or P1DT2H30M";
    }
  };

  private static final Pattern UUID_TEXT =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

  private static final Pattern BYTES_TEXT = Pattern.compile("\\\\x([0-9a-fA-F]{2})*");

  @Override
  public @Nullable Object ofJson(JsonPiece json) {
    var text = Values.string(json);
    return text == null ? null : ofText(text);
  }

  @Override
  public String toText(Object value) {
    return value.toString();
  }

  @Override
  public int compare(Object one, Object other) {
    return switch (one) {
      case Boolean a -> Boolean.compare(a, (Boolean) other);
      case String a -> a.compareTo((String) other);
      default -> ((IntervalText.Span) one).compareTo((IntervalText.Span) other);
    };
  }

  private static @Nullable String escaped(String text) {
    var hex = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      var c = text.charAt(i);
      if (c == '\\' && text.startsWith("\\", i + 1)) {
        i++;
      } else if (c == '\\') {
        if (i + 3 >= text.length()) {
          return null;
        }
        c = (char) Integer.parseInt(text, i + 1, i + 4, 8);
        i += 3;
      }
      hex.append(HexFormat.of().toHexDigits((byte) c));
    }
    return hex.toString();
  }
}
