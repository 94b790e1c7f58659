package dev.rowcast.shape;

import java.util.List;

/**
 * A filter as the condition of a WHERE clause.
 *
 * <p>Immutable.
 *
 * @param sql an expression with {@code ?} in the place of each parameter, safe to be joined by AND
 * @param parameters texts, to be set in their order with {@code setString}
 */
public record SqlCondition(String sql, List<String> parameters) {
  /** Copies the parameters. */
  public SqlCondition {
    parameters = List.copyOf(parameters);
  }
}
