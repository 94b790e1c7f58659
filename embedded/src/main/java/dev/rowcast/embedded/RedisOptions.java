package dev.rowcast.embedded;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How an embedded Redis is started.
 *
 * <p>Immutable.
 *
 * @param port on 127.0.0.1; 0: any free one
 * @param data a folder that outlives the server, or empty for a temporary one
 * @param password of the default user
 * @param tls speaks TLS with these files
 * @param arguments further words of the command line, for example {@code --maxmemory 1mb}
 */
public record RedisOptions(
    int port,
    Optional<Path> data,
    Optional<String> password,
    Optional<Tls> tls,
    List<String> arguments) {

  /** Files in PEM form; with them the port speaks TLS and nothing else. */
  public record Tls(Path certificate, Path key, Path authority) {}

  /** Any port, a temporary folder, no password, nothing persisted. */
  public static final RedisOptions DEFAULTS =
      new RedisOptions(0, Optional.empty(), Optional.empty(), Optional.empty(), List.of());

  /** Copies the arguments. */
  public RedisOptions {
    arguments = List.copyOf(arguments);
  }

  /** On a port of one's choice. */
  public RedisOptions onPort(int other) {
    return new RedisOptions(other, data, password, tls, arguments);
  }

  /** In a folder that outlives the server. */
  public RedisOptions in(Path folder) {
    return new RedisOptions(port, Optional.of(folder), password, tls, arguments);
  }

  /** With a password for the default user. */
  public RedisOptions withPassword(String secret) {
    return new RedisOptions(port, data, Optional.of(secret), tls, arguments);
  }

  /** With TLS. */
  public RedisOptions withTls(Tls files) {
    return new RedisOptions(port, data, password, Optional.of(files), arguments);
  }

  /** With further words of the command line. */
  public RedisOptions with(String... words) {
    var more = new ArrayList<>(arguments);
    more.addAll(List.of(words));
    return new RedisOptions(port, data, password, tls, more);
  }
}
