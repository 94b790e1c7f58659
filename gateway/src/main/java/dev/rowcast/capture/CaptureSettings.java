package dev.rowcast.capture;

import dev.rowcast.base.DataSize;
import dev.rowcast.base.Glob;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What is captured, and what {@code serve} does when the database is not as configured: {@code
 * capture}.
 *
 * <p>Immutable.
 *
 * @param maxRow a row whose JSON is larger keeps its key only and is marked truncated
 */
public record CaptureSettings(
    Mode mode, Migrate migrate, List<TableRule> tables, DataSize maxRow, boolean rodan, Wal wal) {
  /** Nothing captured; differences are reported. */
  public static final CaptureSettings DEFAULTS =
      new CaptureSettings(Mode.AUTO, Migrate.VERIFY, List.of(), DataSize.ofMebibytes(1), false);

  /** How changes are learnt. */
  public enum Mode {
    /** As it is installed; where nothing is, by the log if server and role allow it. */
    AUTO,
    /** By triggers and an outbox. */
    TRIGGERS,
    /** By the write-ahead log. */
    WAL
  }

  /**
   * What the log is read by: {@code capture.wal}. Slots are named in the whole PostgreSQL server: a
   * second database there needs another name.
   *
   * @param warnRetained how much log the slot may hold back before readiness warns
   */
  public record Wal(String slot, String publication, DataSize warnRetained) {
    private static final Pattern SLOT = Pattern.compile("[a-z0-9_]{1,63}");

    /** Both named like the program; a gibibyte. */
    public static final Wal DEFAULTS = new Wal("rowcast", "rowcast", DataSize.ofMebibytes(1024));

    /** Refuses what PostgreSQL would refuse. */
    public Wal {
      if (!SLOT.matcher(slot).matches()) {
        throw new IllegalArgumentException(
            "capture.wal.slot is '"
                + slot
                + "', must be lower case letters, digits and underscores, at most 63");
      }
      if (publication.isEmpty() || publication.getBytes(StandardCharsets.UTF_8).length > 63) {
        throw new IllegalArgumentException(
            "capture.wal.publication is '" + publication + "', must be a name of 1 to 63 bytes");
      }
    }
  }

  /** What serve does about missing or changed triggers. */
  public enum Migrate {
    /** Warns, in the log, readiness and metrics. */
    VERIFY,
    /** Re-creates them by itself. */
    APPLY,
    /** Does not look. */
    OFF
  }

  /**
   * Tables by pattern over {@code schema.name}; the first rule that matches a table decides.
   *
   * @param key key columns; empty: the primary key
   * @param columns captured beside the key; empty: all
   * @param oldRow whether updates and deletes carry the whole old row (else its key)
   */
  public record TableRule(
      List<Glob> match, List<Glob> exclude, List<String> key, List<String> columns, OldRow oldRow) {
    /** Copies the lists. */
    public TableRule {
      match = List.copyOf(match);
      exclude = List.copyOf(exclude);
      key = List.copyOf(key);
      columns = List.copyOf(columns);
    }
  }

  /** How much of the old row an update carries. A delete always carries the captured columns. */
  public enum OldRow {
    /** Its key, when the key changed. */
    KEY,
    /** All captured columns. */
    ALL
  }

  /** Copies the rules. */
  public CaptureSettings {
    tables = List.copyOf(tables);
  }

  /** With the usual names for the log. */
  public CaptureSettings(
      Mode mode, Migrate migrate, List<TableRule> tables, DataSize maxRow, boolean rodan) {
    this(mode, migrate, tables, maxRow, rodan, Wal.DEFAULTS);
  }
}
