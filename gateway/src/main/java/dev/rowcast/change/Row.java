package dev.rowcast.change;

/**
 * One row, as the JSON object that {@code to_jsonb(row)} gives in PostgreSQL, or a part of its
 * columns.
 *
 * <p>Immutable. The text is kept as PostgreSQL wrote it: numbers lose no digit on the way.
 *
 * @param json a JSON object
 */
public record Row(String json) {}
