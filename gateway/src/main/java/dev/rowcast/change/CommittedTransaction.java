package dev.rowcast.change;

import java.time.Instant;
import java.util.List;

/**
 * Changes of one committed transaction, or of a part of a large one.
 *
 * <p>Immutable.
 *
 * <p>A change's place in the log is a pair of unsigned numbers that only grows within an epoch:
 * {@code (major, firstMinor + its index in changes)}. The same change always has the same place,
 * however often it is brought and however it is cut into parts.
 *
 * <ul>
 *   <li><em>Triggers</em>: {@code major} is the number of the batch, {@code firstMinor} the index
 *       of the first change within the batch.
 *   <li><em>WAL</em>: {@code major} is the transaction's commit LSN as the stream names it, which
 *       is where its commit record begins, and {@code firstMinor} the index of the first change
 *       within the transaction. PostgreSQL sends a transaction exactly when its commit LSN is at or
 *       after the point a reader starts from ({@code START_REPLICATION}, {@code
 *       confirmed_flush_lsn}), so {@code major} can be compared with both: everything below them is
 *       confirmed. What is confirmed after a transaction is the end of its commit record, which is
 *       greater.
 * </ul>
 *
 * @param xid PostgreSQL's 64-bit transaction id, as text
 * @param at by PostgreSQL's clock; triggers: when the transaction began, WAL: when it committed
 * @param major unsigned
 * @param firstMinor unsigned
 */
public record CommittedTransaction(
    String xid, Instant at, long major, long firstMinor, List<RowChange> changes) {

  /** Copies the changes. */
  public CommittedTransaction {
    changes = List.copyOf(changes);
  }
}
