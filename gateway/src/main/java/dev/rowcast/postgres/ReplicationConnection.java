package dev.rowcast.postgres;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyDual;

/**
 * A connection in replication mode: ordinary statements first, then a stream in both directions.
 *
 * <p>Confined to one thread at a time, except {@link #cutShort}.
 *
 * <p>The driver's own replication stream is not used: between two messages it either blocks or must
 * be polled. Here one thread waits for the first byte with a time-out that leaves nothing half
 * read, and takes whole messages.
 */
public final class ReplicationConnection implements AutoCloseable {
  private final Connection connection;
  private final AwaitableSocket socket;
  private @Nullable CopyDual stream;

  ReplicationConnection(Connection connection, AwaitableSocket socket) {
    this.connection = connection;
    this.socket = socket;
  }

  /** The connection itself, for statements before {@link #start}; closed with this. */
  public Connection connection() {
    return connection;
  }

  /** Begins the stream by {@code START_REPLICATION …}. */
  public void start(String command) throws SQLException {
    stream = connection.unwrap(PGConnection.class).getCopyAPI().copyDual(command);
  }

  /**
   * A message that has arrived, without waiting for one to begin; waits for the rest of one that
   * has begun.
   *
   * @return null when there is none
   * @throws SQLException when the server ended the stream, with its reason
   */
  public byte @Nullable [] poll() throws SQLException {
    return read(false);
  }

  /**
   * Waits at most {@code timeout} for a message to begin, and then for all of it.
   *
   * @return null when none came, or when the stream is being ended
   * @throws SQLException when the server ended the stream, with its reason
   */
  public byte @Nullable [] await(Duration timeout) throws SQLException {
    try {
      return socket.await(timeout) ? read(true) : null;
    } catch (IOException broken) {
      throw new SQLException("the connection to PostgreSQL broke", "08006", broken);
    }
  }

  /** Sends a message and flushes it. */
  public void send(byte[] message) throws SQLException {
    var open = opened();
    open.writeToCopy(message, 0, message.length);
    open.flushCopy();
  }

  /** Ends a wait under way; the connection can only be closed afterwards. Thread-safe. */
  public void cutShort() {
    socket.cutShort();
  }

  /** Ends the connection without a farewell: the server may be sending and would not listen. */
  @Override
  public void close() throws SQLException {
    connection.abort(Runnable::run);
  }

  private byte @Nullable [] read(boolean waits) throws SQLException {
    var open = opened();
    var message = open.readFromCopy(waits);
    if (message == null && !open.isActive()) {
      throw new SQLException("PostgreSQL ended the replication stream", "08006");
    }
    return message;
  }

  private CopyDual opened() {
    var open = stream;
    if (open == null) {
      throw new IllegalStateException("the stream was not started");
    }
    return open;
  }
}
