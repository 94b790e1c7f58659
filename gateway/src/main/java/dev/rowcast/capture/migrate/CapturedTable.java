package dev.rowcast.capture.migrate;

import dev.rowcast.capture.CaptureSettings.OldRow;
import dev.rowcast.change.TableName;
import dev.rowcast.postgres.Relation;
import dev.rowcast.postgres.Relation.Trigger;
import java.util.List;
import java.util.stream.Stream;

/**
 * A table as the settings want it captured.
 *
 * <p>Immutable.
 *
 * @param key its columns, in order; never empty
 * @param columns what a row's JSON holds, the key included; empty: everything
 * @param partitions everything below a partitioned table, at any depth
 */
record CapturedTable(
    Relation relation,
    List<Relation.Column> key,
    List<Relation.Column> columns,
    OldRow oldRow,
    List<Relation> partitions) {

  CapturedTable {
    key = List.copyOf(key);
    columns = List.copyOf(columns);
    partitions = List.copyOf(partitions);
  }

  TableName name() {
    return relation.name();
  }

  /** The table and its partitions: wherever a statement's triggers can fire. */
  List<Relation> relations() {
    return Stream.concat(Stream.of(relation), partitions.stream()).toList();
  }

  /**
   * The application's own triggers that run after a row was written and may write it again, for
   * this event: statements nested in them end before ours does, so ours must take its number early.
   */
  List<Trigger> nestingTriggers(int event) {
    return relations().stream()
        .flatMap(part -> part.triggers().stream())
        .filter(
            trigger -> !isOurs(trigger) && !isRodans(trigger) && trigger.is(Trigger.ROW | event))
        .filter(trigger -> !trigger.is(Trigger.BEFORE))
        .toList();
  }

  /**
   * Whether an UPDATE that does not name a key column may change it all the same: a row trigger of
   * the application's own may, and so may a generated column.
   */
  boolean keyMayChangeUnnamed() {
    return key.stream().anyMatch(Relation.Column::generated)
        || relations().stream()
            .flatMap(part -> part.triggers().stream())
            .anyMatch(trigger -> trigger.is(Trigger.ROW | Trigger.BEFORE | Trigger.UPDATE));
  }

  static boolean isOurs(Trigger trigger) {
    return trigger.function().startsWith("rowcast.");
  }

  /** Rodan's own trigger, which tells Redis and writes no row. */
  static boolean isRodans(Trigger trigger) {
    return trigger.name().equals("object_post_insert_notify")
        && trigger.function().equals("public.object_notify");
  }
}
