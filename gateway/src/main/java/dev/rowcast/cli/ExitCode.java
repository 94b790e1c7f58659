package dev.rowcast.cli;

/** What a command answers to the shell. */
public final class ExitCode {
  /** It worked. */
  public static final int FINE = 0;

  /** The work failed. */
  public static final int FAILED = 1;

  /** Wrong usage or configuration. */
  public static final int WRONG_USAGE = 2;

  /** A needed program or JDK is missing. */
  public static final int MISSING_PROGRAM = 69;

  /** Interrupted from outside. */
  public static final int INTERRUPTED = 130;

  private ExitCode() {}
}
