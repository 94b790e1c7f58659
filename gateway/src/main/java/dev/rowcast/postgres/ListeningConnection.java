package dev.rowcast.postgres;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.postgresql.PGConnection;

/**
 * A connection together with the means to wait until the server says something unasked, which is
 * how a NOTIFY arrives.
 *
 * <p>Confined to one thread, except {@link #cutShort}.
 *
 * <p>The driver's own {@code getNotifications(timeout)} is not used for waiting: once it has read
 * one notification it goes on reading for as long as more are there, so under a steady stream of
 * them it returned after tens of milliseconds, while every writer was still paying for its NOTIFY.
 * Here the wait ends with the first byte, and nothing is read but that byte, which the next command
 * then reads again: TLS and the driver above the socket notice nothing.
 */
public final class ListeningConnection implements AutoCloseable {
  private final Connection connection;
  private final AwaitableSocket socket;

  ListeningConnection(Connection connection, AwaitableSocket socket) {
    this.connection = connection;
    this.socket = socket;
  }

  /** The connection itself; closed with this. */
  public Connection connection() {
    return connection;
  }

  /**
   * Waits until bytes have arrived, the connection has ended, {@link #cutShort} was called, or
   * {@code timeout} has passed. What the driver has read and not yet looked at is not seen: call
   * {@link #drain} first, outside a transaction.
   *
   * @return whether it was not the timeout: the next command will tell what has arrived
   * @throws SQLException when the socket is broken
   */
  public boolean await(Duration timeout) throws SQLException {
    try {
      return socket.await(timeout);
    } catch (IOException broken) {
      throw new SQLException("the connection to PostgreSQL broke", "08006", broken);
    }
  }

  /**
   * Takes the notifications that have arrived; does not wait for more. Inside a transaction it asks
   * nothing of the socket and takes only what earlier commands brought along.
   *
   * @return whether there were any
   */
  public boolean drain() throws SQLException {
    return connection.unwrap(PGConnection.class).getNotifications().length > 0;
  }

  /** Ends a wait under way; the connection can only be closed afterwards. Thread-safe. */
  public void cutShort() {
    socket.cutShort();
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
