package dev.rowcast.config;

/**
 * How the log is written: {@code log}.
 *
 * <p>Immutable.
 */
public record LogSettings(Format format, Level level) {
  /** Text for people, from info upward. */
  public static final LogSettings DEFAULTS = new LogSettings(Format.TEXT, Level.INFO);

  /** Who reads the log. */
  public enum Format {
    /** People: one line an event. */
    TEXT,
    /** Programs: one JSON object a line. */
    JSON
  }

  /** From which weight on an event is written. */
  public enum Level {
    ERROR,
    WARN,
    INFO,
    DEBUG,
    TRACE
  }
}
