package dev.rowcast.capture.wal;

import java.util.List;

/**
 * What {@code to_jsonb} makes of a type: the cases of PostgreSQL's own {@code
 * json_categorize_type}, domains looked through.
 *
 * <p>Immutable.
 */
sealed interface JsonType {
  JsonType BOOL = new Bool();
  JsonType NUMBER = new Numeric();
  JsonType TIMESTAMP = new Timestamp();
  JsonType TIMESTAMP_WITH_ZONE = new TimestampWithZone();
  JsonType JSON = new Json();
  JsonType JSONB = new Jsonb();
  JsonType HSTORE = new Hstore();
  JsonType TEXT = new Text();

  record Bool() implements JsonType {}

  /** Integers, floats, numeric. */
  record Numeric() implements JsonType {}

  record Timestamp() implements JsonType {}

  record TimestampWithZone() implements JsonType {}

  /** To be put into {@code jsonb}'s form. */
  record Json() implements JsonType {}

  /** In that form already. */
  record Jsonb() implements JsonType {}

  record Hstore() implements JsonType {}

  /** Everything that becomes a string, as its output function writes it. */
  record Text() implements JsonType {}

  /** Numbers between blanks: {@code int2vector}, {@code oidvector}. */
  record Vector(JsonType element) implements JsonType {}

  /** An array of any dimension. */
  record Array(JsonType element, char delimiter) implements JsonType {}

  /** A composite type, its columns in their order. */
  record Composite(List<Field> fields) implements JsonType {
    /** Copies the list. */
    public Composite {
      fields = List.copyOf(fields);
    }
  }

  /** A column of a composite type. */
  record Field(String name, JsonType type) {}

  /** A type with a cast to json of the application's own: only PostgreSQL knows. */
  record Cast(String type) implements JsonType {}
}
