package dev.rowcast.capture.migrate;

import dev.rowcast.capture.CaptureSettings;
import dev.rowcast.capture.CaptureSettings.Mode;
import java.util.ArrayList;
import java.util.List;

/**
 * By which of the two ways a database is captured, and why.
 *
 * <p>Immutable.
 *
 * @param mode never AUTO
 * @param why in words
 * @param against what keeps the log from being used here, each with what to change; empty: it can
 *     be
 */
public record ModeChoice(Mode mode, String why, List<String> against) {

  /** Copies the list. */
  public ModeChoice {
    against = List.copyOf(against);
  }

  /**
   * What is written in the configuration holds; {@code auto} keeps what is installed, and where
   * nothing is, takes the log if it can be used.
   */
  static ModeChoice of(CaptureSettings settings, Comparison.Found found) {
    var against = against(settings, found);
    return switch (settings.mode()) {
      case TRIGGERS -> new ModeChoice(Mode.TRIGGERS, "capture.mode says so", against);
      case WAL -> new ModeChoice(Mode.WAL, "capture.mode says so", against);
      case AUTO -> {
        if (found.wal().installed().isPresent()) {
          yield new ModeChoice(Mode.WAL, "it is installed, and capture.mode is auto", against);
        }
        if (!found.missing().contains("outbox")) {
          yield new ModeChoice(
              Mode.TRIGGERS, "they are installed, and capture.mode is auto", against);
        }
        yield against.isEmpty()
            ? new ModeChoice(Mode.WAL, "the server and the role allow it", against)
            : new ModeChoice(Mode.TRIGGERS, "the log cannot be used", against);
      }
    };
  }

  private static List<String> against(CaptureSettings settings, Comparison.Found found) {
    var wal = found.wal();
    var against = new ArrayList<String>();
    if (!wal.walLevel().equals("logical")) {
      against.add(
          "wal_level is "
              + wal.walLevel()
              + ": ALTER SYSTEM SET wal_level = 'logical', then restart PostgreSQL");
    }
    if (!wal.mayReplicate()) {
      against.add(
          "role "
              + found.role()
              + " has not the right REPLICATION: ALTER ROLE "
              + found.quotedRole()
              + " REPLICATION");
    }
    if (!wal.mayPublish()) {
      against.add(
          "role "
              + found.role()
              + " may not create a publication: GRANT CREATE ON DATABASE "
              + found.database()
              + " TO "
              + found.quotedRole());
    }
    if (!wal.slotExists() && wal.freeSlots() <= 0) {
      against.add(
          "no replication slot is free: raise max_replication_slots, or drop an unused one");
    }
    if (!wal.slotOurs()) {
      against.add(
          "the slot "
              + settings.wal().slot()
              + " is of another database or plugin: choose another capture.wal.slot");
    }
    return against;
  }
}
