package dev.rowcast.shape;

import java.util.Arrays;

/**
 * Writes an object of JSON, member by member, without blanks of its own.
 *
 * <p>Confined to one thread.
 */
final class ObjectWriter {
  /** A comma before a member, a colon in it, and the brace behind the last one. */
  private static final int MARKS = 3;

  private byte[] json;
  private int size;

  /** An empty object that will be about so long. */
  ObjectWriter(int expected) {
    json = new byte[expected + MARKS];
    json[size++] = '{';
  }

  /** Goes on where an object ends; its members stay as they are. */
  ObjectWriter(JsonPiece object) {
    json = new byte[object.length() + MARKS];
    size = object.copyTo(json, 0) - 1;
  }

  /** One more member; its name is a string of JSON. */
  void member(JsonPiece name, JsonPiece value) {
    var needed = size + name.length() + value.length() + MARKS;
    if (needed > json.length) {
      json = Arrays.copyOf(json, Math.max(needed, 2 * json.length));
    }
    if (size > 1) {
      json[size++] = ',';
    }
    size = name.copyTo(json, size);
    json[size++] = ':';
    size = value.copyTo(json, size);
  }

  /** The object; nothing is added to it any more. */
  JsonPiece end() {
    json[size++] = '}';
    return new JsonPiece(json, 0, size);
  }
}
