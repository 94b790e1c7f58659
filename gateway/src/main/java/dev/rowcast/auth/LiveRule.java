package dev.rowcast.auth;

import dev.rowcast.base.Glob;
import java.util.List;

/**
 * Tables whose changes may be read at {@code /live}, and by whom: one entry of {@code live.tables}.
 *
 * <p>Immutable. Tables are matched by {@code schema.name}; {@code exclude} wins.
 *
 * @param columns those that are shown, beside the key; empty: all that are captured
 * @param rows which rows are shown: a filter in which {@code {user}}, {@code {user.id}}, {@code
 *     {groups}} and {@code {claims.NAME}} stand for what is known of the reader; empty: all
 */
public record LiveRule(
    List<Glob> match,
    List<Glob> exclude,
    List<String> columns,
    FacilityRule.Audience require,
    String rows) {

  /** Copies the lists. */
  public LiveRule {
    match = List.copyOf(match);
    exclude = List.copyOf(exclude);
    columns = List.copyOf(columns);
  }

  /** Whether this rule is about a table. */
  public boolean matches(String table) {
    return match.stream().anyMatch(glob -> glob.matches(table))
        && exclude.stream().noneMatch(glob -> glob.matches(table));
  }
}
