package dev.rowcast.postgres;

import java.sql.SQLException;
import java.time.Duration;
import org.postgresql.PGConnection;

/**
 * What an operator should know about a database before Rowcast relies on it.
 *
 * <p>Immutable.
 *
 * @param version as the server writes it, for example {@code 18.1}
 * @param versionNumber for example 180001
 * @param role who we are there
 * @param mayCreateSchema whether the role may create schema {@code rowcast}
 * @param inRecovery whether this is a standby, on which nothing can be captured
 * @param preparedTransactions transactions of a two-phase commit that nobody has ended
 * @param oldestPrepared the age of the oldest of them; zero: there is none
 * @param notifyQueue how full the queue of NOTIFY is, from 0 to 1; a full one fails commits
 * @param synchronousCommit what the setting is by default
 * @param slotKeepSize how much log a slot may hold back; {@code -1}: no bound
 * @param pooled whether a pooler stands between us and the server
 */
public record DatabaseCheck(
    String version,
    int versionNumber,
    String role,
    boolean mayCreateSchema,
    boolean inRecovery,
    int preparedTransactions,
    Duration oldestPrepared,
    double notifyQueue,
    String synchronousCommit,
    String slotKeepSize,
    boolean pooled) {

  private static final SqlResource CHECK = SqlResource.of(DatabaseCheck.class, "check.sql");

  /**
   * Asks the database.
   *
   * @throws DatabaseException when it cannot be reached or asked
   */
  public static DatabaseCheck of(Database database) {
    try (var connection = database.open("rowcast doctor");
        var statement = connection.createStatement();
        var row = statement.executeQuery(CHECK.text())) {
      row.next();
      return new DatabaseCheck(
          row.getString("version"),
          row.getInt("version_number"),
          row.getString("role"),
          row.getBoolean("may_create_schema"),
          row.getBoolean("in_recovery"),
          row.getInt("prepared_transactions"),
          Duration.ofSeconds(row.getLong("oldest_prepared_seconds")),
          row.getDouble("notify_queue"),
          row.getString("synchronous_commit"),
          row.getString("slot_keep_size"),
          // A pooler gives its client a number of its own.
          row.getInt("backend") != connection.unwrap(PGConnection.class).getBackendPID());
    } catch (SQLException failure) {
      throw new DatabaseException(
          "PostgreSQL at " + database.url() + " cannot be asked (" + failure.getMessage() + ")",
          true,
          failure);
    }
  }
}
