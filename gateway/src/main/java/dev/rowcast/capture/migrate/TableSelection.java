package dev.rowcast.capture.migrate;

import dev.rowcast.base.Glob;
import dev.rowcast.capture.CaptureSettings;
import dev.rowcast.capture.CaptureSettings.OldRow;
import dev.rowcast.capture.CaptureSettings.TableRule;
import dev.rowcast.change.TableName;
import dev.rowcast.postgres.Relation;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Which of a database's tables the settings want captured, and which of those cannot be and why.
 *
 * <p>Immutable.
 *
 * @param notes what the operator should know about captured tables, one sentence each
 */
record TableSelection(List<CapturedTable> captured, List<Refused> refused, List<String> notes) {
  static final String RODAN_TOKENS = "rodan_tempauthtoken";

  /** Rodan's own pattern is {@code SIMILAR TO 'rodan_[a-z]+'}, where '_' is any one character. */
  private static final Pattern RODAN_TABLE = Pattern.compile("rodan.[a-z]+", Pattern.DOTALL);

  private static final TableRule RODAN_RULE =
      new TableRule(List.of(), List.of(), List.of("uuid"), List.of("project_id"), OldRow.KEY);

  TableSelection {
    captured = List.copyOf(captured);
    refused = List.copyOf(refused);
    notes = List.copyOf(notes);
  }

  static TableSelection of(
      CaptureSettings settings, List<Relation> relations, CaptureSettings.Mode mode) {
    var captured = new ArrayList<CapturedTable>();
    var refused = new ArrayList<Refused>();
    var notes = new ArrayList<String>();
    for (var relation : relations) {
      var rule = ruleFor(settings, relation.name());
      if (rule.isEmpty()) {
        continue;
      }
      var root = relations.stream().filter(other -> other.oid() == relation.root()).findFirst();
      if (relation.isPartition()
          && root.isPresent()
          && ruleFor(settings, root.get().name()).isPresent()) {
        continue; // with its root
      }
      var partitions =
          relations.stream()
              .filter(other -> other.isPartition() && other.root() == relation.oid())
              .toList();
      reasonAgainst(rule.get(), relation, root, partitions)
          .or(() -> reasonAgainstLog(relation, partitions, mode))
          .ifPresentOrElse(
              reason -> refused.add(new Refused(relation.name(), reason)),
              () -> captured.add(table(rule.get(), relation, partitions, notes)));
    }
    return new TableSelection(captured, refused, notes);
  }

  private static Optional<TableRule> ruleFor(CaptureSettings settings, TableName name) {
    var text = name.toString();
    for (var rule : settings.tables()) {
      if (rule.match().stream().anyMatch(glob -> glob.matches(text))
          && rule.exclude().stream().noneMatch(glob -> glob.matches(text))) {
        return Optional.of(rule);
      }
    }
    return settings.rodan()
            && name.schema().equals("public")
            && RODAN_TABLE.matcher(name.name()).matches()
        ? Optional.of(RODAN_RULE)
        : Optional.empty();
  }

  private static Optional<String> reasonAgainst(
      TableRule rule, Relation relation, Optional<Relation> root, List<Relation> partitions) {
    var name = relation.name();
    var byName = rule.match().contains(new Glob(name.toString()));
    if (name.name().equals(RODAN_TOKENS) && !byName) {
      return Optional.of(
          "a row's uuid is itself the token that opens Rodan's resource viewer, and everybody who"
              + " listens would hear it; a rule whose match is exactly "
              + name
              + " captures it all the same");
    }
    if (relation.isPartition()) {
      return Optional.of(
          "it is a partition of "
              + root.map(r -> r.name().toString()).orElse("another table")
              + ", and writes through that table do not fire a partition's triggers; match "
              + root.map(r -> r.name().toString()).orElse("the other table")
              + " instead");
    }
    if (relation.extension().isPresent()) {
      return Optional.of("it belongs to the extension " + relation.extension().get());
    }
    switch (relation.kind()) {
      case VIEW -> {
        return Optional.of("it is a view; capture the tables below it");
      }
      case MATERIALIZED_VIEW -> {
        return Optional.of("it is a materialized view; PostgreSQL has no triggers on those");
      }
      case FOREIGN -> {
        return Optional.of("it is a foreign table; capture it where its rows are");
      }
      case TABLE, PARTITIONED -> {}
    }
    if (relation.inherits()) {
      return Optional.of(
          "it is part of table inheritance (INHERITS), where a parent's triggers report a child's"
              + " rows under the parent's name; declarative partitions are supported");
    }
    for (var partition : partitions) {
      if (partition.kind() == Relation.Kind.FOREIGN) {
        return Optional.of(
            "its partition "
                + partition.name()
                + " is a foreign table, and PostgreSQL then refuses writes to a table whose"
                + " triggers ask for the changed rows");
      }
    }
    return reasonAgainstKey(rule, relation);
  }

