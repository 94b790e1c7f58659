package dev.rowcast.shape;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * An event of docs/PROTOCOL.md, opened so that its rows can be asked for single columns.
 *
 * <p>Thread-safe. Opened once for all filters that look at it; its rows are gone through when the
 * first column is asked for.
 */
public final class RowEvent {

  /** What happened. */
  public enum Kind {
    INSERT,
    UPDATE,
    DELETE,
    TRUNCATE;

    private static Kind of(String word) {
      return switch (word) {
        case "insert" -> INSERT;
        case "update" -> UPDATE;
        case "delete" -> DELETE;
        case "truncate" -> TRUNCATE;
        default -> throw new IllegalArgumentException("an event of type '" + word + "'");
      };
    }
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
  private final List<String> unchanged;

  /** Made when they are needed; twice by two threads does no harm. */
  private @Nullable RowImage keyImage;

  private @Nullable RowImage formerKeyImage;
  private @Nullable RowImage rowImage;
  private @Nullable RowImage oldImage;

  private RowEvent(String json, Members members) {
    this.json = json;
    this.kind = Kind.of(members.text("type", members.type));
    this.table = members.text("table", members.table);
    this.transaction = members.text("tx", members.tx);
    this.isLast = "true".equals(members.last);
    this.key = members.key;
    this.oldKey = members.oldKey;
    this.row = members.row;
    this.old = members.old;
    this.unchanged = List.copyOf(names(members.unchanged));
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

    /** One member; names of ours hold nothing to be escaped. */
    void put(String json, int name, int nameEnd, int value, int valueEnd) {
      switch (json.substring(name + 1, nameEnd - 1)) {
        case "type" -> type = json.substring(value, valueEnd);
        case "table" -> table = json.substring(value, valueEnd);
        case "tx" -> tx = json.substring(value, valueEnd);
        case "last" -> last = json.substring(value, valueEnd);
        case "key" -> key = json.substring(value, valueEnd);
        case "old_key" -> oldKey = json.substring(value, valueEnd);
        case "row" -> row = json.substring(value, valueEnd);
        case "old" -> old = json.substring(value, valueEnd);
        case "unchanged" -> unchanged = json.substring(value, valueEnd);
        default -> {
          // Nothing that filters ask for.
        }
      }
    }

    String text(String name, @Nullable String value) {
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
    new JsonScanner(json)
        .places(
            (name, nameEnd, value, valueEnd) -> members.put(json, name, nameEnd, value, valueEnd));
    return new RowEvent(json, members);
  }

  private static List<String> names(@Nullable String array) {
    if (array == null) {
      return List.of();
    }
    var names = new ArrayList<String>();
    new JsonScanner(array).strings(names::add);
    return names;
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

  /** The key of the row, as its text stands there; empty: the table has none. */
  public Optional<String> key() {
    return Optional.ofNullable(key);
  }

  /** Columns that the row lacks, as their large values did not change. */
  public List<String> unchanged() {
    return unchanged;
  }

  /** Whether the row had another key before. */
  public boolean movesKey() {
    return oldKey != null;
  }

  /** The key of the row as it was before: whoever holds the row knows it by this. */
  @Nullable String formerKey() {
    return oldKey == null ? key : oldKey;
  }

  /** The value of a column after the change, as JSON; null when the event does not hold it. */
  @Nullable String now(String column) {
    var value = row == null ? null : rowImage().value(column);
    if (value != null) {
      return value;
    }
    return row != null && unchanged.contains(column)
        ? before(column)
        : key == null ? null : keyImage().value(column);
  }

  /** The same before the change. */
  @Nullable String before(String column) {
    var value = old == null ? null : oldImage().value(column);
    return value == null && key != null ? formerKeyImage().value(column) : value;
  }

  /** The row with what did not change, where the old one holds it. */
  String completed(String row) {
    if (unchanged.isEmpty()) {
      return row;
    }
    var whole = new StringBuilder(row.strip());
    whole.setLength(whole.length() - 1);
    for (var column : unchanged) {
      var value = before(column);
      if (value != null) {
        whole.append(whole.length() > 1 ? "," : "").append(JsonScanner.quoted(column));
        whole.append(':').append(value);
      }
    }
    return whole.append('}').toString();
  }

  /** The names of the columns that {@link #completed} still lacks; null when there are none. */
  @Nullable String missing() {
    var names =
        unchanged.stream()
            .filter(column -> before(column) == null)
            .map(JsonScanner::quoted)
            .toList();
    return names.isEmpty() ? null : "[" + String.join(",", names) + "]";
  }

  /** The event with each member as {@code rule} has it, and its end as told. */
  byte[] written(BiFunction<String, String, @Nullable String> rule, boolean last) {
    var written =
        new JsonScanner(json)
            .object((name, value) -> name.equals("last") ? null : rule.apply(name, value));
    return (last ? written.substring(0, written.length() - 1) + ",\"last\":true}" : written)
        .getBytes(UTF_8);
  }

  private RowImage keyImage() {
    var image = keyImage;
    if (image == null) {
      image = image(key);
      keyImage = image;
    }
    return image;
  }

  private RowImage formerKeyImage() {
    var image = formerKeyImage;
    if (image == null) {
      image = oldKey == null ? keyImage() : image(oldKey);
      formerKeyImage = image;
    }
    return image;
  }

  private RowImage rowImage() {
    var image = rowImage;
    if (image == null) {
      image = image(row);
      rowImage = image;
    }
    return image;
  }

  private RowImage oldImage() {
    var image = oldImage;
    if (image == null) {
      image = image(old);
      oldImage = image;
    }
    return image;
  }

  private static RowImage image(@Nullable String object) {
    return RowImage.of(object == null ? "{}" : object);
  }
}
