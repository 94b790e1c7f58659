package dev.rowcast.base;

import java.util.ArrayList;
import java.util.List;

/**
 * A pattern in which {@code *} stands for any run of characters, {@code /} and {@code _} included,
 * and everything else is literal.
 *
 * <p>Immutable. Matching takes time linear in pattern times text: no backtracking bomb.
 */
public record Glob(String pattern) {

  /** Whether the whole of {@code text} fits the pattern. */
  public boolean matches(String text) {
    int p = 0;
    int t = 0;
    int star = -1;
    int resume = 0;
    while (t < text.length()) {
      if (p < pattern.length() && pattern.charAt(p) == '*') {
        star = p++;
        resume = t;
      } else if (p < pattern.length() && pattern.charAt(p) == text.charAt(t)) {
        p++;
        t++;
      } else if (star >= 0) {
        p = star + 1;
        t = ++resume;
      } else {
        return false;
      }
    }
    while (p < pattern.length() && pattern.charAt(p) == '*') {
      p++;
    }
    return p == pattern.length();
  }

  /** The patterns of these texts, in their order. */
  public static List<Glob> all(List<String> patterns) {
    var globs = new ArrayList<Glob>(patterns.size());
    patterns.forEach(pattern -> globs.add(new Glob(pattern)));
    return List.copyOf(globs);
  }

  @Override
  public String toString() {
    return pattern;
  }
}
