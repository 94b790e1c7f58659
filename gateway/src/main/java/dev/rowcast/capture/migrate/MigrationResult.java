package dev.rowcast.capture.migrate;

import java.util.ArrayList;
import java.util.List;

/**
 * What {@code apply} or {@code drop} did.
 *
 * <p>Immutable.
 *
 * @param done in the order in which it was done; all of it committed together
 * @param plan what it was asked to do; its obstructed changes were left out
 */
public record MigrationResult(List<Change> done, MigrationPlan plan) {

  /** Copies the list. */
  public MigrationResult {
    done = List.copyOf(done);
  }

  /** Whether nothing that was wanted had to be left out. */
  public boolean isComplete() {
    return plan.obstructed().isEmpty();
  }

  /** For people: one line each. */
  public List<String> lines() {
    var lines = new ArrayList<String>();
    done.forEach(change -> lines.add("done: " + change.sentence()));
    plan.obstructed().forEach(change -> lines.add("left out: " + change.line()));
    plan.refused().forEach(table -> lines.add("skipped: " + table.sentence()));
    plan.notes().forEach(note -> lines.add("note: " + note));
    if (done.isEmpty() && plan.obstructed().isEmpty()) {
      lines.addFirst(
          "nothing to do: " + MigrationPlan.tables(plan.captured()) + " captured as configured");
    }
    return lines;
  }
}
