package dev.rowcast.server;

import dev.rowcast.protocol.HttpHead;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a request comes from, as far as somebody trusted says so.
 *
 * <p>Immutable. Each proxy adds the address it was connected to from at the right of the list. So
 * it is read from the right: who connected to us is known; as long as that is one of our proxies,
 * the next address to the left is what that proxy saw. The first that is none of ours is the
 * client, and what stands to the left of it is the client's own invention. What cannot be read ends
 * the reading too: the client then counts as its last known proxy.
 *
 * @param address the client's
 * @param scheme {@code http} or {@code https} as the client spoke it; empty when nobody knows
 */
record Origination(InetAddress address, Optional<String> scheme) {

  /** One station of the way. */
  private record Hop(@Nullable InetAddress address, Optional<String> scheme) {}

  /** The origin of a request that came over a connection from {@code peer}. */
  static Origination of(
      InetAddress peer, Optional<String> scheme, HttpHead head, ProxySettings proxies) {
    if (!proxies.trust(peer)) {
      return new Origination(peer, scheme);
    }
    var hops =
        switch (proxies.header()) {
          case X_FORWARDED_FOR -> forwardedFor(head);
          case FORWARDED -> forwarded(head);
        };
    var client = new Origination(peer, scheme);
    for (int i = hops.size() - 1; i >= 0 && proxies.trust(client.address()); i--) {
      var hop = hops.get(i);
      if (hop.address() == null) {
        return client;
      }
      client = new Origination(hop.address(), hop.scheme());
    }
    return client;
  }

  private static List<Hop> forwardedFor(HttpHead head) {
    var scheme =
        elements(head, "x-forwarded-proto").stream()
            .reduce((_, last) -> last)
            .flatMap(Origination::scheme);
    return elements(head, "x-forwarded-for").stream()
        .map(text -> new Hop(address(text), scheme))
        .toList();
  }

  private static List<Hop> forwarded(HttpHead head) {
    return elements(head, "forwarded").stream().map(Origination::hop).toList();
  }

  private static Hop hop(String element) {
    @Nullable InetAddress address = null;
    var scheme = Optional.<String>empty();
    for (var pair : split(element, ';')) {
      var equals = pair.indexOf('=');
      if (equals > 0) {
        var value = unquoted(pair.substring(equals + 1).strip());
        switch (pair.substring(0, equals).strip().toLowerCase(Locale.ROOT)) {
          case "for" -> address = address(value);
          case "proto" -> scheme = scheme(value);
          default -> {}
        }
      }
    }
    return new Hop(address, scheme);
  }

  private static List<String> elements(HttpHead head, String header) {
    return head.headers().getOrDefault(header, List.of()).stream()
        .flatMap(line -> split(line, ',').stream())
        .map(String::strip)
        .filter(text -> !text.isEmpty())
        .toList();
  }

  /** Cuts at a character that stands outside of quotes. */
  private static List<String> split(String text, char at) {
    var parts = new ArrayList<String>();
    var quoted = false;
    int from = 0;
    for (int i = 0; i < text.length(); i++) {
      var c = text.charAt(i);
      if (c == '"') {
        quoted = !quoted;
      } else if (c == '\\' && quoted) {
        i++;
      } else if (c == at && !quoted) {
        parts.add(text.substring(from, i));
        from = i + 1;
      }
    }
    parts.add(text.substring(from));
    return parts;
  }

  private static String unquoted(String text) {
    return text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"")
        ? text.substring(1, text.length() - 1)
        : text;
  }

  private static Optional<String> scheme(String text) {
    var word = text.toLowerCase(Locale.ROOT);
    return word.equals("http") || word.equals("https") ? Optional.of(word) : Optional.empty();
  }

  /** {@code 192.0.2.1}, {@code 192.0.2.1:80}, {@code 2001:db8::1}, {@code [2001:db8::1]:80}. */
  private static @Nullable InetAddress address(String text) {
    var host = text;
    if (text.startsWith("[")) {
      var end = text.indexOf(']');
      host = end < 0 ? "" : text.substring(1, end);
    } else if (text.indexOf(':') == text.lastIndexOf(':') && text.indexOf(':') >= 0) {
      host = text.substring(0, text.indexOf(':'));
    }
    if (host.indexOf('%') >= 0) {
      return null;
    }
    try {
      return InetAddress.ofLiteral(host);
    } catch (IllegalArgumentException _) {
      return null;
    }
  }
}
