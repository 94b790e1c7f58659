package dev.rowcast.capture.wal;

import dev.rowcast.capture.CaptureException;
import dev.rowcast.postgres.Database;
import dev.rowcast.postgres.SqlResource;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * Looks after the slot and the lineage it stands for, over an ordinary connection.
 *
 * <p>Confined to the capture's thread.
 *
 * <p>A lineage is renewed before its slot is made, and marked as established after: a crash in
 * between leaves a lineage that nobody was told of, whose slot is then made. So an epoch is only
 * ever announced together with a slot that holds everything since it began. An old slot is never
 * used on: log from before the publication was made cannot be decoded.
 */
final class SlotKeeper implements AutoCloseable {
  private static final SqlResource SESSION = SqlResource.of(SlotKeeper.class, "keeper.sql");
  private static final SqlResource LOOK = SqlResource.of(SlotKeeper.class, "look.sql");
  private static final SqlResource RENEW = SqlResource.of(SlotKeeper.class, "renew.sql");
  private static final SqlResource ESTABLISH = SqlResource.of(SlotKeeper.class, "establish.sql");
  private static final String LOCK = "SELECT pg_catalog.pg_advisory_lock(1919907683, 4)";
  private static final String UNLOCK = "SELECT pg_catalog.pg_advisory_unlock(1919907683, 4)";
  private static final int FAILOVER_SLOTS = 170_000;

  private final Connection connection;
  private final Database database;

  private SlotKeeper(Connection connection, Database database) {
    this.connection = connection;
    this.database = database;
  }

  /**
   * How things are.
   *
   * @param established whether this epoch's slot was made
   * @param published whether the publication is there, and is the one that was installed
   * @param slotOurs whether a slot of this name is of this database and of pgoutput
   * @param slotLost whether the slot is there and can never be read again
   * @param confirmed before this place nothing will be sent any more
   * @param end how far the server's log goes
   * @param retained bytes of log that the slot holds back
   */
  record Slot(
      String epoch,
      boolean established,
      String secret,
      String name,
      String publication,
      boolean published,
      boolean exists,
      boolean slotOurs,
      boolean active,
      boolean slotLost,
      boolean inRecovery,
      int version,
      long confirmed,
      long end,
      long retained) {

    /** Whether PostgreSQL sends messages by {@code pg_logical_emit_message}. */
    boolean sendsMessages() {
      return version >= 140_000;
    }
  }

  static SlotKeeper open(Database database) throws SQLException {
    var connection = database.open("rowcast capture");
    try (var statement = connection.createStatement()) {
      statement.execute(SESSION.text());
      return new SlotKeeper(connection, database);
    } catch (SQLException failure) {
      connection.close();
      throw failure;
    }
  }

  /**
   * Asks how things are.
   *
   * @throws CaptureException when WAL capture is not installed
   */
  Slot look() throws SQLException {
    try (var statement = connection.createStatement();
        var row = statement.executeQuery(LOOK.text())) {
      if (!row.next()) {
        throw notInstalled(new IllegalStateException("rowcast.wal is empty"));
      }
      return new Slot(
          row.getString("epoch"),
          row.getBoolean("established"),
          row.getString("secret"),
          row.getString("slot"),
          row.getString("publication"),
          row.getBoolean("published"),
          row.getBoolean("slot_exists"),
          row.getBoolean("slot_ours"),
          row.getBoolean("slot_active"),
          row.getBoolean("slot_lost"),
          row.getBoolean("in_recovery"),
          row.getInt("version"),
          Lsn.parse(row.getString("confirmed")),
          Lsn.parse(row.getString("log_end")),
          row.getLong("retained"));
    } catch (SQLException failure) {
      throw refusal(failure);
    }
  }

  private SQLException refusal(SQLException failure) {
    return switch (String.valueOf(failure.getSQLState())) {
      case "3F000", "42P01" -> throw notInstalled(failure);
      case "42501" ->
          new SQLException(
              "the role that serves may not use schema rowcast in "
                  + database.url()
                  + "; `rowcast migrate plan` prints the GRANTs it needs",
              "42501",
              failure);
      default -> failure;
    };
  }

  /** Begins another lineage, whose slot is still to be made. */
  void abandon(String epoch) throws SQLException {
    renew(epoch, false);
  }

  /** Begins another lineage with the slot as it is. */
  void fork(String epoch) throws SQLException {
    renew(epoch, true);
  }

  private void renew(String epoch, boolean established) throws SQLException {
    try (var statement = connection.prepareStatement(RENEW.text())) {
      statement.setBoolean(1, established);
      statement.setString(2, epoch);
      statement.executeUpdate();
    }
  }

  /** Makes the slot of the lineage, if it still has none; of several nodes one does it. */
  void establish() throws SQLException {
    execute(LOCK);
    try {
      var slot = look();
      if (slot.established()) {
        return;
      }
      if (slot.exists()) {
        execute("SELECT pg_catalog.pg_drop_replication_slot(?)", slot.name());
      }
      execute(creation(slot.version()), slot.name());
      execute(ESTABLISH.text(), slot.epoch());
    } finally {
      execute(UNLOCK);
    }
  }

  private void execute(String sql, String... arguments) throws SQLException {
    try (var statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < arguments.length; i++) {
        statement.setString(i + 1, arguments[i]);
      }
      statement.execute();
    }
  }

  /** Follows a promoted standby, where the server knows how (PostgreSQL 17). */
  static String creation(int version) {
    return version >= FAILOVER_SLOTS
        ? "SELECT pg_catalog.pg_create_logical_replication_slot(?, 'pgoutput', false, false, true)"
        : "SELECT pg_catalog.pg_create_logical_replication_slot(?, 'pgoutput')";
  }

  private CaptureException notInstalled(Exception cause) {
    return new CaptureException(
        "WAL capture is not installed in " + database.url() + ": run `rowcast migrate apply`",
        true,
        cause);
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
