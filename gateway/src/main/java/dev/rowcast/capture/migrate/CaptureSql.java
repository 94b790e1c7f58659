package dev.rowcast.capture.migrate;

import dev.rowcast.base.DataSize;
import dev.rowcast.capture.CaptureSettings.OldRow;
import dev.rowcast.postgres.Relation;
import dev.rowcast.postgres.Relation.Column;
import dev.rowcast.postgres.Relation.Trigger;
import dev.rowcast.postgres.SqlResource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The functions and triggers that capture one table, written out.
 *
 * <p>Immutable. The same table, number and settings always give the same text, which is how a
 * changed function is recognised.
 */
final class CaptureSql {
  /** Rows in one piece of a large statement, if their JSON allows. */
  private static final long MOST_ROWS = 500;

  /** What one piece is meant to hold. */
  private static final DataSize PIECE = DataSize.ofMebibytes(4);

  /** PostgreSQL's jsonb ends at 256 MiB: a limit above this one protects no writer. */
  private static final DataSize LARGEST_ROW = DataSize.ofMebibytes(128);

  /**
   * PostgreSQL's text ends at 1 GiB; no piece may come near it even if every row is the largest.
   */
  private static final DataSize LARGEST_PIECE = DataSize.ofMebibytes(512);

  /** A byte of text is at most so many in JSON: {@code \\u0001}; one of bytea is two digits. */
  private static final int LONGEST_ESCAPE = 6;

  private static final SqlResource ROWS = resource("rows.sql");
  private static final SqlResource ROWS_IN_PLACE = resource("rows-in-place.sql");
  private static final SqlResource PAIRS = resource("pairs.sql");
  private static final SqlResource PAIRS_BODY = resource("pairs-body.sql");
  private static final SqlResource TRUNCATE = resource("truncate.sql");
  private static final SqlResource TRUNCATE_PARTITIONED = resource("truncate-partitioned.sql");
  private static final SqlResource TRUNCATE_DELETES = resource("truncate-deletes.sql");

  private static final String WAKE =
      "CASE WHEN NOT pg_catalog.pg_try_advisory_xact_lock_shared(1919907683, 2)"
          + " THEN rowcast.wake() END";

  private final CapturedTable table;
  private final int source;
  private final DataSize maxRow;
  private final boolean wide;
  private final boolean mayFail;

  CaptureSql(CapturedTable table, int source, DataSize maxRow) {
    this.table = table;
    this.source = source;
    this.maxRow = maxRow.compareTo(LARGEST_ROW) < 0 ? maxRow : LARGEST_ROW;
    var captured = captured();
    this.mayFail = captured.stream().anyMatch(Column::mayFail);
    this.wide =
        mayFail
            || captured.stream().anyMatch(column -> column.width() == 0)
            || boundedWidth() > this.maxRow.bytes();
  }

  /** The most bytes of JSON without the values of no bounded length. */
  private long boundedWidth() {
    return captured().stream()
        .mapToLong(column -> column.width() + 6L * column.name().length() + 6)
        .sum();
  }

  /** A function of schema rowcast without arguments that returns a trigger. */
  record Function(String name, String body) {
    List<String> create() {
      return List.of(
          "CREATE OR REPLACE FUNCTION rowcast."
              + name
              + "() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS "
              + dollarQuoted(body),
          "REVOKE ALL ON FUNCTION rowcast." + name + "() FROM PUBLIC");
    }
  }

