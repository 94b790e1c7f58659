package dev.rowcast.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * One statement with one text parameter, run and committed again and again.
 *
 * <p>Confined to one thread at a time.
 */
public final class RowWriter implements AutoCloseable {
  private final Connection connection;
  private final PreparedStatement statement;

  /**
   * Connects and prepares.
   *
   * @param sql with one question mark
   * @throws DatabaseException when there is no connection, or the statement is not understood
   */
  public RowWriter(Database database, String applicationName, String sql) {
    connection = database.open(applicationName);
    try {
      statement = connection.prepareStatement(sql);
      if (statement.getParameterMetaData().getParameterCount() != 1) {
        throw new DatabaseException(
            "'" + sql + "' must hold one question mark", false, new SQLException("parameters"));
      }
    } catch (SQLException | DatabaseException e) {
      close();
      throw e instanceof DatabaseException known ? known : failed((SQLException) e);
    }
  }

  /**
   * Runs the statement; it is committed when this returns.
   *
   * @throws DatabaseException when it fails
   */
  public void write(String parameter) {
    try {
      statement.setString(1, parameter);
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