  private static Optional<String> reasonAgainstLog(
      Relation relation, List<Relation> partitions, CaptureSettings.Mode mode) {
    if (mode != CaptureSettings.Mode.WAL) {
      return Optional.empty();
    }
    if (relation.unlogged() || partitions.stream().anyMatch(Relation::unlogged)) {
      return Optional.of("it is unlogged, and so the log does not hold its rows");
    }
    if (relation.deferrableKey()) {
      return Optional.of(
          "its primary key is deferrable: rows may exchange keys in one statement, which the log"
              + " does not tell from moves one after the other; capture by triggers does");
    }
    return Optional.empty();
  }

  private static Optional<String> reasonAgainstKey(TableRule rule, Relation relation) {
    var key = keyNames(rule, relation);
    if (key.isEmpty()) {
      return Optional.of(
          "it has no primary key; name the columns that identify a row (capture.tables[].key) or"
              + " add a primary key");
    }
    for (var column : key) {
      var found = relation.column(column);
      if (found.isEmpty()) {
        return Optional.of("it has no column '" + column + "', which is configured as its key");
      }
      if (found.get().mayFail() || found.get().virtual()) {
        return Optional.of(
            "its key column '"
                + column
                + "' is "
                + (found.get().virtual() ? "virtual" : "of a type that to_jsonb may refuse")
                + " and cannot identify a row");
      }
    }
    return Optional.empty();
  }

  /** Rodan's rule names uuid; a table of its that has none goes by its primary key. */
  private static List<String> keyNames(TableRule rule, Relation relation) {
    var usePrimary =
        rule.key().isEmpty()
            || (rule.equals(RODAN_RULE)
                && rule.key().stream().anyMatch(k -> relation.column(k).isEmpty()));
    return usePrimary ? relation.primaryKey() : rule.key();
  }

  private static CapturedTable table(
      TableRule rule, Relation relation, List<Relation> partitions, List<String> notes) {
    var key = keyNames(rule, relation);
    var names = new LinkedHashSet<>(key);
    if (!rule.columns().isEmpty()) {
      names.addAll(rule.columns());
    } else if (relation.columns().stream().anyMatch(Relation.Column::virtual)) {
      relation.columns().stream()
          .filter(column -> !column.virtual())
          .forEach(column -> names.add(column.name()));
    } else {
      names.clear();
    }
    var columns = new ArrayList<Relation.Column>();
    for (var name : names) {
      relation
          .column(name)
          .filter(column -> !column.virtual())
          .ifPresentOrElse(
              columns::add,
              () -> {
                if (!rule.equals(RODAN_RULE)) {
                  notes.add(
                      Text.printable(relation.name())
                          + " has no stored column '"
                          + Text.printable(name)
                          + "'; it is captured without");
                }
              });
    }
    relation.columns().stream()
        .filter(Relation.Column::virtual)
        .forEach(column ->
            notes.add(
                Text.printable(relation.name())
                    + " is captured without its virtual column '"
                    + Text.printable(column.name())
                    + "': its value is made when it is read"));
    if (relation.unlogged()) {
      notes.add(
          Text.printable(relation.name())
              + " is unlogged: a crash of PostgreSQL empties it without an event");
    }
    return new CapturedTable(
        relation,
        key.stream().map(name -> relation.column(name).orElseThrow()).toList(),
        columns,
        rule.oldRow(),
        partitions);
  }
}
