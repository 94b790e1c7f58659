package dev.rowcast.capture.migrate;

import dev.rowcast.change.JsonText;
import dev.rowcast.change.RowChange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A change as one line of text, whichever way it was captured.
 *
 * <p>Functions without state.
 */
final class EventLine {

  private EventLine() {}

  static String of(RowChange change) {
    return switch (change) {
      case RowChange.Inserted(var table, _, var row, var truncated) ->
          line("I", table.toString(), row.json(), Optional.empty(), truncated);
      case RowChange.Updated(var table, _, var before, var row, var unchanged, var truncated) ->
          line("U", table.toString(), row.json(), before.map(old -> old.json()), truncated)
              + (unchanged.isEmpty() ? "" : " unchanged " + unchanged);
      case RowChange.Deleted(var table, _, var row, var truncated) ->
          line("D", table.toString(), row.json(), Optional.empty(), truncated);
      case RowChange.Truncated(var table) -> "T " + table;
      case RowChange.Published(var channel, var json) -> "M " + channel + " " + json;
    };
  }

  /** The changes of an outbox line. */
  static List<String> ofOutbox(String line) {
    return ofOutbox(line, Map.of());
  }

  /** The same, with deletes cut down to the keys of their tables, which is what a log has. */
  static List<String> ofOutbox(String line, Map<String, List<String>> keys) {
    var op = text(line, "op");
    if (op.equals("M")) {
      return List.of("M " + text(line, "channel") + " " + JsonText.member(line, "payload"));
    }
    var table = text(line, "table");
    if (op.equals("T")) {
      return List.of("T " + table);
    }
    var rows = JsonText.elements(String.valueOf(JsonText.member(line, "payload")));
    var olds = elements(JsonText.member(line, "before"));
    var truncated = elements(JsonText.member(line, "truncated"));
    var lines = new ArrayList<String>();
    for (int i = 0; i < rows.size(); i++) {
      var key = keys.get(table);
      var cut = op.equals("D") && key != null;
      lines.add(
          line(
              op,
              table,
              op.equals("D") && key != null ? cut(rows.get(i), key) : rows.get(i),
              olds.isEmpty() || olds.get(i).equals("null")
                  ? Optional.empty()
                  : Optional.of(olds.get(i)),
              !cut && truncated.contains(Integer.toString(i))));
    }
    return lines;
  }

  private static String line(
      String op, String table, String row, Optional<String> before, boolean truncated) {
    return op
        + " "
        + table
        + " "
        + row
        + before.map(old -> " before " + old).orElse("")
        + (truncated ? " truncated" : "");
  }

  private static String cut(String row, List<String> key) {
    return key.stream()
        .sorted((a, b) -> a.length() == b.length() ? a.compareTo(b) : a.length() - b.length())
        .map(name -> JsonText.quote(name) + ": " + JsonText.member(row, name))
        .collect(Collectors.joining(", ", "{", "}"));
  }

  private static List<String> elements(@Nullable String array) {
    return array == null ? List.of() : JsonText.elements(array);
  }

  /** A member that is a string, without its escapes. */
  private static String text(String line, String member) {
    var quoted = String.valueOf(JsonText.member(line, member));
    return quoted
        .substring(1, quoted.length() - 1)
        .replace("\\n", "\n")
        .replace("\\\"", "\"")
        .replace("\\\\", "\\");
  }
}
