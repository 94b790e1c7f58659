package dev.rowcast.feed;

/** The log could not be written or read. */
public final class FeedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean retryable;

  /** With a sentence for the log. */
  public FeedException(String message, boolean retryable) {
    super(message);
    this.retryable = retryable;
  }

  /** With a sentence for the log, and what lies beneath it. */
  public FeedException(String message, boolean retryable, Throwable cause) {
    super(message, cause);
    this.retryable = retryable;
  }

  /** Whether the same call may succeed later without anybody changing anything. */
  public boolean retryable() {
    return retryable;
  }
}
