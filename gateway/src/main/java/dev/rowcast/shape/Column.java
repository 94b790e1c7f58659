package dev.rowcast.shape;

/**
 * A column as a filter needs to know it.
 *
 * <p>Immutable.
 *
 * @param quoted as {@code quote_ident} writes the name
 * @param typeName as {@code format_type} writes its type: {@code int8}, {@code public.mood}
 * @param type what comparing it means
 * @param isCaptured whether events hold it
 */
public record Column(
    String name, String quoted, String typeName, ColumnType type, boolean isCaptured) {}
