package dev.rowcast.cli.demo;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The small Rodan database and what its REST API would do with it.
 *
 * <p>Thread-safe; every method blocks. It knows nothing of the gateway: that is the point.
 */
final class DemoDatabase implements AutoCloseable {
  /** The models whose rows can be asked for, in the order of {@code rows.sql}'s parameters. */
  static final List<String> MODELS =
      List.of("project", "workflow", "workflowrun", "runjob", "resource", "resourcelist");

  private final Connections connections;

  DemoDatabase(Connections.Opener opener) {
    this.connections = new Connections(opener);
  }

  /** Creates what is missing of the tables and of what a workflow needs. */
  void prepare() throws SQLException {
    connections.transaction(connection -> {
      try (var statement = connection.createStatement()) {
        return statement.execute(Sql.SCHEMA.text() + Sql.SEED.text());
      }
    });
  }

  /** What the page shows when it opens, as JSON: at most {@code runs} of the newest runs. */
  String board(int runs) throws SQLException {
    return connections.transaction(connection -> text(connection, Sql.BOARD, runs));
  }

  /** The rows of these uuids by model, as JSON; those that do not exist are left out. */
  String rows(Map<String, List<UUID>> wanted) throws SQLException {
    return connections.transaction(connection -> {
      var arrays = new Object[MODELS.size()];
      for (var i = 0; i < arrays.length; i++) {
        var uuids = wanted.getOrDefault(MODELS.get(i), List.of());
        arrays[i] = connection.createArrayOf("uuid", uuids.toArray());
      }
      return text(connection, Sql.ROWS, arrays);
    });
  }

  /** Inserts a scheduled run without jobs, as a person at psql would. */
  void insertRun(String name, String creator) throws SQLException {
    connections.transaction(connection -> text(connection, Sql.INSERT_RUN, name, creator));
  }

  /** Cancels a run and its unfinished jobs, if it is there. */
  void cancelRun(UUID run) throws SQLException {
    connections.transaction(connection ->
        update(connection, Sql.RUN_STATUS, RunStatus.CANCELLED.number(), run)
            + update(connection, Sql.CANCEL_JOBS, run));
  }

  /** Deletes a run with its jobs and results, if it is there. */
  void deleteRun(UUID run) throws SQLException {
    connections.transaction(connection -> update(connection, Sql.DELETE_RUN, run));
  }

  @Override
  public void close() {
    connections.close();
  }

  /** Runs one statement; gives the number of its rows. */
  static int update(Connection connection, Sql sql, Object... parameters) throws SQLException {
    try (var statement = connection.prepareStatement(sql.text())) {
      for (var i = 0; i < parameters.length; i++) {
        statement.setObject(i + 1, parameters[i]);
      }
      return statement.executeUpdate();
    }
  }

  private static String text(Connection connection, Sql sql, Object... parameters)
      throws SQLException {
    try (var statement = connection.prepareStatement(sql.text())) {
      for (var i = 0; i < parameters.length; i++) {
        statement.setObject(i + 1, parameters[i]);
      }
      try (var result = statement.executeQuery()) {
        if (!result.next()) {
          throw new SQLException(sql + " gave no row: is every project deleted?");
        }
        return String.valueOf(result.getString(1));
      }
    }
  }
}
