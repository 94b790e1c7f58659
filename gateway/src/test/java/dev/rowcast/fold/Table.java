package dev.rowcast.fold;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The tables of the test: what their columns are and hold. Immutable. */
enum Table {
  /**
   * Every column in the old row, keys that change, a value that is too large to stay in the row.
   */
  ORDERS(
      true,
      new Column("id", "int", Kind.KEY, numbers(60)),
      new Column("status", "text", Kind.TEXT, List.of("open", "paid", "sent", "a, (b)", "öde")),
      new Column("size", "int", Kind.ORDERED, numbers(9)),
      new Column("paid", "bool", Kind.BOOL, List.of("true", "false")),
      new Column("amount", "numeric", Kind.ORDERED, List.of("0", "1.5", "1.50", "20", "-7.25")),
      new Column(
          "at",
          "timestamptz",
          Kind.ORDERED,
          List.of("2030-01-01T00:00:00Z", "2030-06-01T12:30:00.25Z", "2031-01-01T00:00:00Z")),
      new Column("memo", "text", Kind.LARGE, List.of("m1", "m2", "n3"))),

  /** Follows the keys of the orders and goes with them; a key of two columns. */
  LINES(
      true,
      new Column("order_id", "int", Kind.KEY, numbers(60)),
      new Column("nr", "smallint", Kind.KEY, numbers(3)),
      new Column("price", "numeric(10,2)", Kind.ORDERED, List.of("0", "1.50", "9.99", "250")),
      new Column("day", "date", Kind.ORDERED, List.of("2030-01-01", "2030-02-28", "2031-05-05")),
      new Column("note", "varchar(40)", Kind.TEXT, List.of("a", "ab", "b\"c", "100%"))),

  /** Of the old row only the key; a large value that is not told when it does not change. */
  NOTES(
      false,
      new Column("id", "uuid", Kind.KEY, uuids(40)),
      new Column("mood", "mood", Kind.ORDERED, List.of("low", "mid", "high")),
      new Column("score", "float8", Kind.ORDERED, List.of("0", "0.5", "-2.25", "1e10")),
      new Column("data", "jsonb", Kind.SHOWN, List.of("{\"a\": 1}", "[1, null]", "\"x\"")),
      new Column("body", "text", Kind.LARGE, List.of("b1", "b2", "c3")));

  /** What can be asked of a column. */
  enum Kind {
    KEY,
    ORDERED,
    TEXT,
    BOOL,
    /** Sometimes longer than what PostgreSQL keeps in a row. */
    LARGE,
    /** Never asked for. */
    SHOWN
  }

  /**
   * A column.
   *
   * @param values literals of PostgreSQL, without quotes
   */
  record Column(String name, String type, Kind kind, List<String> values) {
    String value(SplittableRandom random) {
      return values.get(random.nextInt(values.size()));
    }

    /** One of its values, or null, as SQL. */
    String literal(SplittableRandom random) {
      if (kind != Kind.KEY && random.nextInt(8) == 0) {
        return "NULL";
      }
      if (kind == Kind.LARGE && random.nextInt(6) == 0) {
        return "repeat('%s', 1400)".formatted(value(random));
      }
      return literal(value(random));
    }

    String literal(String value) {
      return "'" + value.replace("'", "''") + "'::" + type;
    }
  }

  private final boolean hasOldRows;

  @SuppressWarnings("ImmutableEnumChecker") // List.of cannot be changed.
  private final List<Column> columns;

  Table(boolean hasOldRows, Column... columns) {
    this.hasOldRows = hasOldRows;
    this.columns = List.of(columns);
  }

  /** What PostgreSQL calls it. */
  String sql() {
    return toString();
  }

  /** Whether events tell the whole old row. */
  boolean hasOldRows() {
    return hasOldRows;
  }

  List<Column> columns() {
    return columns;
  }

  List<String> key() {
    return columns.stream().filter(column -> column.kind() == Kind.KEY).map(Column::name).toList();
  }

  /** The columns beside the key. */
  List<Column> others() {
    return columns.stream().filter(column -> column.kind() != Kind.KEY).toList();
  }

  /** Creates all of them. */
  static List<String> created() {
    var statements = new ArrayList<String>();
    statements.add("CREATE TYPE mood AS ENUM ('low', 'mid', 'high')");
    for (var table : values()) {
      statements.add(
          table.columns.stream()
              .map(column ->
                  column.name()
                      + " "
                      + column.type()
                      + (column.kind() == Kind.TEXT && column.type().equals("text")
                          ? " COLLATE \"C\""
                          : ""))
              .collect(
                  Collectors.joining(
                      ", ",
                      "CREATE TABLE " + table.sql() + " (",
                      ", PRIMARY KEY (" + String.join(", ", table.key()) + "))")));
      for (var column : table.columns) {
        if (column.kind() == Kind.LARGE) {
          statements.add(
              "ALTER TABLE %s ALTER COLUMN %s SET STORAGE EXTERNAL"
                  .formatted(table.sql(), column.name()));
        }
      }
    }
    statements.add(
        "ALTER TABLE lines ADD FOREIGN KEY (order_id) REFERENCES orders"
            + " ON UPDATE CASCADE ON DELETE CASCADE");
    statements.add("CREATE TABLE done (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY)");
    return statements;
  }

  private static List<String> numbers(int last) {
    return IntStream.rangeClosed(1, last).mapToObj(Integer::toString).toList();
  }

  private static List<String> uuids(int last) {
    return IntStream.rangeClosed(1, last)
        .mapToObj("a0eebc99-9c0b-4ef8-bb6d-%012d"::formatted)
        .toList();
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
