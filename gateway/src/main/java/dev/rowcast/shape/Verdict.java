package dev.rowcast.shape;

import java.util.Locale;

/**
 * What a change is to somebody who holds the rows of one filter.
 *
 * <p>Whoever applies the verdicts in order holds the rows that match, whatever it held before of
 * others: to leave a row that one never had, or to update it, must do no harm.
 */
public enum Verdict {
  /** Nothing: the row matched neither before nor after. */
  NOTHING,
  /** The row is new here: inserted, or it begins to match. */
  INSERT,
  /** The row matched before, or may have, and does so now. */
  UPDATE,
  /** The row is still there and matches no longer; it may never have. Only its key is told. */
  LEAVE,
  /** The row is gone; it matched before, or may have. */
  DELETE,
  /** All rows of the table are gone. */
  TRUNCATE,
  /** Nobody can tell from the event whether the row matches: its reader must load the rows anew. */
  UNDECIDED;

  /** The type of its event. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Of a row that is new. */
  public static Verdict ofInsert(Match now) {
    return switch (now) {
      case YES -> INSERT;
      case NO -> NOTHING;
      case UNKNOWN -> UNDECIDED;
    };
  }

  /**
   * Of a row that was written again. When nobody knows whether it matched before, it is left (a
   * reader that did not have it has nothing to remove) or updated (a reader that did not have it
   * adds it).
   */
  public static Verdict ofUpdate(Match before, Match now) {
    return switch (now) {
      case YES -> before == Match.NO ? INSERT : UPDATE;
      case NO -> before == Match.NO ? NOTHING : LEAVE;
      case UNKNOWN -> UNDECIDED;
    };
  }

  /** Of a row that is gone. */
  public static Verdict ofDelete(Match before) {
    return before == Match.NO ? NOTHING : DELETE;
  }
}
