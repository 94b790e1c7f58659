package dev.rowcast.capture.migrate;

import dev.rowcast.capture.CaptureSettings;
import dev.rowcast.postgres.SqlResource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * What the database says about capture by the log.
 *
 * <p>Immutable.
 *
 * @param installed with what it is installed; empty: it is not
 * @param messages whether table rowcast.message is there
 * @param messageTable its oid, or 0
 * @param delivered whether table rowcast.delivered is there
 * @param slotOurs whether a slot of the configured name, if there, is of this database and pgoutput
 * @param publication the oid of the configured one, or 0
 * @param publicationWhole whether it publishes all that we need
 * @param members oids of its tables
 */
record WalFacts(
    int version,
    String walLevel,
    boolean mayReplicate,
    boolean mayPublish,
    int freeSlots,
    Optional<Installed> installed,
    boolean messages,
    long messageTable,
    boolean delivered,
    boolean slotExists,
    boolean slotOurs,
    boolean slotLost,
    long publication,
    boolean publicationOwned,
    boolean publicationWhole,
    Set<Long> members) {
  private static final SqlResource FOUND = SqlResource.of(WalFacts.class, "found-wal.sql");
  private static final SqlResource INSTALLED = SqlResource.of(WalFacts.class, "installed-wal.sql");

  /** The row of {@code rowcast.wal}. */
  record Installed(String slot, String publication, long publicationOid, boolean established) {}

  WalFacts {
    members = Set.copyOf(members);
  }

  static WalFacts of(Connection connection, CaptureSettings.Wal settings) throws SQLException {
    try (var question = connection.prepareStatement(FOUND.text())) {
      question.setString(1, settings.slot());
      question.setString(2, settings.publication());
      try (var row = question.executeQuery()) {
        row.next();
        return new WalFacts(
            row.getInt("version"),
            row.getString("wal_level"),
            row.getBoolean("may_replicate"),
            row.getBoolean("may_publish"),
            row.getInt("free_slots"),
            row.getBoolean("installed") ? installed(connection) : Optional.empty(),
            row.getBoolean("messages"),
            row.getLong("message_table"),
            row.getBoolean("delivered"),
            row.getBoolean("slot_exists"),
            row.getBoolean("slot_ours"),
            row.getBoolean("slot_lost"),
            row.getLong("publication"),
            row.getBoolean("publication_owned"),
            row.getBoolean("publication_whole"),
            new HashSet<>(Arrays.asList((Long[]) row.getArray("members").getArray())));
      }
    }
  }

  private static Optional<Installed> installed(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var row = statement.executeQuery(INSTALLED.text())) {
      return row.next()
          ? Optional.of(
              new Installed(
                  row.getString("slot"),
                  row.getString("publication"),
                  row.getLong("publication_oid"),
                  row.getBoolean("established")))
          : Optional.empty();
    }
  }

  /** Whether PostgreSQL sends what {@code pg_logical_emit_message} writes. */
  boolean sendsMessages() {
    return version >= 140_000;
  }
}
