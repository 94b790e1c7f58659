package dev.rowcast.shape;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The labels of an enumeration, by their place in it. Immutable. */
final class EnumValues implements Values {
  private final List<String> labels;
  private final Map<String, Integer> places = new HashMap<>();

  EnumValues(List<String> labels) {
    this.labels = labels;
    for (int i = 0; i < labels.size(); i++) {
      places.put(labels.get(i), i);
    }
  }

  /** A label that was added since cannot be placed. */
  @Override
  public @Nullable Object ofJson(JsonPiece json) {
    var label = Values.string(json);
    return label == null ? null : places.get(label);
  }

  @Override
  public @Nullable Object ofText(String text) {
    return places.get(text);
  }

  @Override
  public String toText(Object value) {
    return labels.get((Integer) value);
  }

  @Override
  public String example() {
    return "one of its labels";
  }

  @Override
  public int compare(Object one, Object other) {
    return Integer.compare((Integer) one, (Integer) other);
  }
}
