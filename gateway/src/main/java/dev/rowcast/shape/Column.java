package dev.rowcast.shape;

/**
 * A column as a filter needs to know it.
 *
 * <p>Immutable.
 *
 * @param quoted as {@code quote_ident} writes the name
 * @param typeName its type with its schema, safe in SQL: {@code pg_catalog.int8}; of a domain the
 *     one below it
 * @param type what comparing it means
 * @param isCaptured whether events hold it
 */
public record Column(
    String name, String quoted, String typeName, ColumnType type, boolean isCaptured) {
  private static final String SYSTEM = "pg_catalog.";

  /** The type as clients are told it: {@code int8}, {@code public.mood}. */
  public String shownType() {
    var plain = typeName.replace("\"", "");
    return plain.startsWith(SYSTEM) ? plain.substring(SYSTEM.length()) : plain;
  }
}
