package dev.rowcast.fold;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The rows that a client holds: what it began with, and every event since applied to it as {@code
 * docs/PROTOCOL.md} says.
 *
 * <p>Confined to one thread at a time.
 *
 * <p>Where every event tells what it changed, and the rows are those of exactly one place in the
 * log, an event must fit the row it meets: then an event that is missing, or there twice, is found
 * out by the next one to the same row. Otherwise it is applied without a question, and only the end
 * counts.
 */
final class FoldedRows {
  /** Numbers with all their digits. */
  static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  private static final int MOST_FAULTS = 5;

  private final Wish wish;
  private final boolean fits;
  private final Map<String, ObjectNode> rows = new TreeMap<>();
  private final List<String> faults = new ArrayList<>();
  private boolean isExact;

  /**
   * Of this wish, without a row.
   *
   * @param conflates whether events may be left out for later ones of the same row
   */
  FoldedRows(Wish wish, boolean conflates) {
    this.wish = wish;
    this.fits = wish.table().hasOldRows() && !conflates;
  }

  /** Begins with these, which are those of exactly the place from which events follow. */
  void begin(List<JsonNode> exactly) {
    put(exactly);
    isExact = true;
  }

  /** Begins anew with these, which were read after the place from which events follow. */
  void reload(List<JsonNode> later) {
    put(later);
    isExact = false;
  }

  private void put(List<JsonNode> all) {
    rows.clear();
    all.forEach(row -> rows.put(key(row), (ObjectNode) row));
  }

  /** Goes on with the same rows, though some of the events that follow were applied to them. */
  void relax() {
    isExact = false;
  }

  /**
   * Applies an event.
   *
   * @return the row, when it has values that neither the event nor what was held tells: they have
   *     to be read
   */
  Optional<ObjectNode> apply(JsonNode event) {
    var type = event.path("type").asString("");
    return switch (type) {
      case "insert" -> {
        var key = key(event.path("key"));
        insist(!rows.containsKey(key), "inserts a row that is held", event);
        yield put(key, event, Optional.empty());
      }
      case "update" -> {
        var former = key(event.path(event.has("old_key") ? "old_key" : "key"));
        var held = Optional.ofNullable(rows.remove(former));
        insist(held.isPresent(), "updates a row that is not held", event);
        insistOnOld(event, held);
        var key = key(event.path("key"));
        insist(!rows.containsKey(key), "moves a row to a key that is held", event);
        yield put(key, event, held);
      }
      case "leave", "delete" -> {
        var held = Optional.ofNullable(rows.remove(key(event.path("key"))));
        insist(held.isPresent(), type + "s a row that is not held", event);
        insistOnOld(event, held);
        yield Optional.empty();
      }
      case "truncate" -> {
        rows.clear();
        yield Optional.empty();
      }
      default -> {
        fault("is of no known type", event);
        yield Optional.empty();
      }
    };
  }

  private Optional<ObjectNode> put(String key, JsonNode event, Optional<ObjectNode> held) {
    if (!(event.path("row") instanceof ObjectNode told)) {
      fault("tells no row", event);
      return Optional.empty();
    }
    var row = told.deepCopy();
    event.path("key").properties().forEach(part -> row.set(part.getKey(), part.getValue()));
    var isWhole = true;
    for (var name : event.path("unchanged")) {
      var value = held.map(before -> before.get(name.asString())).orElse(null);
      if (value == null) {
        isWhole = false;
      } else {
        row.set(name.asString(), value);
      }
    }
    insist(isWhole, "does not tell a value that is not held", event);
    rows.put(key, row);
    return isWhole ? Optional.empty() : Optional.of(row);
  }

  private void insistOnOld(JsonNode event, Optional<ObjectNode> held) {
    if (held.isPresent() && event.path("old") instanceof ObjectNode old) {
      insist(
          old.properties().stream()
              .allMatch(value -> Objects.equals(held.get().get(value.getKey()), value.getValue())),
          "does not fit what is held, " + held.get(),
          event);
    }
  }

  private void insist(boolean holds, String otherwise, JsonNode event) {
    if (!holds && fits && isExact) {
      fault(otherwise, event);
    }
  }

  private void fault(String what, JsonNode event) {
    if (faults.size() < MOST_FAULTS) {
      faults.add("an event " + what + ": " + event);
    }
  }

  /** What did not fit. */
  List<String> faults() {
    return List.copyOf(faults);
  }

  int size() {
    return rows.size();
  }

  /** How the rows that are held differ from these, in words; empty when they do not. */
  List<String> differences(List<JsonNode> expected) {
    var differences = new ArrayList<String>();
    var others = new TreeMap<>(rows);
    for (var row : expected) {
      var held = others.remove(key(row));
      if (held == null) {
        differences.add("missing: " + row);
      } else if (!held.equals(row)) {
        differences.add("stale: " + held + " instead of " + row);
      }
    }
    others.values().forEach(row -> differences.add("phantom: " + row));
    return differences;
  }

  /** The key of a row, of any object that has its columns. */
  private String key(JsonNode row) {
    return wish.table().key().stream()
        .map(column -> row.path(column).toString())
        .collect(Collectors.joining(","));
  }
}
