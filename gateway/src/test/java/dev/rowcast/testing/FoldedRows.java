package dev.rowcast.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a client of {@code /live} holds of a table with columns {@code id} and {@code v}, where each
 * row counts its versions in {@code v}: an event that is missing, or there twice, does not fit the
 * row that it meets. Old rows have to be captured.
 *
 * <p>Confined to the thread that uses it.
 */
public final class FoldedRows {
  private final String name;
  private final Map<Integer, Integer> rows;

  /** With the rows that were read before; {@code name} is for failures. */
  public FoldedRows(String name, Map<Integer, Integer> rows) {
    this.name = name;
    this.rows = new TreeMap<>(rows);
  }

  /** Takes rows of a snapshot, none of which is there. */
  public void load(JsonNode array) {
    for (var row : array) {
      assertThat(rows.put(row.get("id").asInt(), row.get("v").asInt()))
          .as("%s: %s", name, row)
          .isNull();
    }
  }

  /** Takes an event. */
  public void apply(JsonNode event) {
    var type = event.get("type").asString();
    if (type.equals("commit")) {
      return;
    }
    var id = event.get("key").get("id").asInt();
    var before = event.has("old") ? event.get("old").get("v").asInt() : null;
    switch (type) {
      case "insert" -> assertThat(put(id, event)).as("%s: %s", name, event).isNull();
      case "update" -> assertThat(put(id, event)).as("%s: %s", name, event).isEqualTo(before);
      case "delete" -> assertThat(rows.remove(id)).as("%s: %s", name, event).isEqualTo(before);
      case "leave" -> assertThat(rows.remove(id)).as("%s: %s", name, event).isNotNull();
      default -> throw new AssertionError(event.toString());
    }
  }

  private @Nullable Integer put(int id, JsonNode event) {
    return rows.put(id, event.get("row").get("v").asInt());
  }

  /** Whether a row is there. */
  public boolean has(int id) {
    return rows.containsKey(id);
  }

  /** Versions by key. */
  public Map<Integer, Integer> rows() {
    return rows;
  }
}
