package dev.rowcast.shape;

import java.util.List;

/**
 * What somebody is told of a table: the rows that a filter asks for, with some of their columns.
 *
 * <p>Immutable. Two shapes are equal when their ids are, and then they tell the same.
 */
public interface Shape {

  /** What came of a wish. */
  sealed interface Made {
    /** In order. */
    record Accepted(Shape shape) implements Made {}

    /** Not possible; {@code why} is a sentence for whoever asked. */
    record Refused(String why) implements Made {}
  }

  /**
   * Equal on every node and for every equal wish: the same table, columns and filter, however they
   * were written. Sixteen letters and digits of base64url.
   */
  String id();

  /** The table, and the types by which the filter was understood. */
  TableColumns table();

  /** The columns that are shown, beside the key; empty: all. */
  List<String> columns();

  /** What a change is to somebody who holds the rows of this shape. */
  Verdict judge(RowEvent event);

  /**
   * The event as this shape's readers are sent it: with the verdict as its type, the chosen columns
   * alone, and nothing of a row that does not match. Not to be called for {@link Verdict#NOTHING}
   * and {@link Verdict#UNDECIDED}, of which there is no event.
   *
   * @param last whether it is the last event of its transaction in this shape
   */
  byte[] write(RowEvent event, Verdict verdict, boolean last);

  /** The filter as SQL. */
  SqlCondition condition();
}
