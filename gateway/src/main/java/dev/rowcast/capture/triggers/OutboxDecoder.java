package dev.rowcast.capture.triggers;

import dev.rowcast.capture.CaptureException;
import dev.rowcast.change.CommittedTransaction;
import dev.rowcast.change.JsonText;
import dev.rowcast.change.Row;
import dev.rowcast.change.RowChange;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Turns outbox rows, handed over in order of {@code seq}, into changes.
 *
 * <p>Confined to one thread; good for one batch.
 *
 * <p>Only neighbours of one transaction are put together. Gathering all rows of a transaction would
 * move the later ones before those of another transaction in between, and that one may have written
 * the same row first. Neighbouring TRUNCATEs of one table in one transaction are one: every
 * partition's trigger reports under the root's name.
 */
final class OutboxDecoder {
  private final List<Part> parts = new ArrayList<>();
  private List<RowChange> changes = new ArrayList<>();
  private @Nullable OutboxRow previous;
  private int count;

  /**
   * Decodes one more row.
   *
   * @throws CaptureException when the row is not one that our triggers write
   */
  void add(OutboxRow row) {
    var before = previous;
    if (before != null && !before.xid().equals(row.xid())) {
      endTransaction(before);
    }
    previous = row;
    try {
      decode(row, before);
    } catch (IllegalArgumentException | IndexOutOfBoundsException malformed) {
      throw unreadable(row, malformed);
    }
  }

  /** All changes so far, in order, at their places in the batch of this number. */
  List<CommittedTransaction> transactions(long batch) {
    var last = previous;
    if (last != null) {
      endTransaction(last);
      previous = null;
    }
    var transactions = new ArrayList<CommittedTransaction>(parts.size());
    var minor = 0L;
    for (var part : parts) {
      transactions.add(
          new CommittedTransaction(part.xid(), part.at(), batch, minor, part.changes()));
      minor += part.changes().size();
    }
    return transactions;
  }

  /** How many changes there are so far. */
  int count() {
    return count;
  }

  private void decode(OutboxRow row, @Nullable OutboxRow before) {
    switch (row.op()) {
      case 'M' -> found(new RowChange.Published(row.channel().orElse(""), row.payload()));
      case 'I', 'U', 'D' -> row.table().ifPresent(table -> rows(row, table));
      case 'T' -> {
        if (before == null
            || before.op() != 'T'
            || !before.xid().equals(row.xid())
            || !before.table().equals(row.table())) {
          row.table().ifPresent(table -> found(new RowChange.Truncated(table.name())));
        }
      }
      default ->
          throw new IllegalArgumentException(
              "operation '" + row.op() + "' is not one of I U D T M");
    }
  }

  private void rows(OutboxRow row, SourceTable table) {
    var isKeyOnly = row.payload().startsWith("!");
    var news =
        switch (row.payload().charAt(0)) {
          case '{' -> List.of(row.payload());
          case '!' -> List.of(row.payload().substring(1));
          default -> JsonText.elements(row.payload());
        };
    var olds = row.before().map(JsonText::elements).orElse(List.of());
    for (int i = 0; i < news.size(); i++) {
      var image = new Row(news.get(i));
      var truncated = isKeyOnly || row.truncated().contains(i);
      found(
          switch (row.op()) {
            case 'I' -> new RowChange.Inserted(table.name(), table.key(), image, truncated);
            case 'U' ->
                new RowChange.Updated(table.name(), table.key(), old(olds, i), image, truncated);
            default -> new RowChange.Deleted(table.name(), table.key(), image, truncated);
          });
    }
  }

  private static Optional<Row> old(List<String> olds, int i) {
    return olds.isEmpty() || olds.get(i).equals("null")
        ? Optional.empty()
        : Optional.of(new Row(olds.get(i)));
  }

  private void found(RowChange change) {
    changes.add(change);
    count++;
  }

  private void endTransaction(OutboxRow row) {
    if (!changes.isEmpty()) {
      parts.add(new Part(row.xid(), row.at(), changes));
      changes = new ArrayList<>();
    }
  }

  /** Neighbouring changes of one transaction. */
  private record Part(String xid, Instant at, List<RowChange> changes) {}

  private static CaptureException unreadable(OutboxRow row, RuntimeException cause) {
    return new CaptureException(
        "row "
            + row.seq()
            + " of rowcast.outbox cannot be read ("
            + cause.getMessage()
            + "); the triggers may be of another version: run `rowcast migrate apply`, or delete"
            + " the row to do without it",
        false,
        cause);
  }
}
