package dev.rowcast.shape;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What is to be true of a row, in PostgREST's words: as somebody wrote it, before anybody has
 * looked whether the table has such columns.
 *
 * <p>Immutable. {@code status=eq.open&size=gt.3} is {@code All[Term[status, eq, [open]], Term[size,
 * gt, [3]]]}. A {@link Shape} makes it something that can be asked of a row.
 */
public sealed interface Filter {
  /** A comparison. */
  enum Operator {
    EQ("="),
    NEQ("<>"),
    GT(">"),
    GTE(">="),
    LT("<"),
    LTE("<="),
    IN("IN"),
    IS("IS"),
    LIKE("LIKE"),
    ILIKE("ILIKE");

    final String sql;

    Operator(String sql) {
      this.sql = sql;
    }
  }

  /** All of these; of none it is true. */
  record All(List<Filter> parts) implements Filter {
    /** Copies the list. */
    public All {
      parts = List.copyOf(parts);
    }
  }

  /** At least one of these; of none it is false. */
  record Any(List<Filter> parts) implements Filter {
    /** Copies the list. */
    public Any {
      parts = List.copyOf(parts);
    }
  }

  /** Not this; what is neither true nor false stays so. */
  record Not(Filter part) implements Filter {}

  /**
   * One comparison.
   *
   * @param values as written; one, or any number for {@code in}
   */
  record Term(String column, Operator operator, List<String> values) implements Filter {
    /** Copies the values. */
    public Term {
      values = List.copyOf(values);
    }
  }

  /** What a text turned out to be. */
  sealed interface Parsed {
    /** In order. */
    record Accepted(Filter filter) implements Parsed {}

    /** Not understood, or above a limit; {@code why} is a sentence for whoever wrote it. */
    record Refused(String why) implements Parsed {}
  }

  /**
   * Reads a filter: the part of a query string of {@code /live} that is about rows, which is also
   * what {@code where} of a {@code subscribe} says. Parts are separated by {@code &} and all hold;
   * names and values are percent-encoded, with {@code +} for a blank. Empty text is true of every
   * row.
   *
   * <p>A part is {@code column=op.value}, {@code column=not.op.value}, {@code or=(a.eq.1,b.eq.2)},
   * {@code and=(…)}, {@code not.or=(…)} or {@code not.and=(…)}. Within parentheses a value with a
   * comma, a parenthesis, a quote or a blank at its edge stands in double quotes, in which a
   * backslash takes what follows as it is.
   */
  static Parsed parse(String where, FilterSettings limits) {
    return FilterParser.parse(where, limits);
  }

  /** True of every row. */
  static Filter every() {
    return new All(List.of());
  }

  /** This and the other one. */
  default Filter and(Filter other) {
    return new All(List.of(this, other));
  }

  /**
   * The filter with each value replaced by what {@code rule} makes of it: one, several (of an
   * {@code in}), or none, of which no row is equal to any.
   */
  default Filter withValues(Function<String, List<String>> rule) {
    return switch (this) {
      case All(var parts) -> new All(parts.stream().map(part -> part.withValues(rule)).toList());
      case Any(var parts) -> new Any(parts.stream().map(part -> part.withValues(rule)).toList());
      case Not(var part) -> new Not(part.withValues(rule));
      case Term(var column, var operator, var values) ->
          new Term(
              column,
              operator,
              values.stream().flatMap(each -> rule.apply(each).stream()).toList());
    };
  }

  /** The columns that are asked about, in no order, some perhaps twice. */
  default Stream<String> columns() {
    return switch (this) {
      case All(var parts) -> parts.stream().flatMap(Filter::columns);
      case Any(var parts) -> parts.stream().flatMap(Filter::columns);
      case Not(var part) -> part.columns();
      case Term term -> Stream.of(term.column());
    };
  }
}
