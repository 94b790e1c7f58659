package dev.rowcast.routing;

import dev.rowcast.change.JsonText;
import dev.rowcast.change.Row;
import dev.rowcast.change.RowChange;
import dev.rowcast.change.TableName;
import java.util.List;
import java.util.Optional;

/**
 * Writes a change as a plain JSON object whose rows are the very text PostgreSQL gave.
 *
 * <p>Functions without state. {@code {"type":"update","table":"public.orders","key":{"id":7},
 * "row":{…},"old":{…}}}: {@code type} is {@code insert}, {@code update}, {@code delete} or {@code
 * truncate}; {@code row} is the row as it is now; {@code old} is the row as it was, on a delete and
 * on an update that kept it (or the old key, when only that was kept); {@code unchanged} lists the
 * columns that are missing from {@code row} because their large values did not change. A row too
 * large to be captured has no {@code row} (deleted: no {@code old}) and says {@code
 * "truncated":true}.
 */
final class JsonFormat {

  private JsonFormat() {}

  static Optional<String> write(RowChange change) {
    return switch (change) {
      case RowChange.Inserted(var table, var key, var after, var truncated) ->
          Optional.of(
              start("insert", table)
                  .key(key, after)
                  .row("row", truncated ? Optional.empty() : Optional.of(after))
                  .end(truncated));
      case RowChange.Updated(
              var table,
              var key,
              var before,
              var after,
              var unchanged,
              var truncated) ->
          Optional.of(
              start("update", table)
                  .key(key, after)
                  .row("row", truncated ? Optional.empty() : Optional.of(after))
                  .row("old", before)
                  .unchanged(truncated ? List.of() : unchanged)
                  .end(truncated));
      case RowChange.Deleted(var table, var key, var before, var truncated) ->
          Optional.of(
              start("delete", table)
                  .key(key, before)
                  .row("old", truncated ? Optional.empty() : Optional.of(before))
                  .end(truncated));
      case RowChange.Truncated(var table) -> Optional.of(start("truncate", table).end(false));
      case RowChange.Published _ -> Optional.empty();
    };
  }

  private static Event start(String type, TableName table) {
    var json = new StringBuilder(256).append("{\"type\":\"").append(type);
    json.append("\",\"table\":").append(JsonText.quote(table.toString()));
    return new Event(json);
  }

  /** An event half written. */
  private record Event(StringBuilder json) {

    Event key(List<String> columns, Row row) {
      json.append(",\"key\":{");
      var separator = "";
      for (var column : columns) {
        var value = JsonText.member(row.json(), column);
        json.append(separator).append(JsonText.quote(column)).append(':');
        json.append(value == null ? "null" : value);
        separator = ",";
      }
      json.append('}');
      return this;
    }

    Event row(String name, Optional<Row> row) {
      row.ifPresent(
          present -> json.append(",\"").append(name).append("\":").append(present.json()));
      return this;
    }

    Event unchanged(List<String> columns) {
      var separator = ",\"unchanged\":[";
      for (var column : columns) {
        json.append(separator).append(JsonText.quote(column));
        separator = ",";
      }
      json.append(columns.isEmpty() ? "" : "]");
      return this;
    }

    String end(boolean truncated) {
      return json.append(truncated ? ",\"truncated\":true}" : "}").toString();
    }
  }
}
