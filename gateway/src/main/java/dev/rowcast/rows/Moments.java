package dev.rowcast.rows;

import dev.rowcast.base.Pause;
import dev.rowcast.message.Seen;
import dev.rowcast.message.TransactionSnapshot;
import dev.rowcast.postgres.SqlResource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/**
 * Says until when what a snapshot saw can still come in the log.
 *
 * <p>Thread-safe; blocks.
 */
public final class Moments {
  private static final SqlResource MODE = SqlResource.of(Moments.class, "mode.sql");
  private static final SqlResource BY_LOG = SqlResource.of(Moments.class, "settled-log.sql");
  private static final SqlResource BY_TRIGGERS =
      SqlResource.of(Moments.class, "settled-triggers.sql");

  /** How often and how long the outbox is given time to be taken. */
  private static final int ATTEMPTS = 20;

  private static final Duration PAUSE = Duration.ofMillis(50);

  private final Questions questions;

  /** Asks nothing yet. */
  public Moments(Questions questions) {
    this.questions = questions;
  }

  private record Settled(long until, boolean settled) {}

  /**
   * What a reader has seen, for as long as it matters. When the capture lags so far behind that
   * nobody can tell yet, it is endless, and may be asked about again.
   *
   * @throws RowsException when the database cannot be asked
   */
  public Seen seen(TransactionSnapshot snapshot) throws InterruptedException {
    for (int i = 0; i < ATTEMPTS; i++) {
      var settled = questions.ask(connection -> settled(connection, snapshot));
      if (settled.settled()) {
        return new Seen(snapshot, settled.until());
      }
      Pause.of(PAUSE);
    }
    return Seen.endless(snapshot);
  }

  private static Settled settled(Connection connection, TransactionSnapshot snapshot)
      throws SQLException {
    try (var statement = connection.prepareStatement(question(connection).text())) {
      statement.setString(1, snapshot.toString());
      try (var row = statement.executeQuery()) {
        row.next();
        return new Settled(
            Long.parseUnsignedLong(row.getString("until")), row.getBoolean("settled"));
      }
    }
  }

  private static SqlResource question(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var row = statement.executeQuery(MODE.text())) {
      row.next();
      return row.getBoolean(1) ? BY_LOG : BY_TRIGGERS;
    }
  }
}
