package dev.rowcast.shape;

import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A pattern of LIKE: {@code %} for any text, {@code _} for one character, a backslash takes what
 * follows as it is.
 *
 * <p>Immutable.
 */
final class LikePattern {
  private static final int ANY = -1;
  private static final int ONE = -2;

  /** Letters that are not ASCII's, and are when they are small: with a dot above, and Kelvin's. */
  private static final int CAPITAL_I_WITH_DOT = 0x130;

  private static final int KELVIN = 0x212A;

  private final String text;
  private final int[] pattern;
  private final ColumnType.@Nullable Folding folding;

  private LikePattern(String text, int[] pattern, ColumnType.@Nullable Folding folding) {
    this.text = text;
    this.pattern = pattern;
    this.folding = folding;
  }

  /**
   * Reads a pattern, in which {@code *} stands for {@code %}; null when it ends with a backslash.
   *
   * @param folding which letters are equal; null: none
   */
  static @Nullable LikePattern of(String wanted, ColumnType.@Nullable Folding folding) {
    var text = new StringBuilder();
    var pattern = new ArrayList<Integer>();
    for (int i = 0; i < wanted.length(); ) {
      var c = wanted.codePointAt(i);
      i += Character.charCount(c);
      switch (c) {
        case '%', '*' -> {
          text.append('%');
          pattern.add(ANY);
        }
        case '_' -> {
          text.append('_');
          pattern.add(ONE);
        }
        case '\\' -> {
          if (i == wanted.length()) {
            return null;
          }
          var literal = wanted.codePointAt(i);
          i += Character.charCount(literal);
          text.append('\\').appendCodePoint(literal);
          pattern.add(folded(literal, folding));
        }
        default -> {
          text.appendCodePoint(c);
          pattern.add(folded(c, folding));
        }
      }
    }
    return new LikePattern(
        text.toString(), pattern.stream().mapToInt(Integer::intValue).toArray(), folding);
  }

  /** As LIKE writes it. */
  String text() {
    return text;
  }

  /** Whether {@code text} has no letter of which it depends on a library what it equals. */
  boolean isDecided(String text) {
    return folding != ColumnType.Folding.UNICODE
        || (text.indexOf(CAPITAL_I_WITH_DOT) < 0 && text.indexOf(KELVIN) < 0);
  }

  /** Goes through the text once, and back to behind the last {@code %} where it does not fit. */
  boolean matches(String subject) {
    var at = 0;
    var next = 0;
    var afterAny = -1;
    var resume = 0;
    while (at < subject.length()) {
      var c = subject.codePointAt(at);
      if (next < pattern.length && (pattern[next] == ONE || pattern[next] == folded(c, folding))) {
        at += Character.charCount(c);
        next++;
      } else if (next < pattern.length && pattern[next] == ANY) {
        afterAny = ++next;
        resume = at;
      } else if (afterAny >= 0) {
        resume += Character.charCount(subject.codePointAt(resume));
        at = resume;
        next = afterAny;
      } else {
        return false;
      }
    }
    while (next < pattern.length && pattern[next] == ANY) {
      next++;
    }
    return next == pattern.length;
  }

  private static int folded(int c, ColumnType.@Nullable Folding folding) {
    return folding != null && c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
  }
}
