package dev.rowcast.capture.migrate;

import dev.rowcast.change.TableName;
import java.util.ArrayList;
import java.util.List;

/**
 * What is captured now.
 *
 * <p>Immutable.
 *
 * @param installed whether schema rowcast is there
 * @param waiting outbox rows that no leader has taken yet; counted up to {@link #COUNTED}
 */
public record MigrationStatus(
    boolean installed, List<Table> tables, List<Refused> refused, long waiting) {
  /** Where counting stops. */
  public static final long COUNTED = 100_000;

  /** Copies the lists. */
  public MigrationStatus {
    tables = List.copyOf(tables);
    refused = List.copyOf(refused);
  }

  /**
   * One table that the settings capture.
   *
   * @param columns what is captured; empty: all
   * @param partitions how many partitions carry triggers of their own
   * @param differences what {@code verify} finds about it
   */
  public record Table(
      TableName name,
      List<String> key,
      List<String> columns,
      int partitions,
      List<String> differences) {
    /** Copies the lists. */
    public Table {
      key = List.copyOf(key);
      columns = List.copyOf(columns);
      differences = List.copyOf(differences);
    }
  }

  /** For people: one line each. */
  public List<String> lines() {
    var lines = new ArrayList<String>();
    if (!installed) {
      lines.add("schema rowcast is not installed; 'rowcast migrate apply' installs it");
    }
    for (var table : tables) {
      lines.add(
          Text.printable(table.name())
              + ": key "
              + Text.printable(String.join(", ", table.key()))
              + (table.columns().isEmpty()
                  ? ""
                  : ", columns " + Text.printable(String.join(", ", table.columns())))
              + (table.partitions() == 0 ? "" : ", " + table.partitions() + " partitions")
              + (table.differences().isEmpty() ? ", captured" : ", not as configured"));
      table.differences().forEach(difference -> lines.add("  " + difference));
    }
    refused.forEach(table -> lines.add("skipped: " + table.sentence()));
    if (installed) {
      lines.add(
          "outbox: "
              + (waiting > COUNTED ? "more than " + COUNTED : Long.toString(waiting))
              + " rows waiting");
    }
    return lines;
  }
}
