package dev.rowcast.cli;

import dev.rowcast.config.LogSettings;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a command writes its log. Filled by the parser. */
public final class LogOptions {
  @Option(names = "--verbose", description = "Writes more into the log.")
  private boolean verbose;

  @Option(
      names = "--log-format",
      paramLabel = "text|json",
      description = "How the log on stderr is written; text by default.")
  private @Nullable String format;

  /** Begins to log as the flags say. */
  public void apply() {
    apply(LogSettings.DEFAULTS);
  }

  /** Begins to log as the flags say, or the settings where the flags say nothing. */
  public void apply(LogSettings settings) {
    var chosen = Optional.ofNullable(format).map(LogOptions::format).orElse(settings.format());
    Logging.begin(new LogSettings(chosen, verbose ? LogSettings.Level.DEBUG : settings.level()));
  }

  private static LogSettings.Format format(String word) {
    try {
      return LogSettings.Format.valueOf(word.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException _) {
      throw new CommandException(
          "--log-format is '" + word + "', must be text or json", ExitCode.WRONG_USAGE);
    }
  }
}
