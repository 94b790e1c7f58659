package dev.rowcast.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * One statement with text parameters, run and committed again and again.
 *
 * <p>Confined to one thread at a time.
 */
public final class RowWriter implements AutoCloseable {
  private final Connection connection;
  private final PreparedStatement statement;
  private final int parameters;

  /**
   * Connects and prepares.
   *
   * @param sql with a question mark for each parameter
   * @throws DatabaseException when there is no connection, or the statement is not understood
   */
  public RowWriter(Database database, String applicationName, String sql) {
    connection = database.open(applicationName);
    try {
      statement = connection.prepareStatement(sql);
      parameters = statement.getParameterMetaData().getParameterCount();
    } catch (SQLException e) {
      close();
      throw failed(e);
    }
  }

  /** How many parameters the statement takes. */
  public int parameters() {
    return parameters;
  }

  /**
   * Runs the statement; it is committed when this returns.
   *
   * @param values of the parameters; those that the statement has no place for are left out
   * @throws DatabaseException when it fails
   */
  public void write(String... values) {
    try {
      for (int i = 0; i < Math.min(parameters, values.length); i++) {
        statement.setString(i + 1, values[i]);
      }
      statement.execute();
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  private static DatabaseException failed(SQLException e) {
    return new DatabaseException("the statement failed: " + e.getMessage(), false, e);
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw failed(e);
    }
  }
}
