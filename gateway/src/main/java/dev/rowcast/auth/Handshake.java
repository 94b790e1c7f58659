package dev.rowcast.auth;

import java.net.InetAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a client said when it asked for a connection.
 *
 * <p>Immutable.
 *
 * @param path decoded
 * @param query raw, without the question mark
 * @param headers by lower-case name
 */
public record Handshake(
    String path, String query, Map<String, List<String>> headers, InetAddress remote) {

  /** The first value of a header, whatever the case of its name. */
  public Optional<String> header(String name) {
    var values = headers.get(name.toLowerCase(Locale.ROOT));
    return values == null || values.isEmpty() ? Optional.empty() : Optional.of(values.getFirst());
  }

  /** The value of a cookie; of several with one name the last, as Django reads them. */
  public Optional<String> cookie(String name) {
    var value = Optional.<String>empty();
    for (var line : headers.getOrDefault("cookie", List.of())) {
      for (var pair : line.split(";", -1)) {
        var equals = pair.indexOf('=');
        if (equals > 0 && pair.substring(0, equals).strip().equals(name)) {
          value = Optional.of(unquoted(pair.substring(equals + 1).strip()));
        }
      }
    }
    return value;
  }

  private static String unquoted(String value) {
    return value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"")
        ? value.substring(1, value.length() - 1)
        : value;
  }

  /** The value of a query parameter, decoded; empty when it is missing or broken. */
  public Optional<String> parameter(String name) {
    for (var pair : query.split("&", -1)) {
      var equals = pair.indexOf('=');
      if (equals > 0 && pair.substring(0, equals).equals(name)) {
        try {
          return Optional.of(URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException _) {
          return Optional.empty();
        }
      }
    }
    return Optional.empty();
  }

  /** Never shows the query or a header, as tokens and cookies stand there. */
  @Override
  public String toString() {
    return path;
  }
}
