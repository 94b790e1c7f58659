package dev.rowcast.shape;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * An event of docs/PROTOCOL.md, opened so that its rows can be asked for single columns.
 *
 * <p>Thread-safe; immutable as long as nobody writes to its bytes, which it keeps. Opened once for
 * all filters that look at it, in one pass that notes where each column stands.
 */
public final class RowEvent {

  /** What happened. */
  public enum Kind {
    INSERT,
    UPDATE,
    DELETE,
    TRUNCATE;

    private static final List<Kind> ALL = List.of(values());

    private final String word = name().toLowerCase(Locale.ROOT);

    private static Kind of(JsonPiece word) {
      for (var kind : ALL) {
        if (word.says(kind.word)) {
          return kind;
        }
      }
      throw new IllegalArgumentException("an event of type " + word);
    }
  }

  private static final JsonPiece LAST = JsonPiece.of("\"last\"");
  private static final JsonPiece TRUE = JsonPiece.of("true");

  private final byte[] json;
  private final Kind kind;
  private final String table;
  private final JsonPiece transaction;
  private final boolean isLast;
  private final @Nullable RowImage key;
  private final @Nullable RowImage oldKey;
  private final @Nullable RowImage row;
  private final @Nullable RowImage old;
  private final List<String> unchanged;

  private RowEvent(byte[] json, Members members) {
    this.json = json;
    this.kind = Kind.of(string("type", members.type));
    this.table = string("table", members.table).string();
    this.transaction = string("tx", members.transaction);
    this.isLast = members.isLast;
    this.key = members.key;
    this.oldKey = members.oldKey;
    this.row = members.row;
    this.old = members.old;
    this.unchanged = members.unchanged;
  }

  private static JsonPiece string(String name, @Nullable JsonPiece value) {
    if (value == null || !value.isString()) {
      throw new IllegalArgumentException("an event without " + name);
    }
    return value;
  }

  /** The members that are asked for. */
  private static final class Members {
    @Nullable JsonPiece type;
    @Nullable JsonPiece table;
    @Nullable JsonPiece transaction;
    boolean isLast;
    @Nullable RowImage key;
    @Nullable RowImage oldKey;
    @Nullable RowImage row;
    @Nullable RowImage old;
    List<String> unchanged = List.of();

    Members(JsonScanner json) {
      json.enter('{');
      while (json.hasNext('}')) {
        var name = json.name();
        if (name.says("type")) {
          type = json.value();
        } else if (name.says("table")) {
          table = json.value();
        } else if (name.says("key")) {
          key = RowImage.read(json);
        } else if (name.says("old_key")) {
          oldKey = RowImage.read(json);
        } else if (name.says("row")) {
          row = RowImage.read(json);
        } else if (name.says("old")) {
          old = RowImage.read(json);
        } else if (name.says("unchanged")) {
          unchanged = names(json);
        } else if (name.says("tx")) {
          transaction = json.value();
        } else if (name.says("last")) {
          isLast = json.value().is("true");
        } else {
          json.value();
        }
      }
    }

    private static List<String> names(JsonScanner json) {
      var names = new ArrayList<String>();
      json.enter('[');
      while (json.hasNext(']')) {
        names.add(json.value().string());
      }
      return List.copyOf(names);
    }
  }

  /**
   * Opens an event, whose bytes nobody may write to any more.
   *
   * @throws IllegalArgumentException when it is not one of ours
   */
  public static RowEvent read(byte[] event) {
    return new RowEvent(event, new Members(new JsonScanner(event)));
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
    return transaction.string();
  }

  /** Whether it is the last of what was captured of its transaction at once. */
  public boolean isLast() {
    return isLast;
  }

  /** The key of the row, as its text stands there, made anew; empty: the table has none. */
  public Optional<String> key() {
    return key == null ? Optional.empty() : Optional.of(key.object().toString());
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
  @Nullable JsonPiece formerKey() {
    var former = formerKeyImage();
    return former == null ? null : former.object();
  }

  private @Nullable RowImage formerKeyImage() {
    return oldKey == null ? key : oldKey;
  }

  /** The value of a column after the change; null when the event does not hold it. */
  @Nullable JsonPiece now(String column) {
    var value = value(row, column);
    if (value != null) {
      return value;
    }
    return row != null && unchanged.contains(column) ? before(column) : value(key, column);
  }

  /** The same before the change. */
  @Nullable JsonPiece before(String column) {
    var value = value(old, column);
    return value == null ? value(formerKeyImage(), column) : value;
  }

  private static @Nullable JsonPiece value(@Nullable RowImage image, String column) {
    return image == null ? null : image.value(column);
  }

  /** The row with what did not change, where the old one holds it. */
  JsonPiece completed(JsonPiece row) {
    if (unchanged.isEmpty()) {
      return row;
    }
    var whole = new ObjectWriter(row);
    for (var column : unchanged) {
      var value = before(column);
      if (value != null) {
        whole.member(JsonPiece.quoted(column), value);
      }
    }
    return whole.end();
  }

  /** The names of the columns that {@link #completed} still lacks; null when there are none. */
  @Nullable JsonPiece missing() {
    var names =
        unchanged.stream()
            .filter(column -> before(column) == null)
            .map(JsonPiece::quoted)
            .map(JsonPiece::toString)
            .toList();
    return names.isEmpty() ? null : JsonPiece.of("[" + String.join(",", names) + "]");
  }

  /** The event with each member as {@code rule} has it, and its end as told. */
  byte[] written(BiFunction<String, JsonPiece, @Nullable JsonPiece> rule, boolean last) {
    var written =
        new JsonScanner(json)
            .object((name, value) -> name.equals("last") ? null : rule.apply(name, value));
    if (last) {
      written.member(LAST, TRUE);
    }
    return written.end().bytes();
  }
}
