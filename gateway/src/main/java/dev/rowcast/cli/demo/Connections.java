package dev.rowcast.cli.demo;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A few connections for the page's requests, opened when first needed and kept while they work.
 *
 * <p>Thread-safe. Who finds all of them busy waits a moment, then is refused: the page asks again.
 */
final class Connections implements AutoCloseable {
  private static final int MOST = 4;
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final Opener opener;
  private final Semaphore free = new Semaphore(MOST, true);
  private final Deque<Connection> idle = new ArrayDeque<>();
  private boolean closed;

  Connections(Opener opener) {
    this.opener = opener;
  }

  /** Opens a connection in auto-commit mode. */
  @FunctionalInterface
  interface Opener {
    Connection open() throws SQLException;
  }

  /** What is done with a connection. */
  @FunctionalInterface
  interface Work<T> {
    T on(Connection connection) throws SQLException;
  }

  /**
   * Does {@code work} in a transaction of its own.
   *
   * @throws SQLException when the database refuses or is away; nothing is committed then
   */
  <T> T transaction(Work<T> work) throws SQLException {
    acquire();
    var connection = takeIdle();
    try {
      if (connection != null && !connection.isValid(2)) {
        closeQuietly(connection); // the server has been restarted since
        connection = null;
      }
      if (connection == null) {
        connection = opener.open();
        connection.setAutoCommit(false);
      }
      var result = work.on(connection);
      connection.commit();
      connection = keep(connection);
      return result;
    } finally {
      if (connection != null) {
        closeQuietly(connection); // closing rolls back
      }
      free.release();
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    idle.forEach(Connections::closeQuietly);
    idle.clear();
  }

  private void acquire() throws SQLException {
    try {
      if (!free.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new SQLException("all connections of the demo page are busy");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SQLException("interrupted", e);
    }
  }

  private synchronized @Nullable Connection takeIdle() {
    return idle.pollFirst();
  }

  /** Nothing when it is kept for the next, else the connection, which is to be closed. */
  private synchronized @Nullable Connection keep(Connection connection) {
    if (closed) {
      return connection;
    }
    idle.addFirst(connection);
    return null;
  }

  static void closeQuietly(Connection connection) {
    try {
      connection.close();
    } catch (SQLException _) {
      // It is given up either way.
    }
  }
}
