package dev.rowcast.capture.wal;

import dev.rowcast.capture.CaptureException;
import dev.rowcast.postgres.Database;
import java.sql.SQLException;
import java.util.Optional;

/**
 * What an operator should know about the slot.
 *
 * <p>Immutable.
 *
 * @param retained bytes of log that it holds back
 * @param trouble why the log cannot be read, with what to change
 */
public record WalCheck(String slot, long retained, Optional<String> trouble) {

  /**
   * Asks the database, and tries whether it lets us in to replicate.
   *
   * @throws CaptureException when capture by the log is not installed, or cannot be asked about
   * @throws dev.rowcast.postgres.DatabaseException when it lets us in for nothing
   */
  public static WalCheck of(Database database) {
    try (var keeper = SlotKeeper.open(database)) {
      var slot = keeper.look();
      try (var replication = database.replicate("rowcast doctor");
          var statement = replication.connection().createStatement()) {
        statement.execute("IDENTIFY_SYSTEM");
      }
      return new WalCheck(slot.name(), slot.retained(), trouble(slot));
    } catch (SQLException failure) {
      throw new CaptureException(
          "the log of "
              + database.url()
              + " cannot be read ("
              + failure.getMessage()
              + "); does a pooler stand between, or pg_hba.conf refuse replication?",
          true,
          failure);
    }
  }

  private static Optional<String> trouble(SlotKeeper.Slot slot) {
    if (!slot.slotOurs()) {
      return Optional.of("slot " + slot.name() + " is of another database or plugin");
    }
    if (!slot.published()) {
      return Optional.of(
          "publication "
              + slot.publication()
              + " is not the one that was installed: run"
              + " `rowcast migrate apply`");
    }
    if (slot.slotLost()) {
      return Optional.of(
          "slot " + slot.name() + " was invalidated; the next leader begins a new epoch");
    }
    if (!slot.exists()) {
      return Optional.of("slot " + slot.name() + " is missing; the next leader makes it");
    }
    return Optional.empty();
  }
}
