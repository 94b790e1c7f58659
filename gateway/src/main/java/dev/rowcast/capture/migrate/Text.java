package dev.rowcast.capture.migrate;

import dev.rowcast.change.TableName;

/** Names as people and comments can bear them: no control character breaks a line. Stateless. */
final class Text {
  private Text() {}

  static String printable(TableName table) {
    return printable(table.toString());
  }

  static String printable(String text) {
    return text.codePoints()
        .map(c -> Character.isISOControl(c) || c == 0x2028 || c == 0x2029 ? '?' : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }
}
