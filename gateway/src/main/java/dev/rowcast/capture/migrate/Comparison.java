package dev.rowcast.capture.migrate;

import dev.rowcast.capture.CaptureSettings;
import dev.rowcast.capture.migrate.Change.Kind;
import dev.rowcast.change.TableName;
import dev.rowcast.postgres.Catalogue;
import dev.rowcast.postgres.Relation;
import dev.rowcast.postgres.Relation.Trigger;
import dev.rowcast.postgres.SqlResource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The database held against the settings: every difference, with the SQL that removes it.
 *
 * <p>Confined to the thread that made it; reads nothing but what it was given.
 */
final class Comparison {
  private static final SqlResource SCHEMA = SqlResource.of(Comparison.class, "schema.sql");
  private static final Pattern OUR_FUNCTION =
      Pattern.compile("(insert|update|delete|truncate)_\\d+");

  /** The functions that all tables share, each with its header and footer. */
  private static final List<Shared> SHARED =
      List.of(
          new Shared("wake", "wake", "()", "RETURNS text LANGUAGE plpgsql", true),
          publish("publish"),
          position("position"),
          new Shared(
              "element",
              "element",
              "(key jsonb, image text, most bigint)",
              "RETURNS text LANGUAGE plpgsql",
              true),
          new Shared(
              "take_place",
              "take_place",
              "()",
              "RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER",
              false),
          new Shared("name_key", "name_key", "()", "RETURNS trigger LANGUAGE plpgsql", false));

  private final CaptureSettings settings;
  private final Found found;
  private final TableSelection selection;
  private final List<Change> changes = new ArrayList<>();
  private final Set<String> wantedFunctions = new HashSet<>();
  private final ModeChoice choice;
  private int nextId;

  private Comparison(CaptureSettings settings, Found found) {
    this.settings = settings;
    this.found = found;
    this.choice = ModeChoice.of(settings, found);
    this.selection = selection(settings, found);
    this.nextId = found.sources().stream().mapToInt(Source::id).max().orElse(0) + 1;
  }

  /**
   * What was read from the database.
   *
   * @param missing which of the schema's tables and sequences are not there
   * @param functions those of schema rowcast
   * @param publicFunctions those of schema public
   * @param mayCreateSchema whether the role may create schema rowcast, or owns it
   */
  record Found(
      String role,
      String quotedRole,
      String database,
      boolean mayCreateSchema,
      List<String> missing,
      List<Source> sources,
      List<Relation> relations,
      List<Catalogue.Function> functions,
      List<Catalogue.Function> publicFunctions,
      WalFacts wal) {}

  /** A row of {@code rowcast.source}. */
  record Source(int id, TableName name, List<String> key, List<String> columns, long relation) {}

  private static Shared publish(String resource) {
    return new Shared(
        "publish",
        resource,
        "(channel text, payload jsonb)",
        "RETURNS void LANGUAGE plpgsql SECURITY DEFINER",
        true);
  }

  /** Not in SQL itself: what it reads is made after it, and would be looked for at once. */
  private static Shared position(String resource) {
    return new Shared(
        "position", resource, "()", "RETURNS text STABLE LANGUAGE plpgsql SECURITY DEFINER", true);
  }

  private record Shared(
      String name, String resource, String arguments, String kind, boolean safePath) {
    private String body() {
      return SqlResource.of(Comparison.class, resource + ".sql").text();
    }

    private List<String> create() {
      return List.of(
          "CREATE OR REPLACE FUNCTION rowcast."
              + name
              + arguments
              + " "
              + kind
              + (safePath ? " SET search_path = pg_catalog, pg_temp" : "")
              + " AS "
              + CaptureSql.dollarQuoted(body()),
          "REVOKE ALL ON FUNCTION rowcast." + name + arguments + " FROM PUBLIC");
    }

    private boolean is(Catalogue.Function there) {
      return there.body().equals(body())
          && there.definer() == kind.contains("SECURITY DEFINER")
          && there.settings().isEmpty() != safePath;
    }
  }

  static MigrationPlan plan(CaptureSettings settings, Found found) {
    var comparison = new Comparison(settings, found);
    comparison.compare();
    return new MigrationPlan(
        comparison.selection.captured().size(),
        comparison.wholeOrNot(),
        comparison.selection.refused(),
        comparison.notes());
  }

  static TableSelection selection(CaptureSettings settings, Found found) {
    return TableSelection.of(settings, found.relations(), ModeChoice.of(settings, found).mode());
  }

  /** Without its publication nothing may be done towards the log: the triggers go on meanwhile. */
  private List<Change> wholeOrNot() {
    var obstacle =
        changes.stream()
            .filter(change -> byLog() && WalInstallation.NEEDED.contains(change.kind()))
            .flatMap(change -> change.obstacle().stream())
            .findFirst();
    return changes.stream()
        .map(change ->
            change.obstacle().isPresent()
                ? change
                : new Change(
                    change.kind(), change.table(), change.sentence(), change.sql(), obstacle))
        .toList();
  }

