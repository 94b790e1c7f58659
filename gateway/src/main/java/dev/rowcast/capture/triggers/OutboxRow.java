package dev.rowcast.capture.triggers;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * One row of {@code rowcast.outbox}: what one statement did to one table, or a chunk of that.
 *
 * <p>Immutable.
 *
 * @param op {@code I U D T} for a table, {@code M} for {@code rowcast.publish}
 * @param table what {@code rowcast.source} says; empty for {@code M}, and when the table has since
 *     been taken out of the capture
 * @param payload a JSON array of rows; or one row, after an exclamation mark if it is its key only;
 *     or the message of {@code M}
 * @param before a JSON array parallel to {@code payload}, with null where nothing was kept
 * @param truncated the places in {@code payload} whose row is its key only
 */
record OutboxRow(
    long seq,
    String xid,
    Instant at,
    char op,
    Optional<SourceTable> table,
    Optional<String> channel,
    String payload,
    Optional<String> before,
    Set<Integer> truncated) {

  OutboxRow {
    truncated = Set.copyOf(truncated);
  }
}
