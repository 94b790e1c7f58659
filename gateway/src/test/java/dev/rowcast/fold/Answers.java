package dev.rowcast.fold;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What the database itself answers, by a few connections that are kept.
 *
 * <p>Thread-safe; blocks.
 */
final class Answers implements AutoCloseable {
  private static final int AT_ONCE = 6;

  private final String url;
  private final Semaphore places = new Semaphore(AT_ONCE);
  private final Deque<Connection> kept = new ConcurrentLinkedDeque<>();

  Answers(String url) {
    this.url = url;
  }

  /** What is asked on a connection. */
  @FunctionalInterface
  interface Question<T> {
    T ask(Connection connection) throws SQLException;
  }

  /** Rows, and the position that was read together with them. */
  record Rendered(List<JsonNode> rows, String position) {}

  /** A connection of its own for whoever closes it. */
  Connection open() throws SQLException {
    var connection = DriverManager.getConnection(url);
    execute(connection, "SET TIME ZONE 'UTC'");
    return connection;
  }

  /** The rows of one answer. */
  List<JsonNode> rows(String select) throws SQLException {
    return ask(connection -> rows(connection, select));
  }

  /** A page of an application: its rows and where it goes on from. */
  Rendered rendered(String select) throws SQLException {
    return ask(connection -> {
      connection.setAutoCommit(false);
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      var rows = rows(connection, select);
      try (var statement = connection.createStatement();
          var row = statement.executeQuery("SELECT rowcast.position()")) {
        row.next();
        var rendered = new Rendered(rows, row.getString(1));
        connection.commit();
        connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        connection.setAutoCommit(true);
        return rendered;
      }
    });
  }

  /** Executes statements, one transaction each. */
  void execute(List<String> statements) throws SQLException {
    ask(connection -> {
      for (var statement : statements) {
        execute(connection, statement);
      }
      return true;
    });
  }

  <T> T ask(Question<T> question) throws SQLException {
    places.acquireUninterruptibly();
    @Nullable Connection connection = null;
    try {
      connection = kept.poll();
      if (connection == null) {
        connection = open();
      }
      var answer = question.ask(connection);
      kept.push(connection);
      return answer;
    } catch (SQLException | RuntimeException e) {
      if (connection != null) {
        connection.close();
      }
      throw e;
    } finally {
      places.release();
    }
  }

  private static List<JsonNode> rows(Connection connection, String select) throws SQLException {
    var rows = new ArrayList<JsonNode>();
    try (var statement = connection.createStatement();
        var answer = statement.executeQuery(select)) {
      while (answer.next()) {
        rows.add(FoldedRows.JSON.readTree(answer.getString(1)));
      }
    }
    return rows;
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Override
  public void close() throws SQLException {
    for (var connection = kept.poll(); connection != null; connection = kept.poll()) {
      connection.close();
    }
  }
}
