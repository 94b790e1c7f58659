package dev.rowcast.server;

/** The server could not begin to listen; the message is a sentence for the operator. */
public final class ServerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With a sentence that names the address. */
  public ServerException(String message, Throwable cause) {
    super(message, cause);
  }
}
