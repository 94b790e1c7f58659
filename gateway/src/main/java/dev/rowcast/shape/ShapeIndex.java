package dev.rowcast.shape;

/**
 * Finds the shapes that a change is of interest to, at a cost of those that it is and not of all:
 * shapes are kept by the values that their filters ask for with {@code eq} and {@code in}.
 *
 * <p>Confined to one thread. Holds each shape once.
 *
 * <p>What cannot be kept by a value (no such comparison) is looked at for each change of its table.
 * A change whose old row is not known is of interest to every shape of a table that asks for a
 * column outside the key: each must be told that the row has left.
 */
public interface ShapeIndex {

  /** Who is told. */
  @FunctionalInterface
  interface Matches {
    /** A shape and what the change is to it, never {@link Verdict#NOTHING}. */
    void matched(Shape shape, Verdict verdict);
  }

  /** Adds a shape; one that is there already is not added twice. */
  void add(Shape shape);

  /** Takes a shape away. */
  void remove(Shape shape);

  /** How many there are. */
  int size();

  /** Tells of each shape to which the change is something. In no order. */
  void match(RowEvent event, Matches matches);
}