  /** A trigger on one relation. */
  record WantedTrigger(
      Relation relation,
      String name,
      int type,
      String function,
      String oldRows,
      String newRows,
      String argument,
      List<Column> columns) {

    WantedTrigger {
      columns = List.copyOf(columns);
    }

    WantedTrigger withArgument(String argument) {
      return new WantedTrigger(relation, name, type, function, oldRows, newRows, argument, columns);
    }

    WantedTrigger withColumns(List<Column> columns) {
      return new WantedTrigger(relation, name, type, function, oldRows, newRows, argument, columns);
    }

    String create() {
      var events = new ArrayList<String>();
      if ((type & Trigger.INSERT) != 0) {
        events.add("INSERT");
      }
      if ((type & Trigger.UPDATE) != 0) {
        events.add(
            columns.isEmpty()
                ? "UPDATE"
                : columns.stream()
                    .map(Column::quoted)
                    .collect(Collectors.joining(", ", "UPDATE OF ", "")));
      }
      if ((type & Trigger.DELETE) != 0) {
        events.add("DELETE");
      }
      if ((type & Trigger.TRUNCATE) != 0) {
        events.add("TRUNCATE");
      }
      return "CREATE TRIGGER \""
          + name
          + "\" "
          + ((type & Trigger.BEFORE) != 0 ? "BEFORE " : "AFTER ")
          + String.join(" OR ", events)
          + " ON "
          + relation.quoted()
          + (oldRows.isEmpty() && newRows.isEmpty() ? "" : " REFERENCING")
          + (oldRows.isEmpty() ? "" : " OLD TABLE AS " + oldRows)
          + (newRows.isEmpty() ? "" : " NEW TABLE AS " + newRows)
          + ((type & Trigger.ROW) != 0 ? " FOR EACH ROW" : " FOR EACH STATEMENT")
          + " EXECUTE FUNCTION rowcast."
          + function
          + "("
          + (argument.isEmpty() ? "" : "'" + argument + "'")
          + ")";
    }

    String drop() {
      return "DROP TRIGGER IF EXISTS \"" + name + "\" ON " + relation.quoted();
    }

    /** Whether the trigger in the database is this one, whether enabled or not. */
    boolean is(Trigger there) {
      return there.type() == type
          && there.function().equals("rowcast." + function)
          && there.oldRows().equals(oldRows)
          && there.newRows().equals(newRows)
          && there.arguments().equals(argument.isEmpty() ? "" : argument + "\\000")
          && !there.conditional()
          && there.columns().equals(columns.stream().map(Column::name).sorted().toList());
    }
  }

  List<Function> functions() {
    return List.of(
        new Function("insert_" + source, rows("INSERT", "I", "new_rows")),
        new Function("update_" + source, update()),
        new Function("delete_" + source, rows("DELETE", "D", "old_rows")),
        new Function("truncate_" + source, truncate()));
  }

  /** What a statement's triggers are, for the table and each of its partitions. */
  List<WantedTrigger> triggers() {
    var triggers = new ArrayList<WantedTrigger>();
    for (var relation : table.relations()) {
      if (relation.oid() == table.relation().oid() && placedEvents() != 0) {
        // PostgreSQL itself copies a row trigger to the partitions.
        triggers.add(
            trigger(relation, "a_place", Trigger.ROW | placedEvents(), "take_place", "", "")
                .withArgument(Integer.toString(source)));
      }
      if (updatesByRows()) {
        triggers.add(
            trigger(relation, "b_key", Trigger.UPDATE, "name_key", "", "")
                .withArgument(Integer.toString(source))
                .withColumns(table.key()));
      }
      triggers.add(trigger(relation, "insert", Trigger.INSERT, "insert_" + source, "", "new_rows"));
      triggers.add(
          trigger(relation, "update", Trigger.UPDATE, "update_" + source, "old_rows", "new_rows"));
      triggers.add(trigger(relation, "delete", Trigger.DELETE, "delete_" + source, "old_rows", ""));
      triggers.add(trigger(relation, "truncate", Trigger.TRUNCATE, "truncate_" + source, "", ""));
      if (partitioned()) {
        triggers.add(
            trigger(
                relation,
                "truncate_before",
                Trigger.TRUNCATE | Trigger.BEFORE,
                "truncate_" + source,
                "",
                ""));
      }
    }
    return triggers;
  }

  /** Names that sort before an application's: see {@code take_place.sql}. */
  private static WantedTrigger trigger(
      Relation relation, String name, int type, String function, String oldRows, String newRows) {
    return new WantedTrigger(
        relation, "!rowcast_" + name, type, function, oldRows, newRows, "", List.of());
  }

  private boolean partitioned() {
    return table.relation().kind() == Relation.Kind.PARTITIONED;
  }

  private int placedEvents() {
    return IntStream.of(Trigger.INSERT, Trigger.UPDATE, Trigger.DELETE)
        .filter(event -> !table.nestingTriggers(event).isEmpty())
        .sum();
  }

  private boolean placed(int event) {
    return (placedEvents() & event) != 0;
  }

  /** Whether updates are written from the new rows alone unless a key column is named. */
  private boolean updatesByRows() {
    return !placed(Trigger.UPDATE) && table.oldRow() == OldRow.KEY && !table.keyMayChangeUnnamed();
  }

