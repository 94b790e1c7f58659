package dev.rowcast.message;

/**
 * What a reader has already, though it lies behind its place in the log: it read the rows
 * themselves at a moment that no single place stands for.
 *
 * <p>Immutable.
 *
 * @param snapshot whose work was in the rows
 * @param until the last major with which a change of theirs can still come; unsigned
 */
public record Seen(TransactionSnapshot snapshot, long until) {
  /** No place lies behind this one. */
  private static final long NEVER = -1L;

  /** While nobody can tell yet until when it matters: for ever. */
  public static Seen endless(TransactionSnapshot snapshot) {
    return new Seen(snapshot, NEVER);
  }

  /** Whether it is to be asked again until when it matters. */
  public boolean isEndless() {
    return until == NEVER;
  }

  /** Whether a change at this place, of this transaction, was in the rows. */
  public boolean has(Position position, long transaction) {
    return !isPast(position) && snapshot.sees(transaction);
  }

  /** Whether nothing that was in the rows comes at this place or behind it. */
  public boolean isPast(Position position) {
    return Long.compareUnsigned(position.major(), until) > 0;
  }

  @Override
  public String toString() {
    return snapshot + "~" + Long.toUnsignedString(until);
  }
}
