package dev.rowcast.routing;

import dev.rowcast.change.JsonText;
import dev.rowcast.change.Row;
import dev.rowcast.change.RowChange;
import dev.rowcast.change.TableName;
import java.util.Locale;
import java.util.Optional;

/**
 * Writes a change as the triggers of Rodan did, to the byte.
 *
 * <p>Functions without state. {@code {"status": "updated", "project": "…", "model": "workflowrun",
 * "uuid": "…"}}, with Python's separators; {@code project} only when the row has a column {@code
 * project_id}. The project's uuid keeps its dashes, the row's own loses them, both are lower case.
 * The model is the table's name with every {@code rodan_} removed. A row that moves to another
 * project names only the new one. TRUNCATE and rows without a column {@code uuid} give no message.
 *
 * <p>Where Rodan's trigger failed the write, at a project_id that is null, this writes {@code
 * "project": null}: the shape stays that of the table, and Rodan's client refreshes for every
 * project when it finds none. The same holds for a row too large to be captured whole: only its key
 * is known, so it is written without a project.
 */
final class RodanFormat {

  private RodanFormat() {}

  static Optional<String> write(RowChange change) {
    return switch (change) {
      case RowChange.Inserted inserted -> write("created", inserted.table(), inserted.after());
      case RowChange.Updated updated -> write("updated", updated.table(), updated.after());
      case RowChange.Deleted deleted -> write("deleted", deleted.table(), deleted.before());
      case RowChange.Truncated _, RowChange.Published _ -> Optional.empty();
    };
  }

  private static Optional<String> write(String status, TableName table, Row row) {
    var uuid = JsonText.member(row.json(), "uuid");
    if (uuid == null) {
      return Optional.empty();
    }
    var json = new StringBuilder(160).append("{\"status\": \"").append(status);
    var project = JsonText.member(row.json(), "project_id");
    if (project != null) {
      json.append("\", \"project\": ").append(lower(project)).append(", \"model\": ");
    } else {
      json.append("\", \"model\": ");
    }
    json.append(JsonText.quote(table.name().replace("rodan_", "")));
    json.append(", \"uuid\": ").append(lower(uuid).replace("-", "")).append('}');
    return Optional.of(json.toString());
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }
}
