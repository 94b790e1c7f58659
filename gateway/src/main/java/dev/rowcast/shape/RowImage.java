package dev.rowcast.shape;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A row's JSON with the places of its values. Immutable. */
final class RowImage {
  /** Where a member's name begins and ends, quotes included, and where its value does. */
  private static final int PLACES = 4;

  private final String object;
  private final int[] places;
  private final boolean hasEscapes;

  private RowImage(String object, int[] places) {
    this.object = object;
    this.places = places;
    this.hasEscapes = object.indexOf('\\') >= 0;
  }

  static RowImage of(String object) {
    var found = new Found();
    new JsonScanner(object).places(found);
    return new RowImage(object, Arrays.copyOf(found.places, found.size));
  }

  private static final class Found implements JsonScanner.Places {
    int[] places = new int[8 * PLACES];
    int size;

    @Override
    public void member(int name, int nameEnd, int value, int valueEnd) {
      if (size == places.length) {
        places = Arrays.copyOf(places, 2 * size);
      }
      places[size++] = name;
      places[size++] = nameEnd;
      places[size++] = value;
      places[size++] = valueEnd;
    }
  }

  /** The column's JSON; null when it is not there. */
  @Nullable String value(String column) {
    for (int i = 0; i < places.length; i += PLACES) {
      if (isNamed(places[i], places[i + 1], column)) {
        return object.substring(places[i + 2], places[i + 3]);
      }
    }
    return null;
  }

  private boolean isNamed(int name, int end, String column) {
    return hasEscapes
        ? JsonScanner.unquoted(object.substring(name, end)).equals(column)
        : end - name == column.length() + 2 && object.startsWith(column, name + 1);
  }
}
