package dev.rowcast.shape;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rowcast.message.Since;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What somebody is told of a table: the rows that a filter asks for, with some of their columns.
 *
 * <p>Immutable. Two shapes are equal when their ids are, and then they tell the same.
 */
public final class Shape {
  /** Enough that two of a million never meet, and short in every frame. */
  private static final int ID_BYTES = 12;

  private final String id;
  private final TableColumns table;
  private final List<String> columns;
  private final ColumnChoice choice;
  private final Condition condition;

  private Shape(TableColumns table, Condition condition, List<String> columns) {
    this.table = table;
    this.columns = columns.stream().sorted().distinct().toList();
    this.choice = ColumnChoice.of(this.columns);
    this.condition = condition;
    this.id = id(table.table() + "\n" + this.columns + "\n" + condition.canonical());
  }

  /** What came of a wish. */
  public sealed interface Made {
    /** In order. */
    record Accepted(Shape shape) implements Made {}

    /** Not possible; {@code why} is a sentence for whoever asked. */
    record Refused(String why) implements Made {}
  }

  /**
   * Understands a filter by the table's types.
   *
   * @param columns those that are shown, beside the key; empty: all
   */
  public static Made of(TableColumns table, Filter filter, List<String> columns) {
    for (var column : columns) {
      if (table.column(column).isEmpty()) {
        return new Made.Refused("there is no column '" + FilterParser.shown(column) + "'");
      }
    }
    try {
      return new Made.Accepted(new Shape(table, new Binding(table).of(filter), columns));
    } catch (Binding.Refusal refusal) {
      return new Made.Refused(String.valueOf(refusal.getMessage()));
    }
  }

  /**
   * Equal on every node and for every equal wish: the same table, columns and filter, however they
   * were written. Sixteen letters and digits of base64url.
   */
  public String id() {
    return id;
  }

  /** The table, and the types by which the filter was understood. */
  public TableColumns table() {
    return table;
  }

  /** The columns that are shown, beside the key, in alphabetical order; empty: all. */
  public List<String> columns() {
    return columns;
  }

  /** What a change is to somebody who holds the rows of this shape. */
  public Verdict judge(RowEvent event) {
    return switch (event.kind()) {
      case INSERT -> Verdict.ofInsert(now(event));
      case UPDATE -> Verdict.ofUpdate(before(event), now(event));
      case DELETE -> Verdict.ofDelete(before(event));
      case TRUNCATE -> Verdict.TRUNCATE;
    };
  }

  private Match now(RowEvent event) {
    return condition.of(event::now).match();
  }

  private Match before(RowEvent event) {
    return condition.of(event::before).match();
  }

  /**
   * The event as this shape's readers are sent it: with the verdict as its type, the chosen columns
   * alone, and nothing of a row that does not match. Not to be called for {@link Verdict#NOTHING}
   * and {@link Verdict#UNDECIDED}, of which there is no event.
   *
   * @param last whether it is the last event of its transaction in this shape
   */
  public byte[] write(RowEvent event, Verdict verdict, boolean last) {
    var showsOld = showsOld(event, verdict);
    return event.written((name, value) -> member(event, verdict, showsOld, name, value), last);
  }

  /** The same for one reader, with a position that is for this reader to come back with. */
  public byte[] write(RowEvent event, Verdict verdict, boolean last, Since position) {
    var showsOld = showsOld(event, verdict);
    return event.written(
        (name, value) ->
            name.equals("position")
                ? JsonPiece.quoted(position.toString())
                : member(event, verdict, showsOld, name, value),
        last);
  }

  private boolean showsOld(RowEvent event, Verdict verdict) {
    return (verdict == Verdict.UPDATE || verdict == Verdict.DELETE) && before(event) == Match.YES;
  }

  private @Nullable JsonPiece member(
      RowEvent event, Verdict verdict, boolean showsOld, String name, JsonPiece value) {
    return switch (name) {
      case "type" -> JsonPiece.quoted(verdict.word());
      case "key" -> verdict == Verdict.LEAVE ? event.formerKey() : value;
      case "old_key" -> verdict == Verdict.UPDATE ? value : null;
      case "row" ->
          switch (verdict) {
            case INSERT -> choice.ofRow(event.completed(value));
            case UPDATE -> choice.ofRow(value);
            default -> null;
          };
      case "old" -> showsOld ? choice.ofRow(value) : null;
      case "unchanged" ->
          switch (verdict) {
            case INSERT -> choice.ofNames(event.missing());
            case UPDATE -> choice.ofNames(value);
            default -> null;
          };
      case "truncated" -> verdict == Verdict.LEAVE ? null : value;
      default -> value;
    };
  }

  /** The filter as SQL. */
  public SqlCondition condition() {
    return condition.sql();
  }

  /** Values of one column of which a matching row has one; empty: nothing such can be said. */
  Optional<List<Condition.Anchor>> anchors() {
    return Optional.ofNullable(condition.anchors());
  }

  /** Whether a row matches exactly when it has one of these values. */
  boolean isSaidByAnchors() {
    return condition.isSaidByAnchors();
  }

  private static String id(String text) {
    try {
      var digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(Arrays.copyOf(digest, ID_BYTES));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Shape shape && shape.id.equals(id);
  }

  @Override
  public int hashCode() {
    return id.hashCode();
  }

  @Override
  public String toString() {
    return id + " of " + table.table();
  }
}
