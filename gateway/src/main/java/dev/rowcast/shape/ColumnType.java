package dev.rowcast.shape;

import java.util.List;

/**
 * What PostgreSQL's comparisons of a column mean, as far as it can be said without PostgreSQL.
 *
 * <p>Immutable.
 */
public sealed interface ColumnType {

  /** Types whose comparisons depend on nothing but the values. */
  enum Plain implements ColumnType {
    BOOL,
    INT2,
    INT4,
    INT8,
    NUMERIC,
    FLOAT4,
    FLOAT8,
    UUID,
    DATE,
    TIME,
    TIMETZ,
    TIMESTAMP,
    TIMESTAMPTZ,
    INTERVAL,
    BYTEA
  }

  /**
   * {@code text}, {@code varchar}, {@code name} and {@code char(n)}.
   *
   * @param padded whether blanks at the end do not count, as in {@code char(n)}
   */
  record Text(Collation collation, boolean padded) implements ColumnType {}

  /** An enumeration; {@code labels} in its own order. */
  record Enumeration(List<String> labels) implements ColumnType {
    /** Copies the labels. */
    public Enumeration {
      labels = List.copyOf(labels);
    }
  }

  /**
   * Any other type: only whether there is a value can be asked.
   *
   * @param hasNull whether JSON's null says that there is none; {@code json} can hold a null of its
   *     own
   */
  record Other(boolean hasNull) implements ColumnType {}

  /**
   * How text is compared.
   *
   * @param deterministic whether only equal bytes are equal
   * @param binary whether its order is that of the code points
   * @param folding what {@code ilike} takes for equal
   */
  record Collation(boolean deterministic, boolean binary, Folding folding) {
    /** {@code C} and {@code POSIX}. */
    public static final Collation C = new Collation(true, true, Folding.ASCII);
  }

  /** What {@code ilike} takes for equal. */
  enum Folding {
    /** The letters of ASCII, and nothing else. */
    ASCII,
    /**
     * Those in the way of everybody; of other letters it depends on the version of a library what
     * is equal. Two of them are letters of ASCII when they are small, so that rows with these
     * cannot be decided.
     */
    UNICODE,
    /** Not even the letters of ASCII are sure: Turkish, Azerbaijani, Lithuanian. */
    OTHER
  }
}
