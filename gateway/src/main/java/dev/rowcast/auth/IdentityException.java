package dev.rowcast.auth;

/**
 * Who a client is cannot be learnt: a database, a Redis or a web application is away.
 *
 * <p>The message is a sentence for the operator and holds no secret.
 */
public final class IdentityException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean retryable;

  /** With a sentence that names what is away. */
  public IdentityException(String message, boolean retryable) {
    super(message);
    this.retryable = retryable;
  }

  /** As above, with what was thrown there. */
  public IdentityException(String message, boolean retryable, Throwable cause) {
    super(message, cause);
    this.retryable = retryable;
  }

  /** Whether asking again later may help without anybody changing a setting. */
  public boolean retryable() {
    return retryable;
  }
}
