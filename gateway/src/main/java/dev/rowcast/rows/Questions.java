package dev.rowcast.rows;

import dev.rowcast.postgres.Database;
import dev.rowcast.postgres.DatabaseException;
import dev.rowcast.postgres.KeptConnections;
import dev.rowcast.postgres.SqlResource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

/**
 * What is asked about rows, over a few connections that are kept.
 *
 * <p>Thread-safe; blocks. Who finds all connections in use waits for one, and fails after {@link
 * #PATIENCE}.
 */
public final class Questions implements AutoCloseable {
  /** To be executed once on a connection, first. */
  static final SqlResource SESSION = SqlResource.of(Questions.class, "session.sql");

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Database database;
  private final KeptConnections connections;

  /** Opens nothing yet. */
  public Questions(Database database) {
    this.database = database;
    // After a failure nobody knows what it left behind: such a connection is not kept.
    this.connections = new KeptConnections(PATIENCE, this::open, _ -> true);
  }

  /**
   * Asks.
   *
   * @throws RowsException when the database is away, slow, or does not understand
   */
  <T> T ask(KeptConnections.Question<T> question) {
    try {
      return connections.ask(question);
    } catch (TimeoutException busy) {
      throw new RowsException("the database has too many readers to answer", true, busy);
    } catch (DatabaseException away) {
      throw new RowsException(String.valueOf(away.getMessage()), away.retryable(), away);
    } catch (SQLException failure) {
      throw refused(failure);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RowsException("interrupted", true, e);
    }
  }

  private Connection open() throws SQLException {
    var connection = database.open("rowcast live");
    try (var statement = connection.createStatement()) {
      statement.execute(SESSION.text());
      return connection;
    } catch (SQLException failure) {
      connection.close();
      throw failure;
    }
  }

  private RowsException refused(SQLException failure) {
    return new RowsException(
        "PostgreSQL at "
            + database.url()
            + " does not answer about rows: "
            + String.valueOf(failure.getMessage()).replaceAll("[\\r\\n]+\\s*", " "),
        KeptConnections.isLost(failure),
        failure);
  }

  @Override
  public void close() {
    connections.close();
  }
}
