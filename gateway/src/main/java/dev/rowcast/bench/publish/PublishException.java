package dev.rowcast.bench.publish;

/** A message did not get into the system under test; the text is for the operator. */
public final class PublishException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With a sentence for the operator. */
  public PublishException(String message) {
    super(message);
  }

  /** With a sentence for the operator and what lies beneath. */
  public PublishException(String message, Throwable cause) {
    super(message, cause);
  }
}