  private String rows(String event, String op, String rows) {
    var placed = placed(event.equals("INSERT") ? Trigger.INSERT : Trigger.DELETE);
    var fillings = fillings(event, op, rows);
    fillings.put("when-none", "");
    fillings.put("declare", mayFail ? "  careful pg_catalog.bool := false;\n" : "");
    fillings.put("base", base(placed));
    return (placed ? ROWS_IN_PLACE : ROWS).with(fillings);
  }

  private String update() {
    var fillings = fillings("UPDATE", "U", "new_rows");
    var placed = placed(Trigger.UPDATE);
    fillings.put("base", base(placed));
    fillings.put("seq", placed ? "seq, " : "");
    fillings.put(
        "seq-of-chunk",
        placed
            ? "base OPERATOR(pg_catalog.+) pg_catalog.row_number() OVER (ORDER BY s.chunk)"
                + " OPERATOR(pg_catalog.-) 1, "
            : "");
    fillings.put("key-of-row", keyOf(column -> "r." + column.quoted()));
    fillings.put(
        "old-json", table.oldRow() == OldRow.ALL ? json() : "CAST(NULL AS pg_catalog.text)");
    fillings.put("before-by-number", beforeByNumber());
    fillings.put("before-by-key", table.oldRow() == OldRow.ALL ? element("o") : "NULL");
    var declare =
        (placed
                ? "  place pg_catalog.text := pg_catalog.concat(\n"
                    + "    'rowcast.place_"
                    + source
                    + "_UPDATE_', pg_catalog.pg_trigger_depth());\n"
                : "")
            + "  base  pg_catalog.int8;\n"
            + "  gone  pg_catalog.int8;\n"
            + "  by_number pg_catalog.bool;\n"
            + (mayFail ? "  careful pg_catalog.bool := false;\n" : "");
    fillings.put("declare", declare);
    var pairs = PAIRS_BODY.with(fillings);
    if (!updatesByRows()) {
      fillings.put("pairs", pairs);
      return PAIRS.with(fillings);
    }
    fillings.put(
        "when-none",
        "  IF written OPERATOR(pg_catalog.=) 1 THEN\n"
            + "    RETURN NULL;\n"
            + "  END IF;\n"
            + "  IF written OPERATOR(pg_catalog.=) 0 AND NOT ("
            + keyUnnamed()
            + ") THEN\n"
            + "    PERFORM pg_catalog.set_config('rowcast.key_named', '', true);\n"
            + pairs
            + "    RETURN NULL;\n"
            + "  END IF;\n");
    fillings.putAll(first("new_rows", " WHERE " + keyUnnamed()));
    return ROWS.with(fillings);
  }

  private String keyUnnamed() {
    return "pg_catalog.texteq(pg_catalog.current_setting('rowcast.key_named', true), '"
        + source
        + "') IS NOT TRUE";
  }

  private String beforeByNumber() {
    if (table.oldRow() == OldRow.ALL) {
      return element("o");
    }
    return "CASE WHEN pg_catalog.record_image_ne(ROW("
        + keyNumbers("o")
        + "), ROW("
        + keyNumbers("n")
        + ")) THEN "
        + keyOf(column -> "o.k" + table.key().indexOf(column))
        + " END";
  }

  private String base(boolean placed) {
    return placed
        ? """
          IF COALESCE(pg_catalog.current_setting(place, true), '') OPERATOR(pg_catalog.=) '' THEN
            base := pg_catalog.nextval('rowcast.outbox_seq');
          ELSE
            base := CAST(pg_catalog.current_setting(place) AS pg_catalog.int8);
            PERFORM pg_catalog.set_config(place, '', true);
          END IF;
        """
        : "  base := 0;\n";
  }

  private String truncate() {
    var fillings = fillings("TRUNCATE", "T", "");
    if (!partitioned()) {
      return TRUNCATE.with(fillings);
    }
    fillings.put("json", captured(false));
    fillings.put("most", Long.toString(mostRows()));
    fillings.put("deletes", dollarQuoted(TRUNCATE_DELETES.with(fillings)));
    return TRUNCATE_PARTITIONED.with(fillings);
  }

