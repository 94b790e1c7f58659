package dev.rowcast.rows;

/**
 * The application's database could not be asked about tables and rows.
 *
 * <p>The message is a sentence for the operator and holds no password and no value.
 */
public final class RowsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean retryable;

  /** With a sentence that names the database. */
  public RowsException(String message, boolean retryable, Throwable cause) {
    super(message, cause);
    this.retryable = retryable;
  }

  /** Whether the same question may be answered later without anybody changing anything. */
  public boolean retryable() {
    return retryable;
  }
}
