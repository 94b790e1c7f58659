package dev.rowcast.auth;

import java.net.InetAddress;
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
}
