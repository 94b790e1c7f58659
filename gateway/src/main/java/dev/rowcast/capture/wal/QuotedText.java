package dev.rowcast.capture.wal;

import dev.rowcast.capture.CaptureException;
import org.jspecify.annotations.Nullable;

/**
 * Reads what PostgreSQL's output functions of arrays, rows and hstore write, from left to right.
 *
 * <p>Confined to one thread. At a text that is none of theirs it fails with a {@link
 * CaptureException}.
 */
final class QuotedText {
  private final String text;
  private int at;

  QuotedText(String text) {
    this.text = text;
  }

  boolean isAtEnd() {
    return at >= text.length();
  }

  boolean isNext(char c) {
    return at < text.length() && text.charAt(at) == c;
  }

  /** Takes the character, if it comes next. */
  boolean take(char c) {
    if (isNext(c)) {
      at++;
      return true;
    }
    return false;
  }

  /** Past the next such character. */
  void skipTo(char c) {
    at = text.indexOf(c, at) + 1;
    if (at == 0) {
      throw malformed();
    }
  }

  /** An element of an array; null for NULL. */
  @Nullable String element(char delimiter) {
    if (isNext('"')) {
      return quoted();
    }
    var element = new StringBuilder();
    while (at < text.length() && text.charAt(at) != delimiter && text.charAt(at) != '}') {
      element.append(text.charAt(at++));
    }
    var bare = element.toString();
    return bare.equals("NULL") ? null : bare;
  }

  /** A column of a row; null where nothing is written. */
  @Nullable String field() {
    if (isNext('"')) {
      return quoted();
    }
    var start = at;
    while (at < text.length() && text.charAt(at) != ',' && text.charAt(at) != ')') {
      at++;
    }
    return start == at ? null : text.substring(start, at);
  }

  /** Between quotes; a quote inside is doubled (rows) or behind a backslash (arrays, hstore). */
  String quoted() {
    if (!take('"')) {
      throw malformed();
    }
    var content = new StringBuilder();
    while (at < text.length()) {
      var c = text.charAt(at++);
      if (c == '\\' && at < text.length()) {
        content.append(text.charAt(at++));
      } else if (c != '"') {
        content.append(c);
      } else if (take('"')) {
        content.append('"');
      } else {
        return content.toString();
      }
    }
    throw malformed();
  }

  /** The bare word for null, which JSON writes in its own way. */
  String word(String expected) {
    if (!text.startsWith(expected, at)) {
      throw malformed();
    }
    at += expected.length();
    return "null";
  }

  private CaptureException malformed() {
    return new CaptureException(
        "a value of an array, a row or an hstore is not written as PostgreSQL writes it, at"
            + " character "
            + at
            + " of "
            + text.length(),
        false,
        new IllegalArgumentException("malformed value"));
  }
}
