package dev.rowcast.change;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cuts JSON that PostgreSQL wrote into its pieces, each as the text it was: nothing is parsed into
 * numbers and written again, so no digit is lost.
 *
 * <p>Functions without state. The text must be valid JSON, which PostgreSQL's own output is; other
 * text gives pieces without meaning or an {@link IllegalArgumentException}, never an endless loop.
 */
public final class JsonText {

  private JsonText() {}

  /** The elements of an array, in their order. */
  public static List<String> elements(String array) {
    var elements = new ArrayList<String>();
    var at = open(array, '[');
    while (array.charAt(at) != ']') {
      var end = valueEnd(array, at);
      elements.add(array.substring(at, end));
      at = next(array, end, ']');
    }
    return elements;
  }

  /** The value of an object's member, or null when it has none of this name. */
  public static @Nullable String member(String object, String name) {
    return quotedMember(object, quote(name));
  }

  /** The same of a name as {@link #quote} writes it. */
  public static @Nullable String quotedMember(String object, String quoted) {
    var at = open(object, '{');
    while (object.charAt(at) != '}') {
      var nameEnd = valueEnd(object, at);
      // PostgreSQL escapes a name in one way only, the way of quote(): the raw texts are compared.
      var found = nameEnd - at == quoted.length() && object.startsWith(quoted, at);
      var value = blank(object, require(object, blank(object, nameEnd), ':') + 1);
      var end = valueEnd(object, value);
      if (found) {
        return object.substring(value, end);
      }
      at = next(object, end, '}');
    }
    return null;
  }

  /** How many members an object has. */
  public static int size(String object) {
    var size = 0;
    var at = open(object, '{');
    while (object.charAt(at) != '}') {
      var value = blank(object, require(object, blank(object, valueEnd(object, at)), ':') + 1);
      at = next(object, valueEnd(object, value), '}');
      size++;
    }
    return size;
  }

  /** A JSON string, escaped as PostgreSQL's {@code escape_json} does it. */
  public static String quote(String text) {
    var json = new StringBuilder(text.length() + 2);
    quote(text, json);
    return json.toString();
  }

  /** Appends such a string. */
  public static void quote(String text, StringBuilder json) {
    json.append('"');
    if (isPlain(text)) {
      json.append(text);
    } else {
      escape(text, json);
    }
    json.append('"');
  }

  private static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      var c = text.charAt(i);
      if (c < ' ' || c == '"' || c == '\\') {
        return false;
      }
    }
    return true;
  }

  private static void escape(String text, StringBuilder json) {
    for (int i = 0; i < text.length(); i++) {
      var c = text.charAt(i);
      switch (c) {
        case '"' -> json.append("\\\"");
        case '\\' -> json.append("\\\\");
        case '\b' -> json.append("\\b");
        case '\f' -> json.append("\\f");
        case '\n' -> json.append("\\n");
        case '\r' -> json.append("\\r");
        case '\t' -> json.append("\\t");
        default -> {
          if (c < ' ') {
            json.append("\\u00").append(c < 16 ? '0' : '1').append(Character.forDigit(c & 15, 16));
          } else {
            json.append(c);
          }
        }
      }
    }
  }

  /** Where the content after the opening bracket begins. */
  private static int open(String json, char bracket) {
    return blank(json, require(json, blank(json, 0), bracket) + 1);
  }

  /** Past the comma after a piece, or at the closing bracket. */
  private static int next(String json, int pieceEnd, char bracket) {
    var at = blank(json, pieceEnd);
    return json.charAt(at) == bracket ? at : blank(json, require(json, at, ',') + 1);
  }

  private static int require(String json, int at, char expected) {
    if (json.charAt(at) != expected) {
      throw malformed(json, at);
    }
    return at;
  }

  /** The first place from {@code at} that is not blank, and always one inside the text. */
  private static int blank(String json, int at) {
    var place = at;
    while (place < json.length() && json.charAt(place) <= ' ') {
      place++;
    }
    if (place >= json.length()) {
      throw malformed(json, place);
    }
    return place;
  }

  private static int valueEnd(String json, int start) {
    return switch (json.charAt(start)) {
      case '"' -> stringEnd(json, start);
      case '{', '[' -> nestedEnd(json, start);
      default -> scalarEnd(json, start);
    };
  }

  private static int nestedEnd(String json, int start) {
    var depth = 0;
    for (int at = start; at < json.length(); at++) {
      switch (json.charAt(at)) {
        case '"' -> at = stringEnd(json, at) - 1;
        case '{', '[' -> depth++;
        case '}', ']' -> {
          if (--depth == 0) {
            return at + 1;
          }
        }
        default -> {}
      }
    }
    throw malformed(json, start);
  }

  private static int stringEnd(String json, int start) {
    for (int at = json.indexOf('"', start + 1); at >= 0; at = json.indexOf('"', at + 1)) {
      if (!isEscaped(json, start, at)) {
        return at + 1;
      }
    }
    throw malformed(json, start);
  }

  /** Whether an odd number of backslashes stands before this place of a string. */
  private static boolean isEscaped(String json, int start, int at) {
    var before = at - 1;
    while (before > start && json.charAt(before) == '\\') {
      before--;
    }
    return (at - 1 - before) % 2 == 1;
  }

  private static int scalarEnd(String json, int start) {
    var at = start;
    while (at < json.length() && !endsScalar(json.charAt(at))) {
      at++;
    }
    if (at == start) {
      throw malformed(json, start);
    }
    return at;
  }

  private static boolean endsScalar(char c) {
    return switch (c) {
      case ',', ']', '}', ' ', '\n', '\r', '\t', ':' -> true;
      default -> false;
    };
  }

  private static IllegalArgumentException malformed(String json, int at) {
    return new IllegalArgumentException(
        "not JSON as PostgreSQL writes it, at character " + at + " of " + json.length());
  }
}