  private Map<String, String> fillings(String event, String op, String rows) {
    var fillings = new HashMap<String, String>();
    fillings.put("table", Text.printable(table.name()));
    fillings.put("event", event);
    fillings.put("op", op);
    fillings.put("rows", rows);
    fillings.put("source", Integer.toString(source));
    fillings.put("wake", WAKE);
    fillings.put("json", json());
    fillings.put("carried", carried());
    fillings.put("element", element("q"));
    fillings.put(
        "larges",
        wide ? "pg_catalog.array_agg(" + large("q") + ")" : "CAST(NULL AS pg_catalog.bool[])");
    fillings.put(
        "truncated",
        wide
            ? "CASE WHEN true OPERATOR(pg_catalog.=) ANY (s.larges) THEN"
                + " (SELECT pg_catalog.array_agg(p.p OPERATOR(pg_catalog.-) 1)"
                + " FROM pg_catalog.unnest(pg_catalog.array_positions(s.larges, true)) AS p(p)) END"
            : "NULL");
    fillings.put(
        "bytes",
        wide ? "CAST(COALESCE(pg_catalog.sum(" + storedSize() + "), 0) AS pg_catalog.int8)" : "0");
    fillings.put(
        "step",
        wide
            ? "LEAST("
                + mostRows()
                + ", GREATEST(1, ("
                + PIECE.bytes()
                + " OPERATOR(pg_catalog.*) total) OPERATOR(pg_catalog./) GREATEST(bytes, 1)))"
            : Long.toString(mostRows()));
    fillings.putAll(first(rows, ""));
    fillings.put(
        "try",
        mayFail ? "  LOOP BEGIN -- once more, with keys alone, if a value defies to_jsonb\n" : "");
    fillings.put(
        "catch",
        mayFail
            ? """
              EXCEPTION WHEN OTHERS THEN
                IF careful THEN
                  RAISE;
                END IF;
                careful := true;
              END; END LOOP;
            """
            : "");
    return fillings;
  }

  /**
   * The first statement looks at two rows at most. An element that is its row's key alone begins
   * with an exclamation mark.
   */
  private Map<String, String> first(String rows, String where) {
    var longValue = longValue();
    if (!wide || longValue.isPresent()) {
      return Map.of(
          "first-element",
          longValue.map(this::elementUnless).orElseGet(this::json),
          "first-rows",
          rows + " r" + where + " LIMIT 2");
    }
    return Map.of(
        "first-element",
        "CASE WHEN "
            + large("q")
            + " THEN '!' OPERATOR(pg_catalog.||) "
            + keyOf(column -> "q.k" + table.key().indexOf(column))
            + " ELSE q.x END",
        "first-rows",
        "(SELECT " + json() + " AS x" + carried() + " FROM " + rows + " r" + where + " LIMIT 2) q");
  }

  /**
   * What is true of a row whose JSON may be too large, because one of its values is long. Where it
   * is not true the row need not be looked at closely. Empty when that cannot be asked so simply:
   * not every value of no bounded length tells its length.
   */
  private Optional<String> longValue() {
    var unbounded = captured().stream().filter(column -> column.width() == 0).toList();
    if (!wide || mayFail || unbounded.isEmpty() || !unbounded.stream().allMatch(Column::octets)) {
      return Optional.empty();
    }
    var each = (maxRow.bytes() - boundedWidth()) / LONGEST_ESCAPE / unbounded.size();
    // Null where a value is null: that is short too.
    return each < 1
        ? Optional.empty()
        : Optional.of(
            unbounded.stream()
                .map(column ->
                    "pg_catalog.octet_length(r."
                        + column.quoted()
                        + ") OPERATOR(pg_catalog.>) "
                        + each)
                .collect(Collectors.joining(" OR ")));
  }

  private String elementUnless(String longValue) {
    return "CASE WHEN "
        + longValue
        + " THEN rowcast.element("
        + keyJson(column -> "r." + column.quoted())
        + ", "
        + json()
        + ", "
        + maxRow.bytes()
        + ") ELSE "
        + plainJson()
        + " END";
  }

  /** The JSON of row {@code r} as text; null when it is known to be too large or to fail. */
  private String json() {
    return captured(mayFail);
  }

  private String captured(boolean careful) {
    var json = plainJson();
    var guard = guard();
    if (careful) {
      guard.addFirst("careful");
    }
    return guard.isEmpty()
        ? json
        : "CASE WHEN " + String.join(" OR ", guard) + " THEN NULL ELSE " + json + " END";
  }

  private String plainJson() {
    return table.columns().isEmpty()
        ? "CAST(pg_catalog.to_jsonb(r.*) AS pg_catalog.text)"
        : asText(jsonObject(table.columns(), column -> "r." + column.quoted()));
  }

