package dev.rowcast.shape;

import java.util.List;
import java.util.Optional;

/**
 * A table, its key and the types of its columns, as the catalogue had them at one moment.
 *
 * <p>Immutable. Two that are equal mean the same by every filter; when a table's has become another
 * one, whoever filters it has to subscribe anew.
 *
 * @param table {@code schema.name}, as events write it
 * @param quoted schema and name as PostgreSQL's {@code format('%I.%I')} writes them
 * @param key the columns that events have as key, in its order; empty: none
 * @param columns in the table's order
 */
public record TableColumns(String table, String quoted, List<String> key, List<Column> columns) {
  /** Copies the lists. */
  public TableColumns {
    key = List.copyOf(key);
    columns = List.copyOf(columns);
  }

  /** The column of this name. */
  public Optional<Column> column(String name) {
    return columns.stream().filter(column -> column.name().equals(name)).findFirst();
  }
}
