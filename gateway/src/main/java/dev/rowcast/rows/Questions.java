package dev.rowcast.rows;

import dev.rowcast.postgres.Database;
import dev.rowcast.postgres.DatabaseException;
import dev.rowcast.postgres.SqlResource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A few connections that read, opened when they are needed and kept.
 *
 * <p>Thread-safe; blocks. Who finds all of them in use waits for one, and fails after {@link
 * #PATIENCE}: a storm of readers queues here and not in the database. A kept connection that turns
 * out to be dead is replaced and the question asked once more.
 */
public final class Questions implements AutoCloseable {
  /** To be executed once on a connection, first. */
  static final SqlResource SESSION = SqlResource.of(Questions.class, "session.sql");

  private static final int MOST = 4;
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** What is asked of one connection, which is left in auto-commit mode. */
  @FunctionalInterface
  interface Question<T> {
    T ask(Connection connection) throws SQLException;
  }

  private final Database database;
  private final Semaphore places = new Semaphore(MOST, true);
  private final ArrayDeque<Connection> idle = new ArrayDeque<>();
  private boolean closed;

  /** Opens nothing yet. */
  public Questions(Database database) {
    this.database = database;
  }

  /**
   * Asks.
   *
   * @throws RowsException when the database is away, slow, or does not understand
   */
  <T> T ask(Question<T> question) {
    try {
      if (!places.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new RowsException(
            "the database has too many readers to answer", true, new IllegalStateException());
      }
      try {
        return withPlace(question);
      } finally {
        places.release();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RowsException("interrupted", true, e);
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
    var isKept = false;
    try {
      var answer = question.ask(connection);
      keep(connection);
      isKept = true;
      return answer;
    } finally {
      // After a failure nobody knows what it left behind.
      if (!isKept) {
        connection.close();
      }
    }
  }

  private Connection open() throws SQLException {
    var connection = opened();
    try (var statement = connection.createStatement()) {
      statement.execute(SESSION.text());
      return connection;
    } catch (SQLException failure) {
      connection.close();
      throw failure;
    }
  }

  private Connection opened() {
    try {
      return database.open("rowcast live");
    } catch (DatabaseException away) {
      throw new RowsException(String.valueOf(away.getMessage()), away.retryable(), away);
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

  private RowsException refused(SQLException failure) {
    return new RowsException(
        "PostgreSQL at "
            + database.url()
            + " does not answer about rows: "
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
