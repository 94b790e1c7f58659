package dev.rowcast.shape;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The columns of a table that a reader is shown.
 *
 * <p>Immutable. Cuts events as docs/PROTOCOL.md has them: of {@code row}, {@code old} and {@code
 * unchanged} only the chosen columns are left, the key stays whole, everything else as it is. The
 * values are the very text that was there.
 */
public final class ColumnChoice {
  /** Every column. */
  public static final ColumnChoice ALL = new ColumnChoice(Set.of());

  private final Set<String> columns;

  private ColumnChoice(Set<String> columns) {
    this.columns = columns;
  }

  /** These columns, by their names in PostgreSQL; none for all. */
  public static ColumnChoice of(List<String> columns) {
    return columns.isEmpty() ? ALL : new ColumnChoice(Set.copyOf(columns));
  }

  /** Whether this one shows nothing that {@code other} does not. */
  public boolean isWithin(ColumnChoice other) {
    return other.columns.isEmpty() || (!columns.isEmpty() && other.columns.containsAll(columns));
  }

  /** The event with what is chosen. */
  public byte[] of(byte[] event) {
    if (columns.isEmpty()) {
      return event;
    }
    return new JsonScanner(event)
        .object((name, value) ->
            switch (name) {
              case "row", "old" -> ofRow(value);
              case "unchanged" -> shown(value);
              default -> value;
            })
        .end()
        .bytes();
  }

  /** A row with what is chosen. */
  JsonPiece ofRow(JsonPiece row) {
    return columns.isEmpty()
        ? row
        : row.scanner().object((column, cell) -> isShown(column) ? cell : null).end();
  }

  /** An array of names with those that are chosen; null when none is. */
  @Nullable JsonPiece ofNames(@Nullable JsonPiece names) {
    if (names == null || columns.isEmpty()) {
      return names;
    }
    var chosen = shown(names);
    return chosen.is("[]") ? null : chosen;
  }

  private JsonPiece shown(JsonPiece names) {
    return names.scanner().strings(this::isShown);
  }

  private boolean isShown(String column) {
    return columns.contains(column);
  }
}
