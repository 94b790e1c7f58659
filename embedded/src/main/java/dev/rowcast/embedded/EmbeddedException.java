package dev.rowcast.embedded;

/**
 * An embedded server could not be had; the message is one sentence for the person who started it.
 */
public final class EmbeddedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With a sentence and no cause beneath it. */
  public EmbeddedException(String message) {
    super(message);
  }

  /** With a sentence and what lies beneath it. */
  public EmbeddedException(String message, Throwable cause) {
    super(message, cause);
  }
}
