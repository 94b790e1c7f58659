package dev.rowcast.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A few connections for short questions, opened when they are needed and kept.
 *
 * <p>Thread-safe; blocks. Who finds all of them in use waits for one, and not for ever: a storm of
 * questions queues here and not in the database. A kept connection that turns out to be dead is
 * replaced and the question asked once more.
 */
public final class KeptConnections implements AutoCloseable {
  private static final int MOST = 4;

  /** What is asked of one connection, which is left in auto-commit mode. */
  @FunctionalInterface
  public interface Question<T> {
    /** Asks, and reads the answer. */
    T ask(Connection connection) throws SQLException;
  }

  /** How a connection is made and prepared. */
  @FunctionalInterface
  public interface Opening {
    /**
     * Connects.
     *
     * @throws DatabaseException when the database is away
     */
    Connection open() throws SQLException;
  }

  private final Duration patience;
  private final Opening opening;
  private final Predicate<SQLException> spoils;
  private final Semaphore places = new Semaphore(MOST, true);
  private final ArrayDeque<Connection> idle = new ArrayDeque<>();
  private boolean closed;

  /**
   * Opens nothing yet.
   *
   * @param patience how long is waited for one of the connections
   * @param spoils the failures after which a connection is not kept
   */
  public KeptConnections(Duration patience, Opening opening, Predicate<SQLException> spoils) {
    this.patience = patience;
    this.opening = opening;
    this.spoils = spoils;
  }

  /**
   * Asks.
   *
   * @throws TimeoutException when all connections were in use for too long
   * @throws DatabaseException when the database is away
   * @throws SQLException when it does not answer, or does not understand
   */
  public <T> T ask(Question<T> question)
      throws SQLException, TimeoutException, InterruptedException {
    if (!places.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new TimeoutException("all connections are in use");
    }
    try {
      var kept = kept();
      if (kept != null) {
        try {
          return answered(question, kept);
        } catch (SQLException failure) {
          if (!isLost(failure)) {
            throw failure;
          }
        }
      }
      return answered(question, opening.open());
    } finally {
      places.release();
    }
  }

  /** Whether the connection is what failed, and not the question. */
  public static boolean isLost(SQLException failure) {
    // Class 08: the connection; 57P: the server is going; none: the driver's own.
    var state = failure.getSQLState();
    return state == null || state.startsWith("08") || state.startsWith("57P");
  }

  private <T> T answered(Question<T> question, Connection connection) throws SQLException {
    var isGood = false;
    try {
      var answer = question.ask(connection);
      isGood = true;
      return answer;
    } catch (SQLException failure) {
      isGood = !spoils.test(failure);
      throw failure;
    } finally {
      if (isGood) {
        keep(connection);
      } else {
        connection.close();
      }
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
