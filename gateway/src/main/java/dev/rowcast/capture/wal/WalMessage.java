package dev.rowcast.capture.wal;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One message of {@code pgoutput}, protocol version 1 (PostgreSQL manual, "Logical Replication
 * Message Formats").
 *
 * <p>Immutable, but for the arrays inside tuples, which nobody writes to.
 */
sealed interface WalMessage {

  /**
   * A committed transaction begins.
   *
   * @param commitLsn where its commit record begins
   * @param xid the lower 32 bits of its id
   */
  record Begin(long commitLsn, Instant at, int xid) implements WalMessage {}

  /**
   * It is complete.
   *
   * @param endLsn behind its commit record: what is confirmed when the transaction is done with
   */
  record Commit(long commitLsn, long endLsn) implements WalMessage {}

  /**
   * What a table looks like from here on, sent before its first change and after each change of it.
   *
   * @param identity {@code d} primary key, {@code i} an index, {@code f} the whole row, {@code n}
   *     nothing
   */
  record Relation(int oid, String schema, String name, char identity, List<Column> columns)
      implements WalMessage {
    /** Copies the list. */
    public Relation {
      columns = List.copyOf(columns);
    }
  }

  /**
   * A column of a {@link Relation}.
   *
   * @param identity whether it is part of what identifies an old row
   */
  record Column(boolean identity, String name, int type) {}

  record Insert(int relation, Tuple row) implements WalMessage {}

  /**
   * A row was written again.
   *
   * @param old the old row's identity, if that changed, or the whole old row
   */
  record Update(int relation, Optional<Tuple> old, Tuple row) implements WalMessage {}

  /** A row is gone; {@code old} has at least what identified it. */
  record Delete(int relation, Tuple old) implements WalMessage {}

  record Truncate(List<Integer> relations) implements WalMessage {
    /** Copies the list. */
    public Truncate {
      relations = List.copyOf(relations);
    }
  }

  /** A message by {@code pg_logical_emit_message}. */
  record Logical(boolean transactional, String prefix, String content) implements WalMessage {}

  /** Something that says nothing about rows: where a transaction came from, a type's name. */
  record Note() implements WalMessage {}
}
