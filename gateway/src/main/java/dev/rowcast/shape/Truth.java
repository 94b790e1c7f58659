package dev.rowcast.shape;

/**
 * What a condition is of a row: one of SQL's three values, or one of several when the row is not
 * known well enough.
 */
enum Truth {
  TRUE(1),
  FALSE(2),
  TRUE_OR_FALSE(3),
  NULL(4),
  TRUE_OR_NULL(5),
  FALSE_OR_NULL(6),
  UNDECIDED(7);

  private static final Truth[] BY_BITS = {
    UNDECIDED, TRUE, FALSE, TRUE_OR_FALSE, NULL, TRUE_OR_NULL, FALSE_OR_NULL, UNDECIDED
  };

  /** One each for true, false and null, where that is possible. */
  private final int bits;

  Truth(int bits) {
    this.bits = bits;
  }

  static Truth of(boolean value) {
    return value ? TRUE : FALSE;
  }

  Truth not() {
    return BY_BITS[(bits & 1) << 1 | (bits & 2) >> 1 | (bits & 4)];
  }

  /** True when both are, false when one is, null otherwise. */
  Truth and(Truth other) {
    var both = bits & other.bits;
    var either = bits | other.bits;
    var here = (bits & 4) != 0 && (other.bits & 5) != 0;
    var there = (other.bits & 4) != 0 && (bits & 5) != 0;
    return BY_BITS[(both & 1) | (either & 2) | (here || there ? 4 : 0)];
  }

  Truth or(Truth other) {
    return not().and(other.not()).not();
  }

  /** Only what is true is among the rows of a WHERE. */
  Match match() {
    return this == TRUE ? Match.YES : (bits & 1) == 0 ? Match.NO : Match.UNKNOWN;
  }
}
