package dev.rowcast.capture;

import dev.rowcast.base.DataSize;
import dev.rowcast.base.Glob;
import java.util.List;

/**
 * What is captured, and what {@code serve} does when the database is not as configured: {@code
 * capture}.
 *
 * <p>Immutable.
 *
 * @param maxRow a row whose JSON is larger keeps its key only and is marked truncated
 */
public record CaptureSettings(
    Mode mode, Migrate migrate, List<TableRule> tables, DataSize maxRow, boolean rodan) {
  /** Nothing captured; differences are reported. */
  public static final CaptureSettings DEFAULTS =
      new CaptureSettings(Mode.AUTO, Migrate.VERIFY, List.of(), DataSize.ofMebibytes(1), false);

  /** How changes are learnt. */
  public enum Mode {
    AUTO,
    TRIGGERS
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
}
