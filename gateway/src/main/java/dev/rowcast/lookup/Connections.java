package dev.rowcast.lookup;

import dev.rowcast.auth.IdentityException;
import dev.rowcast.postgres.Database;
import dev.rowcast.postgres.DatabaseException;
import dev.rowcast.postgres.KeptConnections;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

/**
 * What is asked about users, over a few connections that are kept.
 *
 * <p>Thread-safe; blocks. Who finds all connections in use waits for one, and fails after {@link
 * #PATIENCE}.
 */
final class Connections implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Database database;
  private final KeptConnections connections;

  Connections(Database database) {
    this.database = database;
    this.connections = new KeptConnections(PATIENCE, this::open, KeptConnections::isLost);
  }

  /**
   * Asks.
   *
   * @throws IdentityException when the database is away, slow, or does not understand
   */
  <T> T ask(KeptConnections.Question<T> question) {
    try {
      return connections.ask(question);
    } catch (TimeoutException _) {
      throw new IdentityException("the database has too many questions to answer", true);
    } catch (DatabaseException away) {
      throw new IdentityException(String.valueOf(away.getMessage()), away.retryable(), away);
    } catch (SQLException failure) {
      throw refused(failure);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IdentityException("interrupted", true, e);
    }
  }

  private Connection open() throws SQLException {
    var connection = database.open("rowcast identities");
    connection.setNetworkTimeout(Runnable::run, (int) PATIENCE.toMillis());
    return connection;
  }

  private IdentityException refused(SQLException failure) {
    return new IdentityException(
        "PostgreSQL at "
            + database.url()
            + " does not answer about users: "
            + String.valueOf(failure.getMessage()).replaceAll("[\\r\\n]+\\s*", " "),
        KeptConnections.isLost(failure),
        failure);
  }

  @Override
  public void close() {
    connections.close();
  }
}