  private List<String> notes() {
    var notes = new ArrayList<>(selection.notes());
    if (settings.mode() == CaptureSettings.Mode.AUTO) {
      notes.add(
          (byLog() ? "captured by the log: " : "captured by triggers: ")
              + choice.why()
              + (byLog() || choice.against().isEmpty()
                  ? ""
                  : "; the log: " + String.join("; ", choice.against())));
    }
    return notes;
  }

  private boolean byLog() {
    return choice.mode() == CaptureSettings.Mode.WAL;
  }

  private void compare() {
    compareSchema();
    var installation = new WalInstallation(settings, found, selection, new WalFindings());
    if (byLog()) {
      installation.compare();
    } else {
      installation.remove();
      for (var table : selection.captured()) {
        var source = source(table);
        var id = idOf(source);
        compareTable(table, source, new CaptureSql(table, id, settings.maxRow()), id);
      }
    }
    findLeftovers();
    if (settings.rodan()) {
      adoptRodan();
    }
  }

  private Optional<Source> source(CapturedTable table) {
    return found.sources().stream().filter(s -> s.name().equals(table.name())).findFirst();
  }

  private int idOf(Optional<Source> source) {
    return source.isPresent() ? source.get().id() : nextId++;
  }

  private List<Shared> shared() {
    if (!byLog()) {
      return SHARED;
    }
    var publish = publish(found.wal().sendsMessages() ? "publish-wal" : "publish-wal-13");
    return SHARED.stream()
        .map(function ->
            switch (function.name()) {
              case "publish" -> publish;
              case "position" -> position("position-wal");
              default -> function;
            })
        .toList();
  }

  /** Takes what capture by the log lacks. */
  private final class WalFindings implements WalInstallation.Findings {
    @Override
    public void add(Kind kind, String sentence, List<String> sql, Optional<String> obstacle) {
      changes.add(new Change(kind, Optional.empty(), sentence, sql, obstacle));
    }

    @Override
    public void add(
        Kind kind, Relation touched, TableName table, String predicate, List<String> sql) {
      Comparison.this.add(kind, touched, table, predicate, sql);
    }

    @Override
    public Optional<String> source(CapturedTable table) {
      var known = Comparison.this.source(table);
      return known.isPresent()
              && known.get().relation() == table.relation().oid()
              && known.get().key().equals(names(table.key()))
              && known.get().columns().equals(names(table.columns()))
          ? Optional.empty()
          : Optional.of(upsert(table, idOf(known)));
    }
  }

  private void compareSchema() {
    var obstacle =
        found.mayCreateSchema()
            ? Optional.<String>empty()
            : Optional.of(
                "role "
                    + found.role()
                    + " may neither create schema rowcast nor act as its owner: run GRANT CREATE"
                    + " ON DATABASE "
                    + found.database()
                    + " TO "
                    + found.quotedRole()
                    + ", or migrate as the role that owns it");
    if (!found.missing().isEmpty()) {
      changes.add(
          new Change(
              Kind.SCHEMA,
              Optional.empty(),
              found.missing().contains("rowcast")
                  ? "schema rowcast is not installed"
                  : "schema rowcast lacks " + String.join(", ", found.missing()),
              List.of(SCHEMA.text()),
              obstacle));
    }
    for (var shared : shared()) {
      var there = found.functions().stream().filter(f -> f.name().equals(shared.name())).toList();
      if (there.isEmpty() || !there.stream().allMatch(shared::is)) {
        changes.add(
            new Change(
                there.isEmpty() ? Kind.MISSING_FUNCTION : Kind.CHANGED_FUNCTION,
                Optional.empty(),
                "function rowcast."
                    + shared.name()
                    + (there.isEmpty() ? " is missing" : " is not the one of this version"),
                shared.create(),
                obstacle));
      }
    }
  }

  private void compareTable(CapturedTable table, Optional<Source> source, CaptureSql sql, int id) {
    sql.functions().forEach(function -> wantedFunctions.add(function.name()));
    var installed = source.isPresent() && installed(table, sql);
    if (!installed) {
      installTable(table, source, sql, id);
      return;
    }
    var known = source.orElseThrow();
    if (known.relation() != table.relation().oid()) {
      add(
          Kind.RECREATED_TABLE,
          table,
          "was created again or renamed since its triggers were installed",
          List.of(upsert(table, id)));
    } else if (!known.key().equals(names(table.key()))
        || !known.columns().equals(names(table.columns()))) {
      add(Kind.CHANGED_TABLE, table, describe(table, known), List.of(upsert(table, id)));
    }
    for (var function : sql.functions()) {
      compareFunction(table, function);
    }
    for (var wanted : sql.triggers()) {
      compareTrigger(table, wanted);
    }
  }

