package dev.rowcast.change;

import java.util.List;
import java.util.Optional;

/**
 * What happened in one transaction, piece by piece, in the order in which it happened.
 *
 * <p>Immutable.
 */
public sealed interface RowChange {

  /** A row that is new. {@code truncated}: too large, {@code after} holds only the key columns. */
  record Inserted(TableName table, List<String> key, Row after, boolean truncated)
      implements RowChange {}

  /**
   * A row that was written again, even if nothing in it changed.
   *
   * @param before the old row or, when only its key was kept, the old key; present whenever the key
   *     changed
   * @param unchanged columns that {@code after} lacks because their large values did not change and
   *     were not sent: neither null nor known
   */
  record Updated(
      TableName table,
      List<String> key,
      Optional<Row> before,
      Row after,
      List<String> unchanged,
      boolean truncated)
      implements RowChange {

    /** Copies the list. */
    public Updated {
      unchanged = List.copyOf(unchanged);
    }

    /** With all columns known. */
    public Updated(
        TableName table, List<String> key, Optional<Row> before, Row after, boolean truncated) {
      this(table, key, before, after, List.of(), truncated);
    }
  }

  /** A row that is gone; {@code before} holds at least its key columns. */
  record Deleted(TableName table, List<String> key, Row before, boolean truncated)
      implements RowChange {}

  /** All rows of a table are gone at once. */
  record Truncated(TableName table) implements RowChange {}

  /** {@code SELECT rowcast.publish(channel, payload)}: a message of the application's own. */
  record Published(String channel, String json) implements RowChange {}
}
