package dev.rowcast.shape;

import dev.rowcast.shape.Filter.Operator;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A filter that was understood by the types of a table's columns.
 *
 * <p>Immutable. {@link #of} and {@link #sql} say the same of every row: the one from the JSON of an
 * event, the other to PostgreSQL.
 */
sealed interface Condition {

  /** The values of a row. */
  @FunctionalInterface
  interface Cells {
    /** A column's JSON; null when nobody knows it. */
    @Nullable JsonPiece cell(String column);
  }

  /** Whether it is true of a row. */
  Truth of(Cells row);

  /** Appends an expression with a {@code ?} for each parameter. */
  void sql(StringBuilder sql, List<String> parameters);

  /** The same text for conditions that are the same, however they were written. */
  String canonical();

  /**
   * Values of one column of which a row must have one, for the condition to be true of it; null
   * when there are none such.
   */
  default @Nullable List<Anchor> anchors() {
    return null;
  }

  /** Whether it is true of every row that has one of these values, whatever else is in the row. */
  default boolean isSaidByAnchors() {
    return false;
  }

  /** A column and a value of it. */
  record Anchor(Column column, Values values, Object value) {}

  /** All of them. */
  record All(List<Condition> parts) implements Condition {
    @Override
    public Truth of(Cells row) {
      var truth = Truth.TRUE;
      for (var part : parts) {
        truth = truth.and(part.of(row));
        if (truth == Truth.FALSE) {
          return truth;
        }
      }
      return truth;
    }

    @Override
    public void sql(StringBuilder sql, List<String> parameters) {
      join(parts, " AND ", "TRUE", sql, parameters);
    }

    @Override
    public String canonical() {
      return canonicalOf("and", parts);
    }

    /** The shortest list. */
    @Override
    public @Nullable List<Anchor> anchors() {
      List<Anchor> best = null;
      for (var part : parts) {
        var anchors = part.anchors();
        if (anchors != null && (best == null || anchors.size() < best.size())) {
          best = anchors;
        }
      }
      return best;
    }
  }

  /** At least one of them. */
  record Any(List<Condition> parts) implements Condition {
    @Override
    public Truth of(Cells row) {
      var truth = Truth.FALSE;
      for (var part : parts) {
        truth = truth.or(part.of(row));
        if (truth == Truth.TRUE) {
          return truth;
        }
      }
      return truth;
    }

    @Override
    public void sql(StringBuilder sql, List<String> parameters) {
      join(parts, " OR ", "FALSE", sql, parameters);
    }

    @Override
    public String canonical() {
      return canonicalOf("or", parts);
    }

    @Override
    public @Nullable List<Anchor> anchors() {
      var all = new ArrayList<Anchor>();
      for (var part : parts) {
        var anchors = part.anchors();
        if (anchors == null) {
          return null;
        }
        all.addAll(anchors);
      }
      return all;
    }
  }

  /** Not this. */
  record Not(Condition part) implements Condition {
    @Override
    public Truth of(Cells row) {
      return part.of(row).not();
    }

    @Override
    public void sql(StringBuilder sql, List<String> parameters) {
      sql.append("(NOT ");
      part.sql(sql, parameters);
      sql.append(')');
    }

    @Override
    public String canonical() {
      return "not(" + part.canonical() + ")";
    }
  }

  /** A comparison with one value. */
  record Compare(Column column, Values values, Operator operator, Object value)
      implements Condition {
    @Override
    public Truth of(Cells row) {
      var json = row.cell(column.name());
      if (json == null) {
        return Truth.UNDECIDED;
      }
      if (json.is("null")) {
        return Truth.NULL;
      }
      var found = values.ofJson(json);
      if (found == null) {
        return Truth.TRUE_OR_FALSE;
      }
      return Truth.of(
          switch (operator) {
            case EQ -> found.equals(value);
            case NEQ -> !found.equals(value);
            case GT -> values.compare(found, value) > 0;
            case GTE -> values.compare(found, value) >= 0;
            case LT -> values.compare(found, value) < 0;
            case LTE -> values.compare(found, value) <= 0;
            case IN, IS, LIKE, ILIKE -> throw new IllegalStateException(operator.name());
          });
    }

    @Override
    public void sql(StringBuilder sql, List<String> parameters) {
      sql.append('(').append(column.quoted()).append(' ').append(operator.sql).append(' ');
      parameter(column, sql).append(')');
      parameters.add(values.toText(value));
    }

    @Override
    public String canonical() {
      return named(column, operator) + quoted(values.toText(value));
    }

    @Override
    public @Nullable List<Anchor> anchors() {
      return operator == Operator.EQ ? List.of(new Anchor(column, values, value)) : null;
    }

    @Override
    public boolean isSaidByAnchors() {
      return operator == Operator.EQ;
    }
  }

  /** Equality with one of several values. */
  record OneOf(Column column, Values values, Set<Object> wanted) implements Condition {
    @Override
    public Truth of(Cells row) {
      if (wanted.isEmpty()) {
        return Truth.FALSE;
      }
      var json = row.cell(column.name());
      if (json == null) {
        return Truth.UNDECIDED;
      }
      if (json.is("null")) {
        return Truth.NULL;
      }
      var found = values.ofJson(json);
      return found == null ? Truth.TRUE_OR_FALSE : Truth.of(wanted.contains(found));
    }

    @Override
    public void sql(StringBuilder sql, List<String> parameters) {
      if (wanted.isEmpty()) {
        sql.append("FALSE");
        return;
      }
      sql.append('(').append(column.quoted());
      var separator = " IN (";
      for (var value : wanted) {
        parameter(column, sql.append(separator));
        parameters.add(values.toText(value));
        separator = ", ";
      }
      sql.append("))");
    }

    @Override
    public String canonical() {
      return named(column, Operator.IN)
          + wanted.stream()
              .map(value -> quoted(values.toText(value)))
              .sorted()
              .collect(Collectors.joining(",", "(", ")"));
    }

    @Override
    public @Nullable List<Anchor> anchors() {
      return wanted.stream().map(value -> new Anchor(column, values, value)).toList();
    }

    @Override
    public boolean isSaidByAnchors() {
      return true;
    }
  }

  /** What {@code is} asks for. */
  enum Word {
    NULL("NULL"),
    NOT_NULL("NOT NULL"),
    TRUE("TRUE"),
    FALSE("FALSE");

    final String sql;

    Word(String sql) {
      this.sql = sql;
    }
  }

  /** Whether there is a value, or a boolean is this. */
  record Is(Column column, Word word) implements Condition {
    @Override
    public Truth of(Cells row) {
      var json = row.cell(column.name());
      if (json == null) {
        return Truth.UNDECIDED;
      }
      return Truth.of(
          switch (word) {
            case NULL -> json.is("null");
            case NOT_NULL -> !json.is("null");
            case TRUE -> json.is("true");
            case FALSE -> json.is("false");
          });
    }

    @Override
    public void sql(StringBuilder sql, List<String> parameters) {
      sql.append('(').append(column.quoted()).append(" IS ").append(word.sql).append(')');
    }

    @Override
    public String canonical() {
      return named(column, Operator.IS) + word;
    }
  }

  /** Text like a pattern. */
  record Like(Column column, LikePattern pattern, boolean folded) implements Condition {
    @Override
    public Truth of(Cells row) {
      var json = row.cell(column.name());
      if (json == null) {
        return Truth.UNDECIDED;
      }
      var text = Values.string(json);
      if (text == null) {
        return json.is("null") ? Truth.NULL : Truth.UNDECIDED;
      }
      return pattern.isDecided(text) ? Truth.of(pattern.matches(text)) : Truth.TRUE_OR_FALSE;
    }

    @Override
    public void sql(StringBuilder sql, List<String> parameters) {
      sql.append('(').append(column.quoted()).append(folded ? " ILIKE " : " LIKE ");
      sql.append("?::pg_catalog.text)");
      parameters.add(pattern.text());
    }

    @Override
    public String canonical() {
      return named(column, folded ? Operator.ILIKE : Operator.LIKE) + quoted(pattern.text());
    }
  }

  private static StringBuilder parameter(Column column, StringBuilder sql) {
    return sql.append("?::").append(column.typeName());
  }

  private static String named(Column column, Operator operator) {
    return quoted(column.name()) + ":" + column.typeName() + " " + operator + " ";
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private static String canonicalOf(String word, List<Condition> parts) {
    return parts.stream()
        .map(Condition::canonical)
        .sorted()
        .distinct()
        .collect(Collectors.joining(",", word + "(", ")"));
  }

  private static void join(
      List<Condition> parts,
      String separator,
      String none,
      StringBuilder sql,
      List<String> parameters) {
    if (parts.isEmpty()) {
      sql.append(none);
      return;
    }
    sql.append('(');
    var between = "";
    for (var part : parts) {
      sql.append(between);
      part.sql(sql, parameters);
      between = separator;
    }
    sql.append(')');
  }

  /** The condition as a whole. */
  default SqlCondition sql() {
    var sql = new StringBuilder();
    var parameters = new ArrayList<String>();
    sql(sql, parameters);
    return new SqlCondition(sql.toString(), Collections.unmodifiableList(parameters));
  }
}