  /** Whether at least something of ours is on it: else it is one change, not nine. */
  private static boolean installed(CapturedTable table, CaptureSql sql) {
    var names = sql.triggers().stream().map(CaptureSql.WantedTrigger::name).toList();
    return table.relation().triggers().stream()
        .anyMatch(there -> CapturedTable.isOurs(there) && names.contains(there.name()));
  }

  private void installTable(CapturedTable table, Optional<Source> source, CaptureSql sql, int id) {
    var statements = new ArrayList<String>();
    statements.add(upsert(table, id));
    sql.functions().forEach(function -> statements.addAll(function.create()));
    for (var wanted : sql.triggers()) {
      if (wanted.relation().triggers().stream().anyMatch(t -> t.name().equals(wanted.name()))) {
        statements.add(wanted.drop());
      }
      statements.add(wanted.create());
    }
    var recreated = source.isPresent() && source.get().relation() != table.relation().oid();
    add(
        recreated
            ? Kind.RECREATED_TABLE
            : source.isPresent() ? Kind.MISSING_TRIGGER : Kind.NEW_TABLE,
        table,
        recreated
            ? "was created again and has no triggers of ours"
            : source.isPresent()
                ? "has lost all of its triggers"
                : "is not captured yet (key " + String.join(", ", names(table.key())) + ")",
        statements);
  }

  private void compareFunction(CapturedTable table, CaptureSql.Function wanted) {
    var there = found.functions().stream().filter(f -> f.name().equals(wanted.name())).findFirst();
    if (there.isPresent()
        && there.get().body().equals(wanted.body())
        && there.get().definer()
        && there.get().settings().isEmpty()) {
      return;
    }
    add(
        there.isEmpty() ? Kind.MISSING_FUNCTION : Kind.CHANGED_FUNCTION,
        table,
        (there.isEmpty() ? "lacks its function rowcast." : "has another function rowcast.")
            + wanted.name()
            + (there.isEmpty() ? "" : " than its columns and the settings ask for"),
        wanted.create());
  }

  private void compareTrigger(CapturedTable table, CaptureSql.WantedTrigger wanted) {
    var there =
        wanted.relation().triggers().stream()
            .filter(t -> t.name().equals(wanted.name()))
            .findFirst();
    var where =
        wanted.relation().oid() == table.relation().oid()
            ? ""
            : " on its partition " + wanted.relation().name();
    var trigger = "trigger " + wanted.name() + where;
    if (there.isEmpty()) {
      var nesting = wanted.function().equals("take_place");
      add(
          nesting ? Kind.NESTING : Kind.MISSING_TRIGGER,
          wanted.relation(),
          table.name(),
          nesting
              ? "has row triggers of the application's own ("
                  + nestingNames(table)
                  + ") since its triggers were installed; what they write could be reported out of"
                  + " order"
              : "lacks its " + trigger,
          List.of(wanted.create()));
    } else if (!wanted.is(there.get())) {
      add(
          Kind.CHANGED_TRIGGER,
          wanted.relation(),
          table.name(),
          "has a " + trigger + " that is not the one installed",
          List.of(wanted.drop(), wanted.create()));
    } else if (!there.get().enabled().equals("O") && !there.get().enabled().equals("A")) {
      add(
          Kind.DISABLED_TRIGGER,
          wanted.relation(),
          table.name(),
          "has its " + trigger + " disabled",
          List.of(
              "ALTER TABLE "
                  + wanted.relation().quoted()
                  + " ENABLE TRIGGER "
                  + there.get().quoted()));
    }
  }

  private static String nestingNames(CapturedTable table) {
    return Stream.of(Trigger.INSERT, Trigger.UPDATE, Trigger.DELETE)
        .flatMap(event -> table.nestingTriggers(event).stream())
        .map(trigger -> Text.printable(trigger.name()))
        .distinct()
        .collect(Collectors.joining(", "));
  }

  private void findLeftovers() {
    var wanted = new HashMap<Long, Set<String>>();
    for (var table : byLog() ? List.<CapturedTable>of() : selection.captured()) {
      for (var trigger : new CaptureSql(table, 0, settings.maxRow()).triggers()) {
        wanted.computeIfAbsent(trigger.relation().oid(), _ -> new HashSet<>()).add(trigger.name());
      }
    }
    for (var relation : found.relations()) {
      for (var trigger : relation.triggers()) {
        if (CapturedTable.isOurs(trigger)
            && !wanted.getOrDefault(relation.oid(), Set.of()).contains(trigger.name())) {
          add(
              Kind.LEFTOVER,
              relation,
              relation.name(),
              "still has the trigger "
                  + Text.printable(trigger.name())
                  + ", which is no longer wanted",
              List.of("DROP TRIGGER " + trigger.quoted() + " ON " + relation.quoted()));
        }
      }
    }
    for (var function : found.functions()) {
      if (OUR_FUNCTION.matcher(function.name()).matches()
          && !wantedFunctions.contains(function.name())) {
        changes.add(
            new Change(
                Kind.LEFTOVER,
                Optional.empty(),
                "function rowcast." + function.name() + " is no longer wanted",
                List.of("DROP FUNCTION rowcast." + function.name() + "()"),
                function.owned()
                    ? Optional.empty()
                    : Optional.of("it belongs to a role that " + found.role() + " is not")));
      }
    }
  }

