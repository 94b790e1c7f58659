package dev.rowcast.shape;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A row's JSON with the places of its values.
 *
 * <p>Immutable as long as nobody writes to the bytes, which are shared.
 */
final class RowImage {
  /** Where a member's name begins and ends, quotes included, and where its value does. */
  private static final int PLACES = 4;

  private final JsonPiece object;
  private final int[] places;
  private final int size;

  private RowImage(JsonPiece object, int[] places, int size) {
    this.object = object;
    this.places = places;
    this.size = size;
  }

  /** The object that comes next. */
  static RowImage read(JsonScanner json) {
    var places = new int[8 * PLACES];
    var size = 0;
    var start = json.enter('{');
    while (json.hasNext('}')) {
      if (size == places.length) {
        places = Arrays.copyOf(places, 2 * size);
      }
      var name = json.name();
      var value = json.value();
      places[size++] = name.from();
      places[size++] = name.to();
      places[size++] = value.from();
      places[size++] = value.to();
    }
    return new RowImage(json.since(start), places, size);
  }

  /** As it stands there. */
  JsonPiece object() {
    return object;
  }

  /** The column's JSON; null when it is not there. */
  @Nullable JsonPiece value(String column) {
    for (int i = 0; i < size; i += PLACES) {
      if (object.at(places[i], places[i + 1]).says(column)) {
        return object.at(places[i + 2], places[i + 3]);
      }
    }
    return null;
  }
}
