package dev.rowcast.shape;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An event of docs/PROTOCOL.md, opened so that its rows can be asked for single columns.
 *
 * <p>Immutable. Opened once for all filters that look at it; nothing is copied, and a column is
 * found by going through the row's text.
 */
public final class RowEvent {

  /** What happened. */
  public enum Kind {
    INSERT,
    UPDATE,
    DELETE,
    TRUNCATE
  }

  private final String json;
  private final Kind kind;
  private final String table;
  private final String transaction;
  private final boolean isLast;
  private final @Nullable String key;
  private final @Nullable String oldKey;
  private final @Nullable String row;
  private final @Nullable String old;
  private final @Nullable String unchanged;

  private RowEvent(String json, Members members) {
    this.json = json;
    this.kind = Kind.valueOf(members.text("type").toUpperCase(Locale.ROOT));
    this.table = members.text("table");
    this.transaction = members.text("tx");
    this.isLast = "true".equals(members.last);
    this.key = members.key;
    this.oldKey = members.oldKey;
    this.row = members.row;
    this.old = members.old;
    this.unchanged = members.unchanged;
  }

  /** The members that are asked for, as they stand there. */
  private static final class Members {
    @Nullable String type;
    @Nullable String table;
    @Nullable String tx;
    @Nullable String last;
    @Nullable String key;
    @Nullable String oldKey;
    @Nullable String row;
    @Nullable String old;
    @Nullable String unchanged;

    void put(String name, String value) {
      switch (name) {
        case "type" -> type = value;
        case "table" -> table = value;
        case "tx" -> tx = value;
        case "last" -> last = value;
        case "key" -> key = value;
        case "old_key" -> oldKey = value;
        case "row" -> row = value;
        case "old" -> old = value;
        case "unchanged" -> unchanged = value;
        default -> {
          // Nothing that filters ask for.
        }
      }
    }

    String text(String name) {
      var value =
          switch (name) {
            case "type" -> type;
            case "table" -> table;
            default -> tx;
          };
      if (value == null) {
        throw new IllegalArgumentException("an event without " + name);
      }
      return JsonScanner.unquoted(value);
    }
  }

  /**
   * Opens an event.
   *
   * @throws IllegalArgumentException when it is not one of ours
   */
  public static RowEvent read(byte[] event) {
    var json = new String(event, UTF_8);
    var members = new Members();
    new JsonScanner(json).members(members::put);
    return new RowEvent(json, members);
  }

  /** What happened to the row. */
  public Kind kind() {
    return kind;
  }

  /** {@code schema.name}. */
  public String table() {
    return table;
  }

  /** PostgreSQL's transaction number, as text. */
  public String transaction() {
    return transaction;
  }

  /** Whether it is the last of what was captured of its transaction at once. */
  public boolean isLast() {
    return isLast;
  }

  String json() {
    return json;
  }

  /** The key of the row as it was before: whoever holds the row knows it by this. */
  @Nullable String formerKey() {
    return oldKey == null ? key : oldKey;
  }

  /** The value of a column after the change, as JSON; null when the event does not hold it. */
  @Nullable String now(String column) {
    var value = member(row, column);
    if (value == null) {
      value = member(key, column);
    }
    if (value == null && unchanged != null && old != null) {
      return new JsonScanner(unchanged).holds(column) ? member(old, column) : null;
    }
    return value;
  }

  /** The same before the change. */
  @Nullable String before(String column) {
    var value = member(old, column);
    return value == null ? member(formerKey(), column) : value;
  }

  private static @Nullable String member(@Nullable String object, String column) {
    return object == null ? null : new JsonScanner(object).member(column);
  }
}
