package dev.rowcast.shape;

import dev.rowcast.shape.ColumnType.Collation;
import org.jspecify.annotations.Nullable;

/**
 * Texts under one collation. Immutable.
 *
 * @param padded whether blanks at the end do not count
 */
record TextValues(Collation collation, boolean padded) implements Values {

  @Override
  public @Nullable Object ofJson(JsonPiece json) {
    var text = Values.string(json);
    return text == null ? null : ofText(text);
  }

  @Override
  public Object ofText(String text) {
    if (!padded) {
      return text;
    }
    var end = text.length();
    while (end > 0 && text.charAt(end - 1) == ' ') {
      end--;
    }
    return text.substring(0, end);
  }

  @Override
  public String toText(Object value) {
    return (String) value;
  }

  @Override
  public String example() {
    return "any text";
  }

  /** By code points, which is the order of the bytes of UTF-8; Java's own is by UTF-16's units. */
  @Override
  public int compare(Object one, Object other) {
    var a = (String) one;
    var b = (String) other;
    var shorter = Math.min(a.length(), b.length());
    for (int i = 0; i < shorter; i++) {
      var x = a.charAt(i);
      var y = b.charAt(i);
      if (x != y) {
        return Character.isSurrogate(x) == Character.isSurrogate(y)
            ? Character.compare(x, y)
            : Character.isSurrogate(x) ? 1 : -1;
      }
    }
    return Integer.compare(a.length(), b.length());
  }

  @Override
  public @Nullable String whyUnordered() {
    return collation.binary()
        ? null
        : "its order is that of a collation, which only PostgreSQL knows; COLLATE \"C\" would do";
  }
}
