package dev.rowcast.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What an operator wrote, before anybody asked what it means.
 *
 * <p>Immutable.
 */
sealed interface Value {

  /** Where it was written. */
  Origin origin();

  /** Nothing, on purpose: {@code null} or {@code ~}. */
  record Nothing(Origin origin) implements Value {
    @Override
    public String toString() {
      return "null";
    }
  }

  /** One word or text; {@code quoted} in YAML, hence certainly a text. */
  record Text(String text, boolean quoted, Origin origin) implements Value {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./*][A-Za-z0-9_./*@+-]*");

    @Override
    public String toString() {
      return written(text);
    }

    /** The text as YAML reads it back inside a list. */
    static String written(String text) {
      return PLAIN.matcher(text).matches() && !text.equals("null")
          ? text
          : "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }
  }

  /** A list. */
  record Items(List<Value> items, Origin origin) implements Value {
    @Override
    public String toString() {
      return items.toString();
    }
  }

  /** A block of keys, in their order. */
  record Fields(Map<String, Value> fields, Origin origin) implements Value {
    @Override
    public String toString() {
      var parts = new ArrayList<String>();
      fields.forEach((name, value) -> parts.add(name + ": " + value));
      return "{" + String.join(", ", parts) + "}";
    }
  }
}
