package dev.rowcast.change;

import java.time.Instant;
import java.util.List;

/**
 * Changes of one committed transaction, or of a part of a large one.
 *
 * <p>Immutable.
 *
 * @param xid PostgreSQL's 64-bit transaction id, as text
 * @param at when the transaction began, by PostgreSQL's clock
 */
public record CommittedTransaction(String xid, Instant at, List<RowChange> changes) {

  /** Copies the changes. */
  public CommittedTransaction {
    changes = List.copyOf(changes);
  }
}
