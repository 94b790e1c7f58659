package dev.rowcast.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rowcast.base.Endpoint;
import dev.rowcast.base.Secret;
import java.net.URLDecoder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a Redis URL says: which node, how encrypted, as whom, which database.
 *
 * <p>Immutable. The text form holds no password and is meant for logs.
 *
 * @param place where the node is, or who knows
 * @param tls how the connection is encrypted, if it is
 * @param user the ACL user; empty: the default one
 * @param database the number of the keys' database; channels have none
 */
public record RedisTarget(
    Place place,
    Optional<Tls> tls,
    Optional<String> user,
    Optional<Secret> password,
    int database) {

  /** Where a node is, or who knows where it is. */
  public sealed interface Place {}

  /** A node that can be connected to. */
  public sealed interface Node extends Place {}

  /** A node behind TCP. */
  public record Tcp(Endpoint endpoint) implements Node {
    @Override
    public String toString() {
      return endpoint.toString();
    }
  }

  /** A node behind a Unix socket. */
  public record Unix(Path path) implements Node {
    @Override
    public String toString() {
      return path.toString();
    }
  }

  /** Sentinels that know where the master of this name is. */
  public record Sentinels(List<Endpoint> endpoints, String master) implements Place {
    /** Copies the list. */
    public Sentinels {
      endpoints = List.copyOf(endpoints);
    }

    @Override
    public String toString() {
      return "master " + master + " of sentinels " + endpoints;
    }
  }

  /** How much of the server's certificate is checked. */
  public enum Verify {
    /** Trust chain and host name. */
    FULL,
    /** Trust chain only. */
    CA,
    /** Nothing: encrypted, yet anybody may answer. */
    NONE
  }

  /**
   * TLS towards Redis.
   *
   * @param ca a PEM file of the authorities to trust instead of the JDK's
   */
  public record Tls(Verify verify, Optional<Path> ca) {}

  private static final Set<String> OPTIONS = Set.of("db", "verify", "ca", "master");

  /**
   * Reads {@code redis://[user:password@]host[:port][/db]}, {@code rediss://…[?verify=full|ca|none]
   * [&ca=FILE]}, {@code redis+unix://[user:password@]/path[?db=N]} and {@code
   * redis-sentinel://[user:password@]host[:port],…[/db]?master=NAME}.
   *
   * @param separate a password kept outside of the URL; wins over the URL's own
   * @throws IllegalArgumentException with a sentence for the operator that never holds the password
   */
  public static RedisTarget parse(Secret url, Optional<Secret> separate) {
    var text = url.reveal();
    var scheme = before(text, "://");
    if (scheme.length() == text.length()) {
      throw wrong("has no scheme");
    }
    var rest = text.substring(scheme.length() + 3);
    var options = options(rest);
    rest = before(rest, "?");
    var slash = rest.indexOf('/');
    var authority = slash < 0 ? rest : rest.substring(0, slash);
    var path = slash < 0 ? "" : rest.substring(slash);
    var at = authority.lastIndexOf('@');
    var credentials = at < 0 ? "" : authority.substring(0, at);
    var hosts = authority.substring(at + 1);
    var colon = credentials.indexOf(':');
    var user = colon > 0 ? Optional.of(decode(credentials.substring(0, colon))) : none();
    var inUrl =
        credentials.isEmpty()
            ? Optional.<Secret>empty()
            : Optional.of(new Secret(decode(credentials.substring(colon + 1))));
    var password = separate.or(() -> inUrl);
    return switch (scheme) {
      case "redis", "rediss" ->
          new RedisTarget(
              new Tcp(endpoint(hosts, 6379)),
              scheme.equals("rediss") ? Optional.of(tls(options)) : Optional.empty(),
              user,
              password,
              database(path, options));
      case "redis+unix", "redis-socket", "unix" -> {
        if (path.length() < 2) {
          throw wrong("names no socket; write for example redis+unix:///run/redis.sock?db=0");
        }
        yield new RedisTarget(
            new Unix(Path.of(decode(path))),
            Optional.empty(),
            user,
            password,
            database("", options));
      }
      case "redis-sentinel" -> {
        var master = options.get("master");
        if (master == null || master.isEmpty()) {
          throw wrong("names no master; write redis-sentinel://host1,host2/0?master=NAME");
        }
        var endpoints = new ArrayList<Endpoint>();
        for (var host : hosts.split(",", -1)) {
          endpoints.add(endpoint(host, 26379));
        }
        yield new RedisTarget(
            new Sentinels(endpoints, master),
            Optional.empty(),
            user,
            password,
            database(path, options));
      }
      case "redis-cluster" ->
          throw wrong(
              "names a cluster, which is not supported yet; name a single node with redis://");
      default ->
          throw wrong(
              "has the unknown scheme '"
                  + scheme
                  + "'; known are redis, rediss, redis+unix and redis-sentinel");
    };
  }

  @Override
  public String toString() {
    return "Redis at " + place;
  }

  private static Map<String, String> options(String rest) {
    var question = rest.indexOf('?');
    var options = new HashMap<String, String>();
    if (question < 0) {
      return options;
    }
    for (var pair : rest.substring(question + 1).split("&", -1)) {
      var key = before(pair, "=");
      if (!OPTIONS.contains(key)) {
        throw wrong("has the unknown option '" + key + "'; known are db, verify, ca and master");
      }
      options.put(key, decode(pair.substring(Math.min(pair.length(), key.length() + 1))));
    }
    return options;
  }

  private static Endpoint endpoint(String text, int port) {
    if (text.isEmpty()) {
      throw wrong("names no host");
    }
    var hasPort = text.lastIndexOf(':') > text.lastIndexOf(']');
    try {
      return Endpoint.parse(hasPort ? text : text + ":" + port);
    } catch (IllegalArgumentException refused) {
      throw wrong("is not readable: " + refused.getMessage());
    }
  }

  private static Tls tls(Map<String, String> options) {
    var verify =
        switch (options.getOrDefault("verify", "full")) {
          case "full" -> Verify.FULL;
          case "ca" -> Verify.CA;
          case "none" -> Verify.NONE;
          default -> throw wrong("has an unknown verify; known are full, ca and none");
        };
    return new Tls(verify, Optional.ofNullable(options.get("ca")).map(Path::of));
  }

  private static int database(String path, Map<String, String> options) {
    var digits = path.length() > 1 ? path.substring(1) : options.getOrDefault("db", "0");
    if (digits.isEmpty()
        || digits.length() > 6
        || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw wrong("has '" + digits + "' where the number of a database belongs");
    }
    return Integer.parseInt(digits);
  }

  private static String before(String text, String mark) {
    var index = text.indexOf(mark);
    return index < 0 ? text : text.substring(0, index);
  }

  private static String decode(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), UTF_8);
  }

  private static Optional<String> none() {
    return Optional.empty();
  }

  private static IllegalArgumentException wrong(String what) {
    return new IllegalArgumentException("redis.url " + what);
  }
}
