package dev.rowcast.embedded;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How an embedded PostgreSQL is started.
 *
 * <p>Immutable.
 *
 * @param major the major version; its binaries must be on the class path
 * @param port on 127.0.0.1; 0: any free one
 * @param data a folder that outlives the server, or empty for a temporary one
 * @param settings as in postgresql.conf
 */
public record PostgresOptions(
    int major, int port, Optional<Path> data, Map<String, String> settings) {
  /** PostgreSQL 18 on any port in a temporary folder, as safe as PostgreSQL's own defaults. */
  public static final PostgresOptions DEFAULTS =
      new PostgresOptions(18, 0, Optional.empty(), Map.of("synchronous_commit", "on"));

  /** Copies the settings. */
  public PostgresOptions {
    settings = Map.copyOf(settings);
  }

  /** {@link #DEFAULTS} without flushing to disk: a crash of the machine may lose everything. */
  public static PostgresOptions forTests() {
    return DEFAULTS.with("fsync", "off").with("max_prepared_transactions", "10");
  }

  /** With another major version. */
  public PostgresOptions version(int other) {
    return new PostgresOptions(other, port, data, settings);
  }

  /** On a port of one's choice. */
  public PostgresOptions onPort(int other) {
    return new PostgresOptions(major, other, data, settings);
  }

  /** In a folder that outlives the server. */
  public PostgresOptions in(Path folder) {
    return new PostgresOptions(major, port, Optional.of(folder), settings);
  }

  /** With one more line of postgresql.conf. */
  public PostgresOptions with(String name, String value) {
    var more = new HashMap<>(settings);
    more.put(name, value);
    return new PostgresOptions(major, port, data, more);
  }
}
