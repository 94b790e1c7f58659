package dev.rowcast.capture.wal;

import java.util.List;

/**
 * How a table is captured: its row of {@code rowcast.source}.
 *
 * <p>Immutable.
 *
 * @param columns what a row's JSON holds, the key included; empty: everything
 */
record SourceTable(List<String> key, List<String> columns) {
  SourceTable {
    key = List.copyOf(key);
    columns = List.copyOf(columns);
  }
}
