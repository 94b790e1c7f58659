package dev.rowcast.capture.wal;

import org.jspecify.annotations.Nullable;

/**
 * The columns of one row as {@code pgoutput} sends them: texts, nulls, and large values that did
 * not change and were not sent.
 *
 * <p>Confined to the thread that decodes; nobody writes to it after that.
 */
final class Tuple {
  private final @Nullable String[] texts;
  private final boolean[] unchanged;

  /** With the arrays, which belong to the tuple from now on. */
  Tuple(@Nullable String[] texts, boolean[] unchanged) {
    this.texts = texts;
    this.unchanged = unchanged;
  }

  /** With texts and nulls. */
  static Tuple of(@Nullable String... texts) {
    return new Tuple(texts, new boolean[texts.length]);
  }

  int size() {
    return texts.length;
  }

  /** The column's text; null: it is null, or {@link #isUnchanged}. */
  @Nullable String text(int column) {
    return texts[column];
  }

  /** Whether the column's value was not sent because it is large and did not change. */
  boolean isUnchanged(int column) {
    return unchanged[column];
  }

  /** This row with what it lacks taken from {@code old}, as far as that has it. */
  Tuple completedBy(Tuple old) {
    var completed = texts.clone();
    var missing = unchanged.clone();
    for (int i = 0; i < completed.length && i < old.size(); i++) {
      if (missing[i] && old.texts[i] != null) {
        completed[i] = old.texts[i];
        missing[i] = false;
      }
    }
    return new Tuple(completed, missing);
  }
}
