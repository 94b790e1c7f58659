package dev.rowcast.shape;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A row's JSON with the places of its values. Immutable. */
final class RowImage {
  private final String[] names;
  private final String[] values;

  private RowImage(List<String> pieces) {
    this.names = new String[pieces.size() / 2];
    this.values = new String[names.length];
    for (int i = 0; i < names.length; i++) {
      names[i] = pieces.get(2 * i);
      values[i] = pieces.get(2 * i + 1);
    }
  }

  static RowImage of(String object) {
    var pieces = new ArrayList<String>();
    new JsonScanner(object)
        .members((name, value) -> {
          pieces.add(name);
          pieces.add(value);
        });
    return new RowImage(pieces);
  }

  /** The column's JSON; null when it is not there. */
  @Nullable String value(String column) {
    for (int i = 0; i < names.length; i++) {
      if (names[i].equals(column)) {
        return values[i];
      }
    }
    return null;
  }
}
