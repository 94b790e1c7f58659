package dev.rowcast.feed;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * One row change as everybody reads it.
 *
 * <p>Immutable as long as nobody writes to {@code json}, which is shared and never copied.
 *
 * @param minor the second number of its position; the first is its entry's
 * @param table {@code schema.name}
 * @param type {@code insert}, {@code update}, {@code delete} or {@code truncate}
 * @param json the event of docs/PROTOCOL.md, UTF-8
 */
@SuppressWarnings("ArrayRecordComponent") // Compared by nobody; a copy of each would cost.
public record FeedChange(long minor, String type, String table, byte[] json) {
  /** What one costs in memory beside its bytes. */
  private static final int OVERHEAD = 96;

  /**
   * Reads type and table from the event's own text, which begins with them.
   *
   * @throws IllegalArgumentException when the text is not an event of ours
   */
  public static FeedChange read(long minor, byte[] json) {
    var head = new String(json, 0, Math.min(json.length, 1024), UTF_8);
    return new FeedChange(minor, member(head, "type"), member(head, "table"), json);
  }

  /** What it takes of a bound of bytes. */
  public long bytes() {
    return (long) OVERHEAD + json.length;
  }

  private static String member(String head, String name) {
    var start = head.indexOf("\"" + name + "\":\"");
    if (start < 0) {
      throw new IllegalArgumentException("an event without " + name + ": " + head);
    }
    var text = new StringBuilder();
    for (var i = start + name.length() + 4; i < head.length(); i++) {
      var c = head.charAt(i);
      if (c == '"') {
        return text.toString();
      }
      if (c == '\\' && i + 1 < head.length()) {
        i++;
        if (head.charAt(i) == 'u' && i + 4 < head.length()) {
          text.append((char) Integer.parseInt(head, i + 1, i + 5, 16));
          i += 4;
          continue;
        }
        text.append(
            switch (head.charAt(i)) {
              case 'b' -> '\b';
              case 'f' -> '\f';
              case 'n' -> '\n';
              case 'r' -> '\r';
              case 't' -> '\t';
              default -> head.charAt(i);
            });
      } else {
        text.append(c);
      }
    }
    throw new IllegalArgumentException("an event whose " + name + " does not end: " + head);
  }
}
