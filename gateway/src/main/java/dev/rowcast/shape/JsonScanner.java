package dev.rowcast.shape;

import java.util.function.BiFunction;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Goes once through JSON that PostgreSQL or we have written, piece by piece, or writes it again
 * with some of its pieces left out or replaced.
 *
 * <p>Confined to one thread; good for one pass. Text that is not JSON gives {@link
 * IllegalArgumentException}.
 *
 * <p>It reads bytes and not characters: every mark of JSON is one byte of UTF-8 that is part of no
 * other character.
 */
final class JsonScanner {
  private final byte[] json;
  private final int end;
  private int at;

  /** Whether nothing was read yet of the object or array that was entered last. */
  private boolean isFirst;

  /** Between these places of a text in UTF-8. */
  JsonScanner(byte[] json, int from, int end) {
    this.json = json;
    this.at = from;
    this.end = end;
  }

  /** A whole text. */
  JsonScanner(byte[] json) {
    this(json, 0, json.length);
  }

  /**
   * The object with each value as {@code rule} gives it, not ended yet; null leaves a member out.
   */
  ObjectWriter object(BiFunction<String, JsonPiece, @Nullable JsonPiece> rule) {
    var out = new ObjectWriter(end - at);
    enter('{');
    while (hasNext('}')) {
      var name = name();
      var value = rule.apply(name.string(), value());
      if (value != null) {
        out.member(name, value);
      }
    }
    return out;
  }

  /** The array of strings without those that {@code shown} refuses. */
  JsonPiece strings(Predicate<String> shown) {
    var out = new StringBuilder().append('[');
    enter('[');
    while (hasNext(']')) {
      var value = value();
      if (shown.test(value.string())) {
        out.append(out.length() > 1 ? "," : "").append(value);
      }
    }
    return JsonPiece.of(out.append(']').toString());
  }

  /** Goes into an object or an array, which begins with this mark; where that stands. */
  int enter(char mark) {
    pass(mark);
    isFirst = true;
    return at - 1;
  }

  /** Whether there is more in the object or array, which ends with this mark; else it is left. */
  boolean hasNext(char mark) {
    blank();
    var isOver = peek() == mark;
    if (isOver) {
      at++;
    } else if (!isFirst) {
      pass(',');
    }
    isFirst = false;
    return !isOver;
  }

  /** The name of the next member; its value is next. */
  JsonPiece name() {
    blank();
    var name = at;
    if (peek() != '"') {
      throw malformed();
    }
    string();
    var piece = new JsonPiece(json, name, at);
    pass(':');
    return piece;
  }

  /** The next value. */
  JsonPiece value() {
    blank();
    var value = at;
    switch (peek()) {
      case '"' -> string();
      case '{', '[' -> nested();
      default -> scalar();
    }
    return new JsonPiece(json, value, at);
  }

  /** What was read since this place. */
  JsonPiece since(int from) {
    return new JsonPiece(json, from, at);
  }

  private void pass(char mark) {
    blank();
    if (peek() != mark) {
      throw malformed();
    }
    at++;
  }

  private void blank() {
    while (at < end && json[at] >= 0 && json[at] <= ' ') {
      at++;
    }
  }

  private byte peek() {
    if (at >= end) {
      throw malformed();
    }
    return json[at];
  }

  private void string() {
    for (int i = at + 1; i < end; i++) {
      if (json[i] == '"') {
        at = i + 1;
        return;
      }
      if (json[i] == '\\') {
        i++;
      }
    }
    at = end;
    throw malformed();
  }

  /** An object or an array, whatever is in it. */
  private void nested() {
    var depth = 0;
    do {
      switch (peek()) {
        case '"' -> string();
        case '{', '[' -> {
          depth++;
          at++;
        }
        case '}', ']' -> {
          depth--;
          at++;
        }
        default -> at++;
      }
    } while (depth > 0);
  }

  private void scalar() {
    var start = at;
    while (at < end && !endsScalar(json[at])) {
      at++;
    }
    if (at == start) {
      throw malformed();
    }
  }

  private static boolean endsScalar(byte c) {
    return switch (c) {
      case ',', ':', ']', '}', ' ', '\t', '\r', '\n' -> true;
      default -> false;
    };
  }

  private IllegalArgumentException malformed() {
    return new IllegalArgumentException("not JSON at byte " + at + " of " + end);
  }
}
