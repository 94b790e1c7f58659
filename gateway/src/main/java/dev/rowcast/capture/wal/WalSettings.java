package dev.rowcast.capture.wal;

import dev.rowcast.base.DataSize;
import java.time.Duration;

/**
 * How a leader reads the log: {@code capture.wal}.
 *
 * <p>Immutable.
 *
 * @param warnRetained how much log the slot may hold back before readiness warns
 * @param maxRow a row whose JSON is larger keeps its key only
 * @param standby how often a node that does not lead looks whether it could
 * @param batchChanges how many changes a batch holds at most, but for its last part
 * @param queued how much may be read ahead of what is delivered
 */
public record WalSettings(
    DataSize warnRetained, DataSize maxRow, Duration standby, int batchChanges, DataSize queued) {
  /** Takes over within five seconds; warns at a gibibyte. */
  public static final WalSettings DEFAULTS =
      new WalSettings(
          DataSize.ofMebibytes(1024),
          DataSize.ofMebibytes(1),
          Duration.ofSeconds(1),
          10_000,
          DataSize.ofMebibytes(32));

  /** With the two that an operator chooses. */
  public WalSettings with(DataSize retained, DataSize row) {
    return new WalSettings(retained, row, standby, batchChanges, queued);
  }
}
