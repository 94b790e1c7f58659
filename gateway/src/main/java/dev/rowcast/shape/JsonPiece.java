package dev.rowcast.shape;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A name or a value of JSON, as it stands in the text around it.
 *
 * <p>Immutable as long as nobody writes to the bytes, which are shared and never copied. Strings
 * are made only of what is asked for: nobody looks at most of an event.
 */
final class JsonPiece {
  private final byte[] json;
  private final int from;
  private final int to;

  /** What stands at these places of a text in UTF-8. */
  JsonPiece(byte[] json, int from, int to) {
    this.json = json;
    this.from = from;
    this.to = to;
  }

  /** A whole text. */
  static JsonPiece of(String text) {
    var json = text.getBytes(UTF_8);
    return new JsonPiece(json, 0, json.length);
  }

  /** Another piece of the same text. */
  JsonPiece at(int from, int to) {
    return new JsonPiece(json, from, to);
  }

  int from() {
    return from;
  }

  int to() {
    return to;
  }

  int length() {
    return to - from;
  }

  /** Goes through it. */
  JsonScanner scanner() {
    return new JsonScanner(json, from, to);
  }

  /** Copies it; where it ends there. */
  int copyTo(byte[] other, int at) {
    System.arraycopy(json, from, other, at, length());
    return at + length();
  }

  /** A copy of it, to be handed on. */
  byte[] bytes() {
    return Arrays.copyOfRange(json, from, to);
  }

  /** Whether it is one of JSON's own words. */
  boolean is(String word) {
    return length() == word.length() && says(json, from, to, word);
  }

  boolean isString() {
    return to > from && json[from] == '"';
  }

  /** Whether it is a string that says this. */
  boolean says(String text) {
    return isString() && says(json, from + 1, to - 1, text);
  }

  /**
   * What a string says.
   *
   * @throws IllegalArgumentException when it is something else, or has an escape that is none
   */
  String string() {
    if (!isString()) {
      throw new IllegalArgumentException("'" + this + "' is not a string of JSON");
    }
    return unescaped(json, from + 1, to - 1);
  }

  /** What a string says; any other value as it stands there. */
  String text() {
    return isString() ? string() : toString();
  }

  /** Whether the same bytes stand there. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof JsonPiece piece
        && Arrays.equals(json, from, to, piece.json, piece.from, piece.to);
  }

  @Override
  public int hashCode() {
    return toString().hashCode();
  }

  /** As it stands there. */
  @Override
  public String toString() {
    return new String(json, from, to - from, UTF_8);
  }

  /**
   * Whether what is between the quotes says this. As long as it is plain ASCII it is compared byte
   * by byte; only from an escape or another letter on a string is made of it. No text is longer
   * than its bytes.
   */
  private static boolean says(byte[] json, int from, int to, String text) {
    if (to - from < text.length()) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      var c = json[from + i];
      if (c < 0 || c == '\\') {
        return unescaped(json, from + i, to).equals(text.substring(i));
      }
      if (c != text.charAt(i)) {
        return false;
      }
    }
    return to - from == text.length();
  }

  private static String unescaped(byte[] json, int from, int to) {
    var inner = new String(json, from, to - from, UTF_8);
    var escape = inner.indexOf('\\');
    if (escape < 0) {
      return inner;
    }
    var text = new StringBuilder(inner.length()).append(inner, 0, escape);
    for (int i = escape; i < inner.length(); i++) {
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
          text.append(unit(inner, i + 1));
          i += 4;
        }
        default -> text.append(inner.charAt(i));
      }
    }
    return text.toString();
  }

  private static char unit(String inner, int at) {
    if (at + 4 > inner.length()) {
      throw new IllegalArgumentException("'" + inner + "' has an escape that does not end");
    }
    return (char) HexFormat.fromHexDigits(inner, at, at + 4);
  }

  /** The text as a string of JSON. */
  static JsonPiece quoted(String text) {
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
    return of(json.append('"').toString());
  }
}
