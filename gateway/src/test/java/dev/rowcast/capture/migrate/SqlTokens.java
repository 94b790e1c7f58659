package dev.rowcast.capture.migrate;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * SQL cut into its tokens as PostgreSQL's scanner cuts it (manual, section 4.1), as far as quoting
 * goes.
 *
 * <p>Immutable.
 */
final class SqlTokens {
  private static final Pattern TAG =
      Pattern.compile("\\$([A-Za-z_\\x80-\\x{10ffff}][A-Za-z0-9_\\x80-\\x{10ffff}]*)?\\$");

  /** What a token is. */
  enum Kind {
    IDENTIFIER,
    STRING,
    BODY,
    OTHER
  }

  /**
   * One token.
   *
   * @param text without its quotes
   */
  record Token(Kind kind, String text) {}

  private final String sql;
  private final List<Token> tokens = new ArrayList<>();
  private int at;

  private SqlTokens(String sql) {
    this.sql = sql;
  }

  /**
   * All tokens, comments and blanks left out.
   *
   * @throws IllegalArgumentException when a quote is not closed
   */
  static List<Token> of(String sql) {
    var scan = new SqlTokens(sql);
    while (scan.at < sql.length()) {
      scan.next();
    }
    return scan.tokens;
  }

  private void next() {
    var c = sql.charAt(at);
    if (Character.isWhitespace(c)) {
      at++;
    } else if (sql.startsWith("--", at)) {
      var end = sql.indexOf('\n', at);
      at = end < 0 ? sql.length() : end;
    } else if (sql.startsWith("/*", at)) {
      at = after("*/", at + 2);
    } else if (c == '"') {
      tokens.add(new Token(Kind.IDENTIFIER, quoted('"', false)));
    } else if (c == '\'') {
      tokens.add(new Token(Kind.STRING, quoted('\'', false)));
    } else if ((c == 'E' || c == 'e') && sql.startsWith("'", at + 1)) {
      at++;
      tokens.add(new Token(Kind.STRING, quoted('\'', true)));
    } else if (c == '$' && TAG.matcher(sql).region(at, sql.length()).lookingAt()) {
      tokens.add(new Token(Kind.BODY, body()));
    } else if (Character.isLetterOrDigit(c) || c == '_') {
      var from = at;
      while (at < sql.length()
          && (Character.isLetterOrDigit(sql.charAt(at))
              || sql.charAt(at) == '_'
              || sql.charAt(at) == '$')) {
        at++;
      }
      tokens.add(new Token(Kind.OTHER, sql.substring(from, at)));
    } else {
      tokens.add(new Token(Kind.OTHER, String.valueOf(c)));
      at++;
    }
  }

  private String quoted(char quote, boolean backslashes) {
    var text = new StringBuilder();
    for (at++; at < sql.length(); at++) {
      var c = sql.charAt(at);
      if (c == quote && at + 1 < sql.length() && sql.charAt(at + 1) == quote) {
        at++;
      } else if (c == quote) {
        at++;
        return text.toString();
      } else if (c == '\\' && backslashes && at + 1 < sql.length()) {
        c = sql.charAt(++at);
      }
      text.append(c);
    }
    throw new IllegalArgumentException("a quote is not closed");
  }

  private String body() {
    var tag = sql.substring(at, sql.indexOf('$', at + 1) + 1);
    var from = at + tag.length();
    at = after(tag, from);
    return sql.substring(from, at - tag.length());
  }

  private int after(String end, int from) {
    var found = sql.indexOf(end, from);
    if (found < 0) {
      throw new IllegalArgumentException(end + " is missing");
    }
    return found + end.length();
  }
}
