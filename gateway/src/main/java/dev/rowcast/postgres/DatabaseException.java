package dev.rowcast.postgres;

/**
 * The database could not be reached or did not let us in.
 *
 * <p>The message is a sentence for the operator and holds no password.
 */
public final class DatabaseException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean retryable;

  /** With a sentence that names the database. */
  public DatabaseException(String message, boolean retryable, Throwable cause) {
    super(message, cause);
    this.retryable = retryable;
  }

  /** Whether the same call may succeed later without anybody changing a setting. */
  public boolean retryable() {
    return retryable;
  }
}
