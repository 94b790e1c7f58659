package dev.rowcast.capture.wal;

import dev.rowcast.base.DataSize;
import dev.rowcast.change.JsonText;
import dev.rowcast.change.Row;
import dev.rowcast.change.RowChange;
import dev.rowcast.change.TableName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Makes changes of a table's tuples, as one {@code Relation} message described it.
 *
 * <p>Confined to the thread that reads the log.
 *
 * <p>A row's JSON is the text that {@code to_jsonb} gives: members in jsonb's order, a blank behind
 * colon and comma. A row above the limit, or one that {@code to_jsonb} refuses, keeps its key only
 * and is marked truncated. The captured columns of the old row go with an update when the server
 * sent the whole of it (REPLICA IDENTITY FULL), else its key when that changed.
 */
final class TableImage {
  private static final char FULL = 'f';

  private final TableName table;
  private final List<String> key;
  private final DataSize maxRow;
  private final ValueWriter values;
  private final boolean full;
  private final List<Place> captured;
  private final List<Place> keyPlaces;
  private final StringBuilder json = new StringBuilder(256);

  /** A column: where it stands in a tuple, and what goes before its value. */
  private record Place(int column, String name, String prefix, JsonType type, boolean identity) {}

  private record Written(Row row, boolean truncated) {}

  TableImage(
      WalMessage.Relation relation,
      SourceTable source,
      Map<Integer, JsonType> types,
      DataSize maxRow,
      ValueWriter values) {
    this.table = new TableName(relation.schema(), relation.name());
    this.key = source.key();
    this.maxRow = maxRow;
    this.values = values;
    this.full = relation.identity() == FULL;
    var all = places(relation, types);
    this.captured =
        all.stream()
            .filter(place -> source.columns().isEmpty() || source.columns().contains(place.name()))
            .toList();
    this.keyPlaces = all.stream().filter(place -> key.contains(place.name())).toList();
  }

  private static List<Place> places(WalMessage.Relation relation, Map<Integer, JsonType> types) {
    var columns = relation.columns();
    return IntStream.range(0, columns.size())
        .mapToObj(i -> {
          var column = columns.get(i);
          return new Place(
              i,
              column.name(),
              JsonText.quote(column.name()) + ": ",
              types.getOrDefault(column.type(), JsonType.TEXT),
              column.identity());
        })
        .sorted(Comparator.comparing(Place::name, JsonbText.KEY_ORDER))
        .toList();
  }

  RowChange inserted(Tuple tuple) {
    var written = written(tuple, _ -> true);
    return new RowChange.Inserted(table, key, written.row(), written.truncated());
  }

  RowChange updated(Optional<Tuple> old, Tuple tuple) {
    var now = old.map(tuple::completedBy).orElse(tuple);
    var written = written(now, column -> !now.isUnchanged(column));
    return new RowChange.Updated(
        table,
        key,
        old.flatMap(before -> before(before, now)),
        written.row(),
        written.truncated() ? List.of() : unchanged(now),
        written.truncated());
  }

  RowChange deleted(Tuple old) {
    var identity = identityColumns();
    var written = written(old, column -> full || identity[column]);
    return new RowChange.Deleted(table, key, written.row(), written.truncated());
  }

  RowChange truncated() {
    return new RowChange.Truncated(table);
  }

  private Optional<Row> before(Tuple old, Tuple now) {
    if (full) {
      return Optional.of(written(old, _ -> true).row());
    }
    return keyPlaces.stream()
            .filter(Place::identity)
            .anyMatch(place -> !Objects.equals(old.text(place.column()), now.text(place.column())))
        ? Optional.of(keyOf(old))
        : Optional.empty();
  }

  private List<String> unchanged(Tuple tuple) {
    List<String> names = List.of();
    for (var place : captured) {
      if (tuple.isUnchanged(place.column())) {
        names = names.isEmpty() ? new ArrayList<>() : names;
        names.add(place.name());
      }
    }
    return names;
  }

  /** Columns that an old row has when it is not sent as a whole; the others are sent as null. */
  private boolean[] identityColumns() {
    var identity = new boolean[keyWidth()];
    captured.forEach(place -> identity[place.column()] = place.identity());
    keyPlaces.forEach(place -> identity[place.column()] = true);
    return identity;
  }

  private int keyWidth() {
    return 1
        + Math.max(
            captured.stream().mapToInt(Place::column).max().orElse(0),
            keyPlaces.stream().mapToInt(Place::column).max().orElse(0));
  }

  private Written written(Tuple tuple, IntPredicate known) {
    json.setLength(0);
    var whole = append(captured, tuple, known);
    var text = whole ? json.toString() : "";
    return whole && !isLarge(text)
        ? new Written(new Row(text), false)
        : new Written(keyOf(tuple), true);
  }

  private Row keyOf(Tuple tuple) {
    json.setLength(0);
    append(keyPlaces, tuple, _ -> true);
    return new Row(json.toString());
  }

  private boolean append(List<Place> places, Tuple tuple, IntPredicate known) {
    json.append('{');
    var first = true;
    for (var place : places) {
      if (place.column() < tuple.size() && known.test(place.column())) {
        json.append(first ? "" : ", ").append(place.prefix());
        if (!values.append(place.type(), tuple.text(place.column()), json)) {
          return false;
        }
        first = false;
      }
    }
    json.append('}');
    return true;
  }

  /** Counted in bytes, which are at most three for each char. */
  private boolean isLarge(String text) {
    if (text.length() * 3L <= maxRow.bytes()) {
      return false;
    }
    var bytes = 0L;
    for (int i = 0; i < text.length(); i++) {
      var c = text.charAt(i);
      bytes += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
    }
    return bytes > maxRow.bytes();
  }
}
