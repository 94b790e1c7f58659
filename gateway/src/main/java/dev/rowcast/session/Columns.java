package dev.rowcast.session;

import dev.rowcast.shape.Shape;
import java.util.LinkedHashMap;
import java.util.Map;

/** Functions without state: the columns that a shape shows, with their types. */
final class Columns {
  private Columns() {}

  /** In the table's order, the key among them; types of PostgreSQL's own without their schema. */
  static Map<String, String> shown(Shape shape) {
    var table = shape.table();
    var types = new LinkedHashMap<String, String>();
    for (var column : table.columns()) {
      var isChosen = shape.columns().isEmpty() || shape.columns().contains(column.name());
      if (column.isCaptured() && (isChosen || table.key().contains(column.name()))) {
        types.put(column.name(), column.typeName().replaceFirst("^pg_catalog\\.", ""));
      }
    }
    return types;
  }
}
