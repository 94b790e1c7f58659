package dev.rowcast.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where settings may come from; a later one goes over an earlier one: profile, file, environment,
 * flags.
 *
 * <p>Immutable.
 *
 * @param file the configuration file; empty: {@code ROWCAST_CONFIG} names it, or there is none
 * @param flags in the order of the command line
 */
public record Sources(Optional<Path> file, Map<String, String> environment, List<Setting> flags) {

  /**
   * A key and its value on the command line.
   *
   * @param flag as it is typed, for messages
   */
  public record Setting(String flag, String key, String value) {}

  /** Copies the collections. */
  public Sources {
    environment = Map.copyOf(environment);
    flags = List.copyOf(flags);
  }
}
