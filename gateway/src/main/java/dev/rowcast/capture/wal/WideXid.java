package dev.rowcast.capture.wal;

/**
 * Makes PostgreSQL's 64-bit transaction ids of the 32 bits that the log holds.
 *
 * <p>Confined to one thread. Ids that are in use at the same time differ by less than 2^31, so the
 * nearest to one that is known is meant.
 */
final class WideXid {
  private long known;

  /** With an id of the present. */
  WideXid(long known) {
    this.known = known;
  }

  /** The whole id. */
  long of(int low) {
    known += low - (int) known;
    return known;
  }
}
