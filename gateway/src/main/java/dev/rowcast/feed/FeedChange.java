package dev.rowcast.feed;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

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
  private static final byte[] TYPE = "\"type\":\"".getBytes(UTF_8);
  private static final byte[] TABLE = "\"table\":\"".getBytes(UTF_8);

  /** Within so many bytes stand type, position and table, however long their names. */
  private static final int HEAD = 1024;

  /** What one costs in memory beside its bytes. */
  private static final int OVERHEAD = 96;

  private static final byte[] LAST = ",\"last\":true}".getBytes(UTF_8);

  /**
   * Reads type and table from the event's own text, which begins with them.
   *
   * @throws IllegalArgumentException when the text is not an event of ours
   */
  public static FeedChange read(long minor, byte[] json) {
    var typeEnd = find(json, TYPE, 0);
    return new FeedChange(minor, text(json, typeEnd), text(json, find(json, TABLE, typeEnd)), json);
  }

  /** Whether it is the last of what was captured of its transaction at once, as its text says. */
  public boolean isLast() {
    return json.length >= LAST.length
        && Arrays.equals(json, json.length - LAST.length, json.length, LAST, 0, LAST.length);
  }

  /** What it takes of a bound of bytes. */
  public long bytes() {
    return (long) OVERHEAD + json.length;
  }

  /** Where the first of these marks at or behind a place ends. */
  private static int find(byte[] json, byte[] mark, int from) {
    var last = Math.min(json.length, HEAD) - mark.length;
    for (int at = from; at <= last; at++) {
      if (Arrays.equals(json, at, at + mark.length, mark, 0, mark.length)) {
        return at + mark.length;
      }
    }
    throw new IllegalArgumentException(
        "an event without " + new String(mark, UTF_8) + ": " + head(json));
  }

  /** The JSON string whose content begins here. */
  private static String text(byte[] json, int start) {
    for (int at = start; at < json.length; at++) {
      if (json[at] == '"') {
        return new String(json, start, at - start, UTF_8);
      }
      if (json[at] == '\\') {
        return unescaped(head(json).substring(new String(json, 0, start, UTF_8).length()));
      }
    }
    throw new IllegalArgumentException("an event whose head does not end: " + head(json));
  }

  private static String head(byte[] json) {
    return new String(json, 0, Math.min(json.length, HEAD), UTF_8);
  }

  private static String unescaped(String json) {
    var text = new StringBuilder();
    for (int i = 0; i < json.length(); i++) {
      var c = json.charAt(i);
      if (c == '"') {
        return text.toString();
      }
      if (c == '\\' && i + 1 < json.length()) {
        i++;
        if (json.charAt(i) == 'u' && i + 4 < json.length()) {
          text.append((char) Integer.parseInt(json, i + 1, i + 5, 16));
          i += 4;
          continue;
        }
        text.append(
            switch (json.charAt(i)) {
              case 'b' -> '\b';
              case 'f' -> '\f';
              case 'n' -> '\n';
              case 'r' -> '\r';
              case 't' -> '\t';
              default -> json.charAt(i);
            });
      } else {
        text.append(c);
      }
    }
    throw new IllegalArgumentException("an event whose head does not end: " + json);
  }
}
