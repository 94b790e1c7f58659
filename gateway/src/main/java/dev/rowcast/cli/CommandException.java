package dev.rowcast.cli;

/** The work of a command failed for a reason outside; the message is all an operator needs. */
public final class CommandException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int exitCode;

  /** With a sentence for the operator and exit code 1. */
  public CommandException(String message) {
    this(message, ExitCode.FAILED);
  }

  /** With a sentence for the operator. */
  public CommandException(String message, int exitCode) {
    super(message);
    this.exitCode = exitCode;
  }

  int exitCode() {
    return exitCode;
  }
}
