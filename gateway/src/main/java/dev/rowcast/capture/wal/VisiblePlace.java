package dev.rowcast.capture.wal;

import dev.rowcast.base.Pause;
import dev.rowcast.change.CommittedTransaction;
import dev.rowcast.postgres.Database;
import dev.rowcast.postgres.DatabaseException;
import dev.rowcast.postgres.SqlResource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes into {@code rowcast.delivered} up to where everything that was delivered can be seen by
 * everybody.
 *
 * <p>Thread-safe; {@link #delivered} never waits. One virtual thread writes, a few times a second
 * while something is delivered, over a connection of its own.
 *
 * <p>PostgreSQL sends a transaction when its commit is in the log, which is before others see it:
 * by a moment, or by as long as a synchronous standby does not answer. So a snapshot that is taken
 * after a change was delivered may not have it. Here the transactions that were delivered are held
 * against a snapshot, in the order of the log; behind the first that it does not see nothing is
 * said. What is written is written in that snapshot's transaction: whoever sees it was there later,
 * and sees everything that the snapshot saw.
 */
final class VisiblePlace implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(VisiblePlace.class);
  private static final SqlResource SEEN = SqlResource.of(VisiblePlace.class, "seen.sql");
  private static final SqlResource DELIVERED = SqlResource.of(VisiblePlace.class, "delivered.sql");
  private static final Duration PACE = Duration.ofMillis(200);
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(2);

  /** Above this nothing more is noted until what is noted can be seen. */
  private static final int MOST = 100_000;

  /** A transaction, or the part of one that was delivered at once, and its last place. */
  private record Noted(String epoch, long xid, long major, long minor) {}

  private final Database database;
  private final ArrayDeque<Noted> noted = new ArrayDeque<>();

  /** The highest that was not noted: nothing is until it and all below are over; 0: none. */
  private long barrier;

  private @Nullable Thread thread;
  private boolean closed;

  VisiblePlace(Database database) {
    this.database = database;
  }

  /** These were delivered, in the order of the log. */
  synchronized void delivered(String epoch, Iterable<CommittedTransaction> transactions) {
    if (closed) {
      return;
    }
    for (var each : transactions) {
      var xid = Long.parseLong(each.xid());
      if (barrier > 0 || noted.size() >= MOST) {
        barrier = Math.max(barrier, xid);
      } else if (!each.changes().isEmpty()) {
        noted.addLast(
            new Noted(epoch, xid, each.major(), each.firstMinor() + each.changes().size() - 1));
      }
    }
    if (thread == null) {
      thread = Thread.ofVirtual().name("rowcast-wal-visible").start(this::write);
    }
    notifyAll();
  }

  private synchronized void awaitNews() throws InterruptedException {
    while (noted.isEmpty() && barrier == 0) {
      wait();
    }
  }

  private void write() {
    try {
      while (true) {
        awaitNews();
        try (var connection = database.open("rowcast capture place")) {
          connection.setAutoCommit(false);
          connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
          while (true) {
            awaitNews();
            advance(connection);
            Pause.of(PACE);
          }
        } catch (SQLException | DatabaseException failure) {
          LOG.warn("what readers can see is not noted for now: {}", failure.getMessage());
          Pause.of(AFTER_FAILURE);
        }
      }
    } catch (InterruptedException _) {
      // Closed.
    }
  }

  private void advance(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var row = statement.executeQuery(SEEN.text())) {
      row.next();
      var last = seen(row.getString(1));
      if (last != null) {
        write(connection, last);
      }
    }
    connection.commit();
  }

  /** Takes off what the snapshot sees, up to the first that it does not; gives the last one. */
  private synchronized @Nullable Noted seen(String snapshot) {
    var parts = snapshot.split(":", -1);
    var xmin = Long.parseLong(parts[0]);
    var xmax = Long.parseLong(parts[1]);
    Set<Long> running =
        parts[2].isEmpty()
            ? Set.of()
            : Arrays.stream(parts[2].split(",")).map(Long::valueOf).collect(Collectors.toSet());
    Noted last = null;
    while (!noted.isEmpty()) {
      var first = noted.getFirst();
      if (first.xid() >= xmax || (first.xid() >= xmin && running.contains(first.xid()))) {
        break;
      }
      last = noted.removeFirst();
    }
    if (noted.isEmpty() && xmin > barrier) {
      barrier = 0;
    }
    return last;
  }

  private static void write(Connection connection, Noted last) throws SQLException {
    try (var statement = connection.prepareStatement(DELIVERED.text())) {
      statement.setString(1, Lsn.text(last.major()));
      statement.setLong(2, last.minor());
      statement.setString(3, last.epoch());
      statement.executeUpdate();
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (thread != null) {
      thread.interrupt();
    }
  }
}
