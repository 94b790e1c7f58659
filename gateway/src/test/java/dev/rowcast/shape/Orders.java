package dev.rowcast.shape;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;

/** The table {@code public.orders} of the examples, its events and its shapes. */
final class Orders {
  static final TableColumns TABLE =
      new TableColumns(
          "public.orders",
          "public.orders",
          List.of("id"),
          List.of(
              column("id", "int8", ColumnType.Plain.INT8),
              column("status", "text", new ColumnType.Text(ColumnType.Collation.C, false)),
              column("size", "numeric", ColumnType.Plain.NUMERIC),
              column("at", "timestamptz", ColumnType.Plain.TIMESTAMPTZ),
              column("paid", "bool", ColumnType.Plain.BOOL),
              column("mood", "mood", new ColumnType.Enumeration(List.of("sad", "ok", "glad"))),
              column(
                  "note",
                  "text",
                  new ColumnType.Text(
                      new ColumnType.Collation(true, false, ColumnType.Folding.UNICODE), false)),
              column(
                  "turkish",
                  "text",
                  new ColumnType.Text(
                      new ColumnType.Collation(true, false, ColumnType.Folding.OTHER), false)),
              column(
                  "loose",
                  "text",
                  new ColumnType.Text(
                      new ColumnType.Collation(false, false, ColumnType.Folding.UNICODE), false)),
              column("box", "box", new ColumnType.Other(true)),
              column("doc", "jsonb", new ColumnType.Other(false)),
              new Column("hidden", "hidden", "pg_catalog.int8", ColumnType.Plain.INT8, false)));

  private Orders() {}

  private static Column column(String name, String type, ColumnType meaning) {
    return new Column(name, name, "pg_catalog." + type, meaning, true);
  }

  static Filter filter(String text) {
    return switch (Filter.parse(text, FilterSettings.DEFAULTS)) {
      case Filter.Parsed.Accepted(var filter) -> filter;
      case Filter.Parsed.Refused(var why) -> throw new AssertionError(why);
    };
  }

  static Shape shape(String filter, String... columns) {
    return switch (Shape.of(TABLE, filter(filter), List.of(columns))) {
      case Shape.Made.Accepted(var shape) -> shape;
      case Shape.Made.Refused(var why) -> throw new AssertionError(why);
    };
  }

  static String refusal(String filter) {
    return switch (Shape.of(TABLE, filter(filter), List.of())) {
      case Shape.Made.Accepted(var shape) -> throw new AssertionError(shape.condition());
      case Shape.Made.Refused(var why) -> why;
    };
  }

  /** With members between the table and the transaction. */
  static RowEvent event(String type, String members) {
    return RowEvent.read(
        ("{\"type\":\"%s\",\"position\":\"e.1-0\",\"table\":\"public.orders\",%s,"
                + "\"committed_at\":\"now\",\"tx\":\"7\"}")
            .formatted(type, members)
            .getBytes(UTF_8));
  }

  static RowEvent inserted(String row) {
    return event("insert", "\"key\":{\"id\":7},\"row\":" + row);
  }

  static RowEvent updated(String old, String row) {
    return event("update", "\"key\":{\"id\":7},\"row\":" + row + ",\"old\":" + old);
  }
}
