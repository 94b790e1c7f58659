package dev.rowcast.relay;

/** A batch did not reach the bus, or nobody said in time that it did; it must be brought again. */
public final class RelayException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With a sentence for the log. */
  public RelayException(String message) {
    super(message);
  }

  /** With a sentence for the log, and what lies beneath it. */
  public RelayException(String message, Throwable cause) {
    super(message, cause);
  }
}
