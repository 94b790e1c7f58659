package dev.rowcast.lookup;

import dev.rowcast.auth.IdentityException;
import dev.rowcast.postgres.Database;
import dev.rowcast.postgres.DatabaseException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A few connections for short questions, opened when they are needed and kept.
 *
 * <p>Thread-safe; blocks. Who finds all of them in use waits for one, and fails after {@link
 * #PATIENCE}: a storm of handshakes queues here and not in the database. A kept connection that
 * turns out to be dead is replaced and the question asked once more.
 */
final class Connections implements AutoCloseable {
  private static final int MOST = 4;
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** What is asked of one connection. */
  @FunctionalInterface
  interface Question<T> {
    T ask(Connection connection) throws SQLException;
  }

  private final Database database;
  private final Semaphore places = new Semaphore(MOST, true);
  private final ArrayDeque<Connection> idle = new ArrayDeque<>();
  private boolean closed;

  Connections(Database database) {
    this.database = database;
  }

  /**
   * Asks.
   *
   * @throws IdentityException when the database is away, slow, or does not understand
   */
  <T> T ask(Question<T> question) {
    try {
      if (!places.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IdentityException("the database has too many questions to answer", true);
      }
      try {
        return withPlace(question);
      } finally {
        places.release();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IdentityException("interrupted", true, e);
    }
  }

  private <T> T withPlace(Question<T> question) {
    var kept = kept();
    if (kept != null) {
      try {
        return answered(question, kept);
      } catch (SQLException failure) {
        if (!isLost(failure)) {
          throw refused(failure);
        }
      }
    }
    try {
      return answered(question, open());
    } catch (SQLException failure) {
      throw refused(failure);
    }
  }

  private <T> T answered(Question<T> question, Connection connection) throws SQLException {
    try {
      var answer = question.ask(connection);
      keep(connection);
      return answer;
    } catch (SQLException failure) {
      if (isLost(failure)) {
        connection.close();
      } else {
        keep(connection);
      }
      throw failure;
    }
  }

  private Connection open() throws SQLException {
    try {
      var connection = database.open("rowcast identities");
      connection.setNetworkTimeout(Runnable::run, (int) PATIENCE.toMillis());
      return connection;
    } catch (DatabaseException away) {
      throw new IdentityException(String.valueOf(away.getMessage()), away.retryable(), away);
    }
  }

  private synchronized @Nullable Connection kept() {
    return idle.pollLast();
  }

  private void keep(Connection connection) throws SQLException {
    synchronized (this) {
      if (!closed) {
        idle.addLast(connection);
        return;
      }
    }
    connection.close();
  }

  /** Class 08: the connection; 57P: the server is going; none: the driver's own. */
  private static boolean isLost(SQLException failure) {
    var state = failure.getSQLState();
    return state == null || state.startsWith("08") || state.startsWith("57P");
  }

  private IdentityException refused(SQLException failure) {
    return new IdentityException(
        "PostgreSQL at "
            + database.url()
            + " does not answer about users: "
            + String.valueOf(failure.getMessage()).replaceAll("[\\r\\n]+\\s*", " "),
        isLost(failure),
        failure);
  }

  @Override
  public void close() {
    Connection[] open;
    synchronized (this) {
      closed = true;
      open = idle.toArray(Connection[]::new);
      idle.clear();
    }
    for (var connection : open) {
      try {
        connection.close();
      } catch (SQLException _) {
        // It is gone either way.
      }
    }
  }
}
