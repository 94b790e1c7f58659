package dev.rowcast.cli;

import dev.rowcast.config.Configuration;
import dev.rowcast.config.Sources;
import dev.rowcast.config.Sources.Setting;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a command takes its settings from. Filled by the parser. */
public final class ConfigOptions {
  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      description =
          "The configuration file; without it ROWCAST_CONFIG names one, or there is none.")
  private @Nullable Path file;

  @Option(
      names = "--database",
      paramLabel = "URL",
      description = "postgresql://user@host:port/database; short for --set database.url=URL.")
  private @Nullable String database;

  @Option(
      names = "--redis",
      paramLabel = "URL|none",
      description = "redis://host:port/db, or none for one node in memory.")
  private @Nullable String redis;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Sets any key of docs/CONFIG.md; may be repeated.")
  private List<String> sets = new ArrayList<>();

  /** The settings of these flags over everything else. */
  public Configuration load() {
    return load(List.of());
  }

  /** The settings of these flags and of the command's own over everything else. */
  public Configuration load(List<Setting> more) {
    var settings = new ArrayList<Setting>();
    for (var set : sets) {
      var equals = set.indexOf('=');
      if (equals < 1) {
        throw new CommandException(
            "--set " + set + " is not KEY=VALUE; write for example --set redis.prefix=rodan",
            ExitCode.WRONG_USAGE);
      }
      var key = set.substring(0, equals);
      settings.add(new Setting("--set " + key, key, set.substring(equals + 1)));
    }
    if (database != null) {
      settings.add(new Setting("--database", "database.url", database));
    }
    if (redis != null) {
      settings.add(new Setting("--redis", "redis.url", redis));
    }
    settings.addAll(more);
    return Configuration.load(new Sources(Optional.ofNullable(file), System.getenv(), settings));
  }
}
