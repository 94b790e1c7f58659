package dev.rowcast.config;

import java.util.Collection;
import java.util.Optional;

/** Guesses which known name was meant. Stateless. */
final class NearMiss {
  private NearMiss() {}

  /** The known name with the fewest edits to {@code typed}, unless it takes too many. */
  static Optional<String> of(String typed, Collection<String> known) {
    String nearest = null;
    var fewest = Math.max(2, typed.length() / 3) + 1;
    for (var name : known) {
      var edits = edits(typed, name);
      if (edits < fewest) {
        fewest = edits;
        nearest = name;
      }
    }
    return Optional.ofNullable(nearest);
  }

  /** The guess as the end of a sentence, or nothing. */
  static String hint(String typed, Collection<String> known) {
    return of(typed, known).map(name -> "; did you mean '" + name + "'?").orElse("");
  }

  /** Insertions, deletions and replacements between two words, and swaps of neighbours. */
  private static int edits(String a, String b) {
    var rows = new int[a.length() + 1][b.length() + 1];
    for (var i = 0; i <= a.length(); i++) {
      for (var j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          rows[i][j] = i + j;
          continue;
        }
        var same = a.charAt(i - 1) == b.charAt(j - 1);
        var least = rows[i - 1][j - 1] + (same ? 0 : 1);
        least = Math.min(least, Math.min(rows[i - 1][j], rows[i][j - 1]) + 1);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          least = Math.min(least, rows[i - 2][j - 2] + 1);
        }
        rows[i][j] = least;
      }
    }
    return rows[a.length()][b.length()];
  }
}
