package dev.rowcast.session;

import dev.rowcast.auth.Holes;
import dev.rowcast.auth.Identity;
import dev.rowcast.auth.LiveRules;
import dev.rowcast.rows.RowsException;
import dev.rowcast.rows.Tables;
import dev.rowcast.shape.Filter;
import dev.rowcast.shape.FilterSettings;
import dev.rowcast.shape.Shape;
import dev.rowcast.shape.TableColumns;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes of what somebody asks for, and of what the rules let it see, the shape that it gets.
 *
 * <p>Thread-safe; may block while the database is asked about the table.
 *
 * <p>The rule's own filter is ANDed into every shape, filled with what is known of the reader. Who
 * may not see a column cannot ask about it either: the answers would tell.
 */
public final class ShapeAccess {
  private static final Logger log = LoggerFactory.getLogger(ShapeAccess.class);

  /** What the operator wrote was checked when it was read. */
  private static final FilterSettings RULES = new FilterSettings(1 << 16, 1000, 10_000);

  /** What became of a wish. */
  public sealed interface Answer {
    /** It gets this. */
    record Granted(Shape shape) implements Answer {}

    /** It does not. */
    record Refused(Reason reason, String text) implements Answer {}
  }

  /** Why not. */
  public enum Reason {
    /** No rule exposes such a table. */
    UNKNOWN,
    /** Somebody may, but we do not know who this is. */
    UNRECOGNISED,
    /** Not this one, or not this much of it. */
    FORBIDDEN,
    /** The filter or the columns cannot be understood. */
    MALFORMED,
    /** The database cannot be asked now. */
    UNAVAILABLE
  }

  /** A refusal on its way up. */
  private static final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    final Reason reason;

    Refusal(Reason reason, String text) {
      super(text, null, false, false);
      this.reason = reason;
    }
  }

  private final LiveRules rules;
  private final Optional<Tables> tables;
  private final FilterSettings limits;

  /** With the columns of tables, where there is a database. */
  public ShapeAccess(LiveRules rules, Optional<Tables> tables, FilterSettings limits) {
    this.rules = rules;
    this.tables = tables;
    this.limits = limits;
  }

  /**
   * Decides.
   *
   * @param table {@code schema.name}
   * @param where as {@link Filter#parse} reads it
   * @param columns empty for all that may be seen
   */
  public Answer decide(Identity identity, String table, String where, List<String> columns) {
    try {
      return new Answer.Granted(shape(identity, table, where, columns));
    } catch (Refusal refusal) {
      return new Answer.Refused(refusal.reason, String.valueOf(refusal.getMessage()));
    } catch (RowsException away) {
      log.debug("a reader of {} is refused: {}", table, away.getMessage());
      return new Answer.Refused(Reason.UNAVAILABLE, "the database cannot be asked now");
    }
  }

  private Shape shape(Identity identity, String table, String where, List<String> asked) {
    var granted = granted(identity, table);
    var filter = parsed(where, limits, Reason.MALFORMED);
    var rule = rule(granted.rows(), identity);
    var known = known(table);
    var columns = asked.isEmpty() ? granted.columns() : asked;
    if (!granted.columns().isEmpty()) {
      var seen = new HashSet<>(granted.columns());
      seen.addAll(known.key());
      if (!seen.containsAll(columns) || !filter.columns().allMatch(seen::contains)) {
        throw new Refusal(Reason.FORBIDDEN, "not all of these columns are exposed");
      }
    }
    return shape(known, rule, filter, columns);
  }

  private static Shape shape(TableColumns known, Filter rule, Filter filter, List<String> columns) {
    if (Shape.of(known, rule, List.of()) instanceof Shape.Made.Refused(var why)) {
      log.warn("the row rule for {} cannot be used: {}", known.table(), why);
      throw new Refusal(Reason.FORBIDDEN, "the rule for this table cannot be used");
    }
    return switch (Shape.of(known, rule.and(filter), columns)) {
      case Shape.Made.Accepted(var shape) -> shape;
      case Shape.Made.Refused(var why) -> throw new Refusal(Reason.MALFORMED, why);
    };
  }

  private LiveRules.Decision.Granted granted(Identity identity, String table) {
    return switch (rules.decide(identity, table)) {
      case LiveRules.Decision.Granted granted -> granted;
      case LiveRules.Decision.Unknown() ->
          throw new Refusal(Reason.UNKNOWN, "no table of this name is exposed; see live.tables");
      case LiveRules.Decision.Unrecognised() -> throw unrecognised();
      case LiveRules.Decision.Refused() -> throw new Refusal(Reason.FORBIDDEN, "forbidden");
    };
  }

  private static Refusal unrecognised() {
    return new Refusal(Reason.UNRECOGNISED, "this table is for people who are logged in");
  }

  private static Filter parsed(String where, FilterSettings limits, Reason reason) {
    return switch (Filter.parse(where, limits)) {
      case Filter.Parsed.Accepted(var filter) -> filter;
      case Filter.Parsed.Refused(var why) -> throw new Refusal(reason, why);
    };
  }

  private static Filter rule(String rows, Identity identity) {
    return parsed(rows, RULES, Reason.FORBIDDEN).withValues(value -> filled(value, identity));
  }

  /** What is not known of a reader leaves it nothing to see. */
  private static List<String> filled(String value, Identity identity) {
    if (!Holes.isHole(value)) {
      return List.of(value);
    }
    return Holes.fill(value, identity)
        .orElseThrow(() ->
            identity.user().isEmpty()
                ? unrecognised()
                : new Refusal(Reason.FORBIDDEN, "forbidden"));
  }

  private TableColumns known(String table) {
    return tables
        .orElseThrow(() -> new Refusal(Reason.UNAVAILABLE, "there is no database to ask"))
        .columns(table)
        .orElseThrow(() -> new Refusal(Reason.UNAVAILABLE, "this table is not captured yet"));
  }

  /** Whether the table is still what the shape was made of. */
  boolean isCurrent(Shape shape) {
    return tables.map(known -> known.isCurrent(shape.table())).orElse(true);
  }
}
