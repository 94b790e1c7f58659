package dev.rowcast.shape;

/** Whether a row is one of those that a filter asks for. */
public enum Match {
  YES,
  NO,
  /**
   * It hangs on a value that the event does not hold: the old row was not captured, a large value
   * did not change and was not sent, the row is above {@code capture.max-row}.
   */
  UNKNOWN
}
