package dev.rowcast.capture.migrate;

import java.util.ArrayList;
import java.util.List;

/**
 * What {@code apply} would do, and what it would leave alone.
 *
 * <p>Immutable.
 *
 * @param captured how many tables the settings capture
 * @param refused tables that match a rule and are not captured
 * @param notes what the operator should know about captured tables
 */
public record MigrationPlan(
    int captured, List<Change> changes, List<Refused> refused, List<String> notes) {

  /** Copies the lists. */
  public MigrationPlan {
    changes = List.copyOf(changes);
    refused = List.copyOf(refused);
    notes = List.copyOf(notes);
  }

  /** Whether the database is as the settings want it. */
  public boolean isEmpty() {
    return changes.isEmpty();
  }

  /** The changes that the connected role cannot make. */
  public List<Change> obstructed() {
    return changes.stream().filter(change -> change.obstacle().isPresent()).toList();
  }

  /** The changes that {@code apply} makes. */
  public List<Change> possible() {
    return changes.stream().filter(change -> change.obstacle().isEmpty()).toList();
  }

  /** For people: one line each. */
  public List<String> lines() {
    var lines = new ArrayList<String>();
    if (changes.isEmpty()) {
      lines.add("nothing to do: " + tables(captured) + " captured as configured");
    }
    changes.forEach(change -> lines.add(change.line()));
    refused.forEach(table -> lines.add("skipped: " + table.sentence()));
    notes.forEach(note -> lines.add("note: " + note));
    return lines;
  }

  /** What {@code apply} runs, as a script. */
  public String sql() {
    var script = new StringBuilder();
    if (possible().isEmpty()) {
      return script.append("-- nothing to do\n").toString();
    }
    script.append("BEGIN;\n");
    Migration.PREPARE.forEach(text -> script.append(text).append(";\n"));
    possible().stream()
        .filter(change -> !change.isAfterwards())
        .forEach(change -> append(change, script));
    script.append("\nCOMMIT;\n");
    possible().stream().filter(Change::isAfterwards).forEach(change -> append(change, script));
    return script.toString();
  }

  private static void append(Change change, StringBuilder script) {
    script.append("\n-- ").append(Text.printable(change.sentence())).append('\n');
    change
        .sql()
        .forEach(text ->
            script
                .append(text.stripTrailing())
                .append(text.stripTrailing().endsWith(";") ? "\n" : ";\n"));
  }

  static String tables(int number) {
    return number == 1 ? "1 table" : number + " tables";
  }
}
