package dev.rowcast.capture;

/** PostgreSQL could not do what the capture asked of it. */
public final class CaptureException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean retryable;

  /** With a sentence that names what was asked. */
  public CaptureException(String message, boolean retryable, Throwable cause) {
    super(message, cause);
    this.retryable = retryable;
  }

  /** Whether the same call may succeed later without anybody changing anything. */
  public boolean retryable() {
    return retryable;
  }
}
