package dev.rowcast.shape;

import dev.rowcast.shape.ColumnType.Folding;
import dev.rowcast.shape.Filter.Operator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Understands a filter by the types of one table's columns, or says why it cannot.
 *
 * <p>Immutable.
 *
 * <p>An operator is refused where its answer hangs on something that is not in the row: the order
 * of a collation, what a library takes for the same letter, a session's settings.
 */
final class Binding {
  /** Why a filter is refused, on its way out of the recursion. */
  static final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Refusal(String why) {
      super(why, null, false, false);
    }
  }

  private final TableColumns table;

  Binding(TableColumns table) {
    this.table = table;
  }

  /**
   * The condition.
   *
   * @throws Refusal with a sentence for whoever asked
   */
  Condition of(Filter filter) {
    return switch (filter) {
      case Filter.All(var parts) -> joined(parts, true);
      case Filter.Any(var parts) -> joined(parts, false);
      case Filter.Not(Filter.Not(var part)) -> of(part);
      case Filter.Not(var part) -> new Condition.Not(of(part));
      case Filter.Term term -> term(term);
    };
  }

  /** Groups of one kind in each other are one group, and a group of one is what is in it. */
  private Condition joined(List<Filter> filters, boolean isAll) {
    var parts = new LinkedHashSet<Condition>();
    for (var filter : filters) {
      switch (of(filter)) {
        case Condition.All(var inner) when isAll -> parts.addAll(inner);
        case Condition.Any(var inner) when !isAll -> parts.addAll(inner);
        case Condition part -> parts.add(part);
      }
    }
    return parts.size() == 1
        ? parts.getFirst()
        : isAll ? new Condition.All(List.copyOf(parts)) : new Condition.Any(List.copyOf(parts));
  }

  private Condition term(Filter.Term term) {
    var column =
        table
            .column(term.column())
            .orElseThrow(() -> new Refusal("there is no column '" + shown(term.column()) + "'"));
    if (!column.isCaptured()) {
      throw refused(column, term.operator(), "its values are not in the events");
    }
    return switch (term.operator()) {
      case IS -> is(column, only(term));
      case LIKE -> like(column, only(term), null);
      case ILIKE -> ilike(column, only(term));
      case IN -> in(column, term.values());
      case EQ, NEQ ->
          new Condition.Compare(
              column,
              equal(column, term.operator()),
              term.operator(),
              value(column, equal(column, term.operator()), only(term)));
      case GT, GTE, LT, LTE -> ordered(column, term);
    };
  }

  private static String only(Filter.Term term) {
    if (term.values().size() != 1) {
      throw new Refusal(
          "'" + shown(term.column()) + "' is compared with " + term.values().size() + " values");
    }
    return term.values().getFirst();
  }

  private static Condition is(Column column, String word) {
    if (column.type() instanceof ColumnType.Other(var hasNull) && !hasNull) {
      throw refused(
          column, Operator.IS, "its values can be a null of JSON, which looks like none at all");
    }
    return new Condition.Is(column, word(column, word));
  }

  private static Condition.Word word(Column column, String word) {
    var isBool = column.type() == ColumnType.Plain.BOOL;
    var found =
        switch (word) {
          case "null" -> Condition.Word.NULL;
          case "not_null" -> Condition.Word.NOT_NULL;
          case "true" -> isBool ? Condition.Word.TRUE : null;
          case "false" -> isBool ? Condition.Word.FALSE : null;
          case "unknown" -> isBool ? Condition.Word.NULL : null;
          default -> null;
        };
    if (found == null) {
      throw new Refusal(
          "'"
              + shown(column.name())
              + (isBool
                  ? "' can be is.null, is.not_null, is.true or is.false"
                  : "' can be is.null or is.not_null"));
    }
    return found;
  }

  private static Condition ilike(Column column, String wanted) {
    var text = text(column, Operator.ILIKE);
    var folding = text.collation().folding();
    if (folding == Folding.OTHER) {
      throw refused(column, Operator.ILIKE, "which letters are equal depends on its collation");
    }
    if (folding == Folding.UNICODE && !wanted.chars().allMatch(c -> c < 128)) {
      throw refused(
          column,
          Operator.ILIKE,
          "of letters outside ASCII it depends on its collation which are equal");
    }
    return like(column, wanted, folding);
  }

  private static Condition like(Column column, String wanted, @Nullable Folding folding) {
    if (folding == null) {
      text(column, Operator.LIKE);
    }
    var pattern = LikePattern.of(wanted, folding);
    if (pattern == null) {
      throw new Refusal("the pattern for '" + shown(column.name()) + "' ends with a backslash");
    }
    return new Condition.Like(column, pattern, folding != null);
  }

  private static ColumnType.Text text(Column column, Operator operator) {
    if (!(column.type() instanceof ColumnType.Text text)) {
      throw refused(column, operator, "it is no text but " + column.shownType());
    }
    if (!text.collation().deterministic()) {
      throw refused(column, operator, "its collation takes different texts for equal");
    }
    return text;
  }

  private static Condition in(Column column, List<String> wanted) {
    var values = equal(column, Operator.IN);
    var set = new LinkedHashSet<Object>();
    for (var each : wanted) {
      set.add(value(column, values, each));
    }
    return set.size() == 1
        ? new Condition.Compare(column, values, Operator.EQ, set.getFirst())
        : new Condition.OneOf(column, values, set);
  }

  private static Values equal(Column column, Operator operator) {
    if (column.type() instanceof ColumnType.Text) {
      text(column, operator);
    }
    var values = Values.of(column.type());
    if (values == null) {
      throw refused(column, operator, "only PostgreSQL can compare " + column.shownType());
    }
    return values;
  }

  private static Condition ordered(Column column, Filter.Term term) {
    var values = equal(column, term.operator());
    var why = values.whyUnordered();
    if (why != null) {
      throw refused(column, term.operator(), why);
    }
    return new Condition.Compare(
        column, values, term.operator(), value(column, values, only(term)));
  }

  private static Object value(Column column, Values values, String text) {
    var value = values.ofText(text);
    if (value == null) {
      throw new Refusal(
          "'"
              + shown(text)
              + "' is no value for '"
              + shown(column.name())
              + "'; it is "
              + column.shownType()
              + ", write "
              + values.example());
    }
    return value;
  }

  private static Refusal refused(Column column, Operator operator, String why) {
    return new Refusal(
        "'"
            + operator.name().toLowerCase(Locale.ROOT)
            + "' cannot be asked of '"
            + shown(column.name())
            + "': "
            + why);
  }

  private static String shown(String text) {
    return FilterParser.shown(text);
  }
}
