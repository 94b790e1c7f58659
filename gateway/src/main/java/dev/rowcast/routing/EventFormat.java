package dev.rowcast.routing;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rowcast.change.CommittedTransaction;
import dev.rowcast.change.JsonText;
import dev.rowcast.change.Row;
import dev.rowcast.change.RowChange;
import dev.rowcast.change.TableName;
import dev.rowcast.message.Position;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes a change as the event that the feed holds and its readers are sent, whose rows are the
 * very text PostgreSQL gave.
 *
 * <p>Confined to one thread: it writes into one buffer, and remembers the texts that the changes of
 * a transaction share. {@code {"type":"update","position":"…","table":"public.orders",
 * "key":{"id":7},"row":{…},"old":{…},"committed_at":"…","tx":"…","last":true}}, in this order, type
 * and table always before anything a row holds. {@code old} is the whole old row; when only the old
 * key is known and it differs, there is {@code old_key} alone.
 */
public final class EventFormat {
  private final StringBuilder json = new StringBuilder(512);
  private @Nullable TableName table;
  private String tableText = "";
  private String quotedTable = "";
  private String type = "";
  private @Nullable CommittedTransaction transaction;
  private String committed = "";
  private List<String> keyColumns = List.of();
  private List<String> quotedKey = List.of();

  /** The type of the event that was written last. */
  public String type() {
    return type;
  }

  /** The table of the event that was written last, as it stands there. */
  public String table() {
    return tableText;
  }

  private EventFormat begin(String what, Position position, TableName of) {
    if (!of.equals(table)) {
      table = of;
      tableText = of.toString();
      quotedTable = JsonText.quote(tableText);
    }
    type = what;
    json.setLength(0);
    json.append("{\"type\":\"").append(what).append("\",\"position\":\"");
    json.append(position.epoch()).append('.');
    append(position.major());
    json.append('-');
    append(position.minor());
    json.append("\",\"table\":").append(quotedTable);
    return this;
  }

  private void append(long unsigned) {
    if (unsigned >= 0) {
      json.append(unsigned);
    } else {
      json.append(Long.toUnsignedString(unsigned));
    }
  }

  /** Whether a change is one of a row, which the feed holds, and not a message. */
  public static boolean isEvent(RowChange change) {
    return !(change instanceof RowChange.Published);
  }

  /** Where the last change of a row stands among these; -1 when there is none. */
  public static int lastEvent(List<RowChange> changes) {
    var end = changes.size() - 1;
    while (end >= 0 && !isEvent(changes.get(end))) {
      end--;
    }
    return end;
  }

  /**
   * The event, in UTF-8; empty for a message.
   *
   * @param last whether it is the last of what was captured of its transaction
   */
  public Optional<byte[]> write(
      RowChange change, Position position, CommittedTransaction of, boolean last) {
    var event =
        switch (change) {
          case RowChange.Inserted(var name, var key, var after, var truncated) ->
              begin("insert", position, name)
                  .key("key", key, after)
                  .row("row", truncated ? Optional.empty() : Optional.of(after))
                  .truncated(truncated);
          case RowChange.Updated(
                  var name,
                  var key,
                  var before,
                  var after,
                  var unchanged,
                  var truncated) ->
              begin("update", position, name)
                  .key("key", key, after)
                  .oldKey(key, before, after)
                  .row("row", truncated ? Optional.empty() : Optional.of(after))
                  .row("old", before.filter(old -> JsonText.size(old.json()) > key.size()))
                  .unchanged(truncated ? List.of() : unchanged)
                  .truncated(truncated);
          case RowChange.Deleted(var name, var key, var before, var truncated) ->
              begin("delete", position, name)
                  .key("key", key, before)
                  .row("old", truncated ? Optional.empty() : Optional.of(before))
                  .truncated(truncated);
          case RowChange.Truncated(var name) -> begin("truncate", position, name);
          case RowChange.Published _ -> null;
        };
    return Optional.ofNullable(event).map(written -> written.end(of, last));
  }

  private EventFormat key(String name, List<String> columns, Row row) {
    json.append(",\"").append(name).append("\":");
    writeKey(columns, row, json);
    return this;
  }

  private EventFormat oldKey(List<String> columns, Optional<Row> before, Row after) {
    if (before.isPresent() && !columns.isEmpty()) {
      var old = keyOf(columns, before.get());
      if (!old.equals(keyOf(columns, after))) {
        json.append(",\"old_key\":").append(old);
      }
    }
    return this;
  }

  private String keyOf(List<String> columns, Row row) {
    var key = new StringBuilder();
    writeKey(columns, row, key);
    return key.toString();
  }

  private void writeKey(List<String> columns, Row row, StringBuilder key) {
    var separator = '{';
    for (var column : quoted(columns)) {
      var value = JsonText.quotedMember(row.json(), column);
      key.append(separator).append(column).append(':');
      key.append(value == null ? "null" : value);
      separator = ',';
    }
    key.append(columns.isEmpty() ? "{}" : "}");
  }

  private List<String> quoted(List<String> columns) {
    if (!columns.equals(keyColumns)) {
      keyColumns = columns;
      quotedKey = columns.stream().map(JsonText::quote).toList();
    }
    return quotedKey;
  }

  private EventFormat row(String name, Optional<Row> row) {
    row.ifPresent(present -> json.append(",\"").append(name).append("\":").append(present.json()));
    return this;
  }

  private EventFormat unchanged(List<String> columns) {
    if (!columns.isEmpty()) {
      var separator = ",\"unchanged\":[";
      for (var column : columns) {
        json.append(separator).append(JsonText.quote(column));
        separator = ",";
      }
      json.append(']');
    }
    return this;
  }

  private EventFormat truncated(boolean truncated) {
    json.append(truncated ? ",\"truncated\":true" : "");
    return this;
  }

  @SuppressWarnings("ReferenceEquality") // Whether it is the same one; to compare would cost more.
  private byte[] end(CommittedTransaction of, boolean last) {
    if (of != transaction) {
      transaction = of;
      committed = ",\"committed_at\":\"" + of.at() + "\",\"tx\":" + JsonText.quote(of.xid());
    }
    return json.append(committed).append(last ? ",\"last\":true}" : "}").toString().getBytes(UTF_8);
  }
}