  /** Rodan's triggers tell Redis themselves, from inside the writer's transaction. */
  private void adoptRodan() {
    var adopted = false;
    for (var relation : found.relations()) {
      for (var trigger : relation.triggers()) {
        if (CapturedTable.isRodans(trigger)) {
          adopted = true;
          add(
              Kind.ADOPTED,
              relation,
              relation.name(),
              "has Rodan's own trigger " + trigger.name() + ", which ours replaces",
              List.of("DROP TRIGGER " + trigger.quoted() + " ON " + relation.quoted()));
        }
      }
    }
    var signatures = Map.of("object_notify", "", "publish_message", "text");
    for (var function : found.publicFunctions()) {
      var arguments = signatures.get(function.name());
      if (arguments == null || !function.arguments().endsWith(arguments)) {
        continue;
      }
      if (function.name().equals("publish_message") && !adopted && !rodanNotifies()) {
        continue; // somebody else's function of that name
      }
      changes.add(
          new Change(
              Kind.ADOPTED,
              Optional.empty(),
              "Rodan's own function " + function.name() + "(" + arguments + ") is dropped",
              List.of("DROP FUNCTION public." + function.name() + "(" + arguments + ")"),
              function.owned()
                  ? Optional.empty()
                  : Optional.of(
                      "it belongs to a role that "
                          + found.role()
                          + " is not; once its triggers are gone it does nothing, and a superuser"
                          + " may drop it")));
    }
  }

  private boolean rodanNotifies() {
    return found.publicFunctions().stream().anyMatch(f -> f.name().equals("object_notify"));
  }

  private String describe(CapturedTable table, Source known) {
    return "is captured with key "
        + String.join(", ", known.key())
        + (known.columns().isEmpty() ? "" : " and columns " + String.join(", ", known.columns()))
        + ", wanted are key "
        + String.join(", ", names(table.key()))
        + (table.columns().isEmpty()
            ? " and all columns"
            : " and columns " + String.join(", ", names(table.columns())));
  }

  private String upsert(CapturedTable table, int id) {
    return """
    INSERT INTO rowcast.source (id, schema_name, table_name, key, columns, relation)
    SELECT %d, n.nspname, c.relname, ARRAY[%s]::pg_catalog.text[], %s, c.oid
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.oid = %d
    ON CONFLICT (schema_name, table_name) DO UPDATE
    SET key = excluded.key, columns = excluded.columns, relation = excluded.relation\
    """
        .formatted(
            id,
            literals(table.key()),
            table.columns().isEmpty()
                ? "NULL::pg_catalog.text[]"
                : "ARRAY[" + literals(table.columns()) + "]::pg_catalog.text[]",
            table.relation().oid());
  }

  private static String literals(List<Relation.Column> columns) {
    return columns.stream().map(Relation.Column::literal).collect(Collectors.joining(", "));
  }

  private static List<String> names(List<Relation.Column> columns) {
    return columns.stream().map(Relation.Column::name).toList();
  }

  private void add(Kind kind, CapturedTable table, String predicate, List<String> sql) {
    var foreign = table.relations().stream().filter(r -> !r.owned()).findFirst();
    add(kind, foreign.orElse(table.relation()), table.name(), predicate, sql);
  }

  private void add(
      Kind kind, Relation touched, TableName name, String predicate, List<String> sql) {
    Optional<String> obstacle =
        touched.owned()
            ? schemaObstacle()
            : Optional.of(
                Text.printable(touched.name())
                    + " belongs to role "
                    + touched.owner()
                    + ", which "
                    + found.role()
                    + " is no member of: run GRANT "
                    + touched.quotedOwner()
                    + " TO "
                    + found.quotedRole()
                    + ", or ALTER TABLE "
                    + Text.printable(touched.quoted())
                    + " OWNER TO "
                    + found.quotedRole());
    changes.add(
        new Change(kind, Optional.of(name), Text.printable(name) + " " + predicate, sql, obstacle));
  }

  private Optional<String> schemaObstacle() {
    return found.mayCreateSchema() || found.missing().isEmpty()
        ? Optional.empty()
        : Optional.of("schema rowcast cannot be created");
  }
}
