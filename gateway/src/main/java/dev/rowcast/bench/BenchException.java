package dev.rowcast.bench;

/** A run could not be made; the text is for the operator. */
public final class BenchException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With a sentence for the operator. */
  public BenchException(String message) {
    super(message);
  }

  /** With a sentence for the operator and what lies beneath. */
  public BenchException(String message, Throwable cause) {
    super(message, cause);
  }
}
