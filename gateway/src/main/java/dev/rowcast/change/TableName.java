package dev.rowcast.change;

/**
 * A table as PostgreSQL knows it: schema and name, unquoted, case kept.
 *
 * <p>Immutable. Example: {@code public.orders}; the text form does not quote and is for patterns,
 * messages and logs, never for SQL.
 */
public record TableName(String schema, String name) {

  @Override
  public String toString() {
    return schema + "." + name;
  }
}
