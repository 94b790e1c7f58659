package dev.rowcast.capture.wal;

import dev.rowcast.change.JsonText;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.TreeMap;

/**
 * Writes JSON as PostgreSQL's {@code jsonb} would: keys by length and then by bytes, the last of
 * several equal ones, numbers as {@code numeric} keeps them.
 *
 * <p>Functions without state. What {@code jsonb} refuses (a zero character, half a surrogate pair,
 * a number out of {@code numeric}'s range) is answered with false, and what was appended by then
 * means nothing.
 */
final class JsonbText {
  /** The order of keys. */
  static final Comparator<String> KEY_ORDER =
      Comparator.comparing(
          (String key) -> key.getBytes(StandardCharsets.UTF_8),
          (a, b) -> a.length != b.length ? a.length - b.length : Arrays.compareUnsigned(a, b));

  /** What the stack of any thread has room for, interpreted or compiled. */
  private static final int DEEPEST = 1_000;

  private static final int MOST_DIGITS_BEFORE_POINT = 131_072;
  private static final int MOST_DIGITS_AFTER_POINT = 16_383;

  private JsonbText() {}

  /** Appends a value of type {@code json}. */
  static boolean append(String json, StringBuilder out) {
    var reader = new Reader(json, out);
    return reader.value(0) && reader.isAtEnd();
  }

  /**
   * Appends a number: what a numeric type of PostgreSQL writes, or JSON does. {@code NaN} and the
   * infinities become strings.
   */
  static boolean appendNumber(String text, StringBuilder out) {
    var first =
        text.isEmpty() ? ' ' : text.charAt(text.charAt(0) == '-' && text.length() > 1 ? 1 : 0);
    if (first == 'N' || first == 'I') {
      out.append('"').append(text).append('"');
      return true;
    }
    if (isPlain(text)) {
      out.append(text);
      return true;
    }
    try {
      var number = new BigDecimal(text);
      if (number.scale() > MOST_DIGITS_AFTER_POINT
          || (number.signum() != 0
              && (long) number.precision() - number.scale() > MOST_DIGITS_BEFORE_POINT)) {
        return false;
      }
      var zero = number.signum() == 0 && number.scale() < 0;
      out.append(zero ? "0" : (number.scale() < 0 ? number.setScale(0) : number).toPlainString());
      return true;
    } catch (NumberFormatException _) {
      return false;
    }
  }

  /** Whether {@code numeric} would write it just so: no exponent, no negative zero. */
  private static boolean isPlain(String text) {
    if (text.length() > MOST_DIGITS_AFTER_POINT) {
      return false;
    }
    var nonZero = false;
    for (int i = 0; i < text.length(); i++) {
      var c = text.charAt(i);
      nonZero |= c >= '1' && c <= '9';
      if ((c < '0' || c > '9') && c != '.' && (c != '-' || i > 0)) {
        return false;
      }
    }
    return nonZero || text.charAt(0) != '-';
  }

  /** Reads one JSON text from left to right. Confined to one thread. */
  private static final class Reader {
    private final String json;
    private final StringBuilder out;
    private int at;

    Reader(String json, StringBuilder out) {
      this.json = json;
      this.out = out;
    }

    boolean isAtEnd() {
      skipBlank();
      return at == json.length();
    }

    boolean value(int depth) {
      skipBlank();
      if (at >= json.length() || depth > DEEPEST) {
        return false;
      }
      return switch (json.charAt(at)) {
        case '{' -> object(depth);
        case '[' -> array(depth);
        case '"' -> string(out);
        case 't' -> word("true");
        case 'f' -> word("false");
        case 'n' -> word("null");
        default -> number();
      };
    }

    private boolean object(int depth) {
      at++;
      var members = new TreeMap<String, String>(KEY_ORDER);
      while (!closes('}', members.isEmpty())) {
        var name = new StringBuilder();
        skipBlank();
        if (at >= json.length() || json.charAt(at) != '"' || !text(name)) {
          return false;
        }
        skipBlank();
        if (at >= json.length() || json.charAt(at++) != ':') {
          return false;
        }
        var start = out.length();
        if (!value(depth + 1)) {
          return false;
        }
        members.put(name.toString(), out.substring(start));
        out.setLength(start);
      }
      if (!ended('}')) {
        return false;
      }
      var separator = "{";
      for (var member : members.entrySet()) {
        out.append(separator).append(JsonText.quote(member.getKey())).append(": ");
        out.append(member.getValue());
        separator = ", ";
      }
      out.append(members.isEmpty() ? "{}" : "}");
      return true;
    }

    private boolean array(int depth) {
      at++;
      out.append('[');
      var first = true;
      while (!closes(']', first)) {
        out.append(first ? "" : ", ");
        if (!value(depth + 1)) {
          return false;
        }
        first = false;
      }
      out.append(']');
      return ended(']');
    }

    /** Whether the bracket follows, or nothing that could; else past the comma, if one is due. */
    private boolean closes(char bracket, boolean first) {
      skipBlank();
      if (at >= json.length() || json.charAt(at) == bracket) {
        return true;
      }
      if (!first) {
        if (json.charAt(at) != ',') {
          return true;
        }
        at++;
      }
      return false;
    }

    private boolean ended(char bracket) {
      return at < json.length() && json.charAt(at++) == bracket;
    }

    private boolean word(String word) {
      out.append(word);
      at += word.length();
      return json.startsWith(word, at - word.length());
    }

    private boolean number() {
      var start = at;
      while (at < json.length() && "+-.eE0123456789".indexOf(json.charAt(at)) >= 0) {
        at++;
      }
      return at > start && appendNumber(json.substring(start, at), out);
    }

    private boolean string(StringBuilder target) {
      var content = new StringBuilder();
      if (!text(content)) {
        return false;
      }
      target.append(JsonText.quote(content.toString()));
      return true;
    }

    /** The characters of a string. */
    private boolean text(StringBuilder content) {
      at++;
      while (at < json.length()) {
        var c = json.charAt(at++);
        if (c == '"') {
          return hasWholePairs(content);
        }
        if (c != '\\') {
          content.append(c);
        } else if (!escape(content)) {
          return false;
        }
      }
      return false;
    }

    private boolean escape(StringBuilder content) {
      if (at >= json.length()) {
        return false;
      }
      var c = json.charAt(at++);
      switch (c) {
        case '"', '\\', '/' -> content.append(c);
        case 'b' -> content.append('\b');
        case 'f' -> content.append('\f');
        case 'n' -> content.append('\n');
        case 'r' -> content.append('\r');
        case 't' -> content.append('\t');
        case 'u' -> {
          if (at + 4 > json.length()) {
            return false;
          }
          var code = 0;
          for (int i = 0; i < 4; i++) {
            var digit = Character.digit(json.charAt(at++), 16);
            if (digit < 0) {
              return false;
            }
            code = code << 4 | digit;
          }
          content.append((char) code);
          return code != 0;
        }
        default -> {
          return false;
        }
      }
      return true;
    }

    private static boolean hasWholePairs(CharSequence text) {
      for (int i = 0; i < text.length(); i++) {
        var c = text.charAt(i);
        if (Character.isLowSurrogate(c)) {
          return false;
        }
        if (Character.isHighSurrogate(c)
            && (++i >= text.length() || !Character.isLowSurrogate(text.charAt(i)))) {
          return false;
        }
      }
      return true;
    }

    private void skipBlank() {
      while (at < json.length() && json.charAt(at) <= ' ') {
        at++;
      }
    }
  }
}
