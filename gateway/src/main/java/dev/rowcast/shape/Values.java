package dev.rowcast.shape;

import org.jspecify.annotations.Nullable;

/**
 * The values of one type: read from events and from filters, compared as PostgreSQL compares them.
 *
 * <p>Immutable. Values that PostgreSQL calls equal are equal as objects, so that they find each
 * other in a map.
 */
interface Values {

  /** A value as an event has it, not JSON's null; null when it cannot be told which one it is. */
  @Nullable Object ofJson(JsonPiece json);

  /** A value as a filter has it; null when it is not one of the type, or could mean several. */
  @Nullable Object ofText(String text);

  /** The value in a form that PostgreSQL reads the same whatever its session's settings are. */
  String toText(Object value);

  /** An example of the text, for whoever wrote another one. */
  String example();

  /** The order of two values. */
  int compare(Object one, Object other);

  /** Whether {@code gt} and its kin can be asked; else a sentence why not. */
  default @Nullable String whyUnordered() {
    return null;
  }

  /** What a string of JSON says; null when it is something else. */
  static @Nullable String string(JsonPiece json) {
    return json.isString() ? json.string() : null;
  }

  /** The values of a type; null where there is nothing to compare. */
  static @Nullable Values of(ColumnType type) {
    return switch (type) {
      case ColumnType.Plain plain -> of(plain);
      case ColumnType.Text(var collation, var padded) -> new TextValues(collation, padded);
      case ColumnType.Enumeration(var labels) -> new EnumValues(labels);
      case ColumnType.Other _ -> null;
    };
  }

  private static Values of(ColumnType.Plain type) {
    return switch (type) {
      case BOOL -> SimpleValues.BOOL;
      case UUID -> SimpleValues.UUID;
      case BYTEA -> SimpleValues.BYTEA;
      case INT2 -> NumberValues.INT2;
      case INT4 -> NumberValues.INT4;
      case INT8 -> NumberValues.INT8;
      case NUMERIC -> NumberValues.NUMERIC;
      case FLOAT4 -> NumberValues.FLOAT4;
      case FLOAT8 -> NumberValues.FLOAT8;
      case DATE -> TimeValues.DATE;
      case TIME -> TimeValues.TIME;
      case TIMETZ -> TimeValues.TIMETZ;
      case TIMESTAMP -> TimeValues.TIMESTAMP;
      case TIMESTAMPTZ -> TimeValues.TIMESTAMPTZ;
      case INTERVAL -> SimpleValues.INTERVAL;
    };
  }
}
