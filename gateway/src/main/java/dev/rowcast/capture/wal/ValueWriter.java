package dev.rowcast.capture.wal;

import dev.rowcast.change.JsonText;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Writes a value, given as its type's output function wrote it, as {@code to_jsonb} would.
 *
 * <p>Confined to the thread that reads the log. What a function of the application's own must
 * decide is asked of {@link Casts}; everything else is a pure function of type and text.
 *
 * <p>The text is expected under {@code DateStyle} ISO and with shortest floats, as {@code
 * session.sql} asks for.
 */
final class ValueWriter {

  /** Asks PostgreSQL what a type's own cast makes of a value. */
  interface Casts {
    /** The JSON, or null when the cast refuses the value. */
    @Nullable String json(String type, String text);
  }

  private final Casts casts;

  ValueWriter(Casts casts) {
    this.casts = casts;
  }

  /** Appends the value; false when {@code to_jsonb} would fail, and then {@code out} is spoilt. */
  boolean append(JsonType type, @Nullable String text, StringBuilder out) {
    if (text == null) {
      out.append("null");
      return true;
    }
    return switch (type) {
      case JsonType.Bool _ -> appended(out, text.equals("t") ? "true" : "false");
      case JsonType.Numeric _ -> JsonbText.appendNumber(text, out);
      case JsonType.Timestamp _ -> moment(text, false, out);
      case JsonType.TimestampWithZone _ -> moment(text, true, out);
      case JsonType.Json _ -> JsonbText.append(text, out);
      case JsonType.Jsonb _ -> appended(out, text);
      case JsonType.Hstore _ -> hstore(text, out);
      case JsonType.Text _ -> quoted(text, out);
      case JsonType.Vector(var element) -> vector(element, text, out);
      case JsonType.Array(var element, var delimiter) -> array(element, delimiter, text, out);
      case JsonType.Composite(var fields) -> composite(fields, text, out);
      case JsonType.Cast(var name) -> cast(name, text, out);
    };
  }

  private static boolean appended(StringBuilder out, String json) {
    out.append(json);
    return true;
  }

  private static boolean quoted(String text, StringBuilder out) {
    JsonText.quote(text, out);
    return true;
  }

  /**
   * {@code 2026-11-23 20:00:00+00} has a T in JSON, and its offset has minutes, ISO's only where
   * they are not zero; {@code infinity} stays as it is.
   */
  private static boolean moment(String text, boolean hasZone, StringBuilder out) {
    var start = out.append('"').length();
    out.append(text);
    var blank = text.indexOf(' ');
    if (blank >= 0 && text.charAt(blank + 1) != 'B') {
      out.setCharAt(start + blank, 'T');
    }
    var end = text.endsWith(" BC") ? text.length() - 3 : text.length();
    var sign = end - 3;
    if (hasZone && sign > 0 && (text.charAt(sign) == '+' || text.charAt(sign) == '-')) {
      out.insert(start + end, ":00");
    }
    return appended(out, "\"");
  }

  private boolean vector(JsonType element, String text, StringBuilder out) {
    out.append('[');
    var separator = "";
    for (var part : text.split(" ", -1)) {
      if (!part.isEmpty()) {
        out.append(separator);
        append(element, part, out);
        separator = ", ";
      }
    }
    return appended(out, "]");
  }

  private boolean array(JsonType element, char delimiter, String text, StringBuilder out) {
    var reader = new QuotedText(text);
    if (reader.isNext('[')) {
      reader.skipTo('='); // the bounds of an array that does not begin at 1
    }
    return elements(reader, element, delimiter, out) && reader.isAtEnd();
  }

  private boolean elements(QuotedText reader, JsonType element, char delimiter, StringBuilder out) {
    if (!reader.take('{')) {
      return false;
    }
    out.append('[');
    if (reader.take('}')) {
      return appended(out, "]");
    }
    do {
      var whole =
          reader.isNext('{')
              ? elements(reader, element, delimiter, out)
              : append(element, reader.element(delimiter), out);
      if (!whole) {
        return false;
      }
      out.append(", ");
    } while (reader.take(delimiter));
    out.setLength(out.length() - 2);
    out.append(']');
    return reader.take('}');
  }

  private boolean composite(List<JsonType.Field> fields, String text, StringBuilder out) {
    var reader = new QuotedText(text);
    @Nullable String[] values = new String[fields.size()];
    var read = reader.take('(');
    for (int i = 0; read && i < values.length; i++) {
      values[i] = reader.field();
      read = reader.take(i + 1 < values.length ? ',' : ')');
    }
    if (values.length == 0 ? !text.equals("()") : !read || !reader.isAtEnd()) {
      // The type was altered after this row was written: what its columns were then is not known.
      return appended(out, JsonText.quote(text));
    }
    var separator = "{";
    for (int i : order(fields)) {
      out.append(separator).append(JsonText.quote(fields.get(i).name())).append(": ");
      if (!append(fields.get(i).type(), values[i], out)) {
        return false;
      }
      separator = ", ";
    }
    return appended(out, fields.isEmpty() ? "{}" : "}");
  }

  private static List<Integer> order(List<JsonType.Field> fields) {
    return IntStream.range(0, fields.size())
        .boxed()
        .sorted(Comparator.comparing(i -> fields.get(i).name(), JsonbText.KEY_ORDER))
        .toList();
  }

  private static boolean hstore(String text, StringBuilder out) {
    var reader = new QuotedText(text);
    var members = new ArrayList<String>();
    while (!reader.isAtEnd()) {
      var key = reader.quoted();
      if (!reader.take('=') || !reader.take('>')) {
        return false;
      }
      var value = reader.isNext('"') ? JsonText.quote(reader.quoted()) : reader.word("NULL");
      members.add(JsonText.quote(key) + ": " + value);
      if (reader.take(',')) {
        reader.take(' ');
      }
    }
    // hstore keeps its keys in jsonb's order already
    return appended(out, "{" + String.join(", ", members) + "}");
  }

  private boolean cast(String type, String text, StringBuilder out) {
    var json = casts.json(type, text);
    return json != null && appended(out, json);
  }
}
