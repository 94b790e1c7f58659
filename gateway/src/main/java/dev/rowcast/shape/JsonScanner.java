package dev.rowcast.shape;

import java.util.function.BiFunction;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Goes once through a JSON object or array that PostgreSQL or we have written, and writes it again
 * with some of its pieces left out or replaced.
 *
 * <p>Confined to one thread; good for one pass. Text that is not JSON gives {@link
 * IllegalArgumentException}.
 */
final class JsonScanner {
  private final String json;
  private int at;

  /** Who is told where members stand. */
  @FunctionalInterface
  interface Places {
    /** Where the name begins and ends, quotes included, and where the value does. */
    void member(int name, int nameEnd, int value, int valueEnd);
  }

  JsonScanner(String json) {
    this.json = json;
  }

  /** The object with each value as {@code rule} gives it; null leaves the member out. */
  String object(BiFunction<String, String, @Nullable String> rule) {
    var out = new StringBuilder(json.length()).append('{');
    enter('{');
    while (!leave('}')) {
      var name = piece();
      enter(':');
      var value = rule.apply(unquoted(name), piece());
      if (value != null) {
        out.append(out.length() > 1 ? "," : "").append(name).append(':').append(value);
      }
      skip(',');
    }
    return out.append('}').toString();
  }

  /** The array of strings without those that {@code shown} refuses. */
  String strings(Predicate<String> shown) {
    var out = new StringBuilder(json.length()).append('[');
    enter('[');
    while (!leave(']')) {
      var piece = piece();
      if (shown.test(unquoted(piece))) {
        out.append(out.length() > 1 ? "," : "").append(piece);
      }
      skip(',');
    }
    return out.append(']').toString();
  }

  /** Tells of the places of each member of an object. */
  void places(Places places) {
    enter('{');
    while (!leave('}')) {
      blank();
      var name = at;
      if (peek() != '"') {
        throw malformed();
      }
      skipPiece();
      var nameEnd = at;
      enter(':');
      blank();
      var value = at;
      skipPiece();
      places.member(name, nameEnd, value, at);
      skip(',');
    }
  }

  private void enter(char mark) {
    blank();
    if (peek() != mark) {
      throw malformed();
    }
    at++;
  }

  private boolean leave(char mark) {
    blank();
    if (peek() == mark) {
      at++;
      return true;
    }
    return false;
  }

  private void skip(char mark) {
    blank();
    if (peek() == mark) {
      at++;
    }
  }

  private void blank() {
    while (at < json.length() && json.charAt(at) <= ' ') {
      at++;
    }
  }

  private char peek() {
    if (at >= json.length()) {
      throw malformed();
    }
    return json.charAt(at);
  }

  /** The next value or name, as it stands there. */
  private String piece() {
    blank();
    var start = at;
    skipPiece();
    return json.substring(start, at);
  }

  private void skipPiece() {
    var depth = 0;
    do {
      switch (peek()) {
        case '"' -> string();
        case '{', '[' -> {
          depth++;
          at++;
        }
        case '}', ']' -> {
          if (depth == 0) {
            throw malformed();
          }
          depth--;
          at++;
        }
        default -> {
          at++;
          while (depth == 0 && at < json.length() && !endsScalar(json.charAt(at))) {
            at++;
          }
        }
      }
    } while (depth > 0);
  }

  private static boolean endsScalar(char c) {
    return switch (c) {
      case ',', ':', ']', '}', ' ', '\t', '\r', '\n' -> true;
      default -> false;
    };
  }

  private void string() {
    var start = at;
    do {
      at = json.indexOf('"', at + 1);
      if (at < 0) {
        at = json.length();
        throw malformed();
      }
    } while (isEscaped(start));
    at++;
  }

  /** Whether an odd number of backslashes stands before this place of the string. */
  private boolean isEscaped(int start) {
    var before = at - 1;
    while (before > start && json.charAt(before) == '\\') {
      before--;
    }
    return (at - 1 - before) % 2 == 1;
  }

  /** What a string says. */
  static String unquoted(String piece) {
    if (piece.length() < 2 || piece.charAt(0) != '"') {
      throw new IllegalArgumentException("'" + piece + "' is not a string of JSON");
    }
    var inner = piece.substring(1, piece.length() - 1);
    if (inner.indexOf('\\') < 0) {
      return inner;
    }
    var text = new StringBuilder(inner.length());
    for (int i = 0; i < inner.length(); i++) {
      var c = inner.charAt(i);
      if (c != '\\' || i + 1 == inner.length()) {
        text.append(c);
        continue;
      }
      switch (inner.charAt(++i)) {
        case 'b' -> text.append('\b');
        case 'f' -> text.append('\f');
        case 'n' -> text.append('\n');
        case 'r' -> text.append('\r');
        case 't' -> text.append('\t');
        case 'u' -> {
          text.append((char) Integer.parseInt(inner, i + 1, i + 5, 16));
          i += 4;
        }
        default -> text.append(inner.charAt(i));
      }
    }
    return text.toString();
  }

  /** The text as a string of JSON. */
  static String quoted(String text) {
    var json = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < text.length(); i++) {
      var c = text.charAt(i);
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c < ' ') {
        json.append(String.format("\\u%04x", (int) c));
      } else {
        json.append(c);
      }
    }
    return json.append('"').toString();
  }

  private IllegalArgumentException malformed() {
    return new IllegalArgumentException("not JSON at character " + at + " of " + json.length());
  }
}
