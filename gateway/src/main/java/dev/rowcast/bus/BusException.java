package dev.rowcast.bus;

/** Redis could not do what was asked of it. */
public final class BusException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean retryable;

  /** With a sentence that names what was asked and of whom. */
  public BusException(String message, boolean retryable) {
    super(message);
    this.retryable = retryable;
  }

  /** With a sentence that names what was asked and of whom, and the failure underneath. */
  public BusException(String message, boolean retryable, Throwable cause) {
    super(message, cause);
    this.retryable = retryable;
  }

  /** Whether the same call may succeed later without anybody changing anything. */
  public boolean retryable() {
    return retryable;
  }
}