  /**
   * What is true of a row that is certainly too large, found without reading its large values: JSON
   * of a value of some hundred megabytes is an error in PostgreSQL, which would be the writer's.
   */
  private List<String> guard() {
    var guard = new ArrayList<String>();
    var octets =
        captured().stream()
            .filter(column -> column.width() == 0 && column.octets())
            .map(column -> "COALESCE(pg_catalog.octet_length(r." + column.quoted() + "), 0)")
            .toList();
    if (!octets.isEmpty()) {
      guard.add(
          "("
              + String.join(" OPERATOR(pg_catalog.+) ", wider(octets))
              + ") OPERATOR(pg_catalog.>) "
              + maxRow.bytes());
    }
    captured().stream()
        .filter(column -> column.width() == 0 && !column.octets())
        .forEach(column ->
            guard.add(
                "pg_catalog.pg_column_size(r."
                    + column.quoted()
                    + ") OPERATOR(pg_catalog.>) 1000000 AND pg_catalog.octet_length(CAST(r."
                    + column.quoted()
                    + " AS pg_catalog.text)) OPERATOR(pg_catalog.>) "
                    + maxRow.bytes()));
    return guard;
  }

  /** About how large a row is, from the headers of its values: none of them is read. */
  private String storedSize() {
    var sizes =
        captured().stream()
            .filter(column -> column.width() == 0)
            .map(column ->
                "COALESCE(pg_catalog."
                    + (column.octets() ? "octet_length" : "pg_column_size")
                    + "(r."
                    + column.quoted()
                    + "), 0)")
            .toList();
    return sizes.isEmpty() ? "100" : String.join(" OPERATOR(pg_catalog.+) ", wider(sizes));
  }

  /** Sums in 64 bits: three columns of a gigabyte each overflow 32. */
  private static List<String> wider(List<String> octets) {
    var first = "CAST(" + octets.getFirst() + " AS pg_catalog.int8)";
    return IntStream.range(0, octets.size()).mapToObj(i -> i == 0 ? first : octets.get(i)).toList();
  }

  private String element(String row) {
    return wide
        ? "CASE WHEN "
            + large(row)
            + " THEN "
            + keyOf(column -> row + ".k" + table.key().indexOf(column))
            + " ELSE "
            + row
            + ".x END"
        : row + ".x";
  }

  private String large(String row) {
    return "("
        + row
        + ".x IS NULL OR pg_catalog.octet_length("
        + row
        + ".x) OPERATOR(pg_catalog.>) "
        + maxRow.bytes()
        + ")";
  }

  /** The key's columns, carried out of a subquery beside the JSON. */
  private String carried() {
    return IntStream.range(0, table.key().size())
        .mapToObj(i -> ", r." + table.key().get(i).quoted() + " AS k" + i)
        .collect(Collectors.joining());
  }

  private String keyNumbers(String row) {
    return IntStream.range(0, table.key().size())
        .mapToObj(i -> row + ".k" + i)
        .collect(Collectors.joining(", "));
  }

  private String keyOf(java.util.function.Function<Column, String> value) {
    return asText(keyJson(value));
  }

  private String keyJson(java.util.function.Function<Column, String> value) {
    return jsonObject(table.key(), value);
  }

  private static String asText(String json) {
    return "CAST(" + json + " AS pg_catalog.text)";
  }

  /** A call takes at most 100 arguments: wider objects are joined from several. */
  private static String jsonObject(
      List<Column> columns, java.util.function.Function<Column, String> value) {
    var calls = new ArrayList<String>();
    for (int i = 0; i < columns.size(); i += 50) {
      calls.add(
          columns.subList(i, Math.min(i + 50, columns.size())).stream()
              .map(column -> column.literal() + ", " + value.apply(column))
              .collect(Collectors.joining(", ", "pg_catalog.jsonb_build_object(", ")")));
    }
    return String.join(" OPERATOR(pg_catalog.||) ", calls);
  }

  private List<Column> captured() {
    return table.columns().isEmpty() ? table.relation().columns() : table.columns();
  }

  private long mostRows() {
    return Math.clamp(LARGEST_PIECE.bytes() / Math.max(1, maxRow.bytes()), 1, MOST_ROWS);
  }

  /** A string constant whose quotes the text cannot end early, whatever names are in it. */
  static String dollarQuoted(String text) {
    var tag = "$rowcast$";
    for (int i = 1; text.contains(tag); i++) {
      tag = "$rowcast" + i + "$";
    }
    return tag + text + tag;
  }

  private static SqlResource resource(String name) {
    return SqlResource.of(CaptureSql.class, name);
  }
}
