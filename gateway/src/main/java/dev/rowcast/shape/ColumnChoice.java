package dev.rowcast.shape;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
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

  private static final Set<String> ROWS = Set.of("row", "old");

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
    var json = new JsonScanner(new String(event, UTF_8));
    return json.object((name, value) ->
            ROWS.contains(name)
                ? new JsonScanner(value).object((column, cell) -> isShown(column) ? cell : null)
                : name.equals("unchanged")
                    ? new JsonScanner(value).strings((Predicate<String>) this::isShown)
                    : value)
        .getBytes(UTF_8);
  }

  /** A row with what is chosen. */
  String ofRow(String row) {
    return columns.isEmpty()
        ? row
        : new JsonScanner(row).object((column, cell) -> isShown(column) ? cell : null);
  }

  /** An array of names with those that are chosen; null when none is. */
  @Nullable String ofNames(@Nullable String names) {
    if (names == null || columns.isEmpty()) {
      return names;
    }
    var chosen = new JsonScanner(names).strings((Predicate<String>) this::isShown);
    return chosen.equals("[]") ? null : chosen;
  }

  private boolean isShown(String column) {
    return columns.contains(column);
  }
}
