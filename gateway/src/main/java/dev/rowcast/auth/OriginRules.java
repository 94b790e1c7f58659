package dev.rowcast.auth;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * From which pages a browser may connect: {@code websocket.origins}.
 *
 * <p>Immutable. A client that names no origin is no browser and is not asked: the check defends a
 * browser's user against a foreign page (cross-site WebSocket hijacking), not the server against
 * other programs.
 *
 * @param allowed {@code same} (host and port equal the request's {@code Host}), {@code any}, or
 *     origins such as {@code https://app.example.org}; one that fits suffices
 */
public record OriginRules(List<String> allowed) {
  /** Only pages of the host that the client connects to. */
  public static final OriginRules SAME = new OriginRules(List.of("same"));

  /** An origin as headers hold it (RFC 6454 section 6.2). */
  private static final Pattern SERIALIZED = Pattern.compile("(?i)[a-z][a-z0-9+.-]*://[^/\\s?#]+");

  /** Refuses what is neither a word nor an origin. */
  public OriginRules {
    allowed = List.copyOf(allowed);
    for (var entry : allowed) {
      if (!entry.equals("same") && !entry.equals("any") && !isOrigin(entry)) {
        throw new IllegalArgumentException(
            "websocket.origins has '"
                + entry
                + "', must be same, any or an origin such as https://app.example.org");
      }
    }
  }

  /**
   * Whether a request with these headers may become a connection.
   *
   * @param scheme {@code http} or {@code https} when it is known how the client came; a page of the
   *     other scheme is another origin then
   */
  public boolean allow(Optional<String> origin, Optional<String> host, Optional<String> scheme) {
    if (origin.isEmpty()) {
      return true;
    }
    var asked = origin.get();
    for (var entry : allowed) {
      var fits =
          switch (entry) {
            case "any" -> true;
            case "same" -> host.isPresent() && isSame(asked, host.get(), scheme);
            default -> entry.equalsIgnoreCase(asked);
          };
      if (fits) {
        return true;
      }
    }
    return false;
  }

  /** A port that is the scheme's own may be written or left out on either side. */
  private static boolean isSame(String origin, String host, Optional<String> known) {
    var colon = origin.indexOf("://");
    if (colon < 0) {
      return false;
    }
    var scheme = origin.substring(0, colon).toLowerCase(Locale.ROOT);
    if (known.isPresent() && !known.get().equals(scheme)) {
      return false;
    }
    var ownPort =
        switch (scheme) {
          case "http" -> ":80";
          case "https" -> ":443";
          default -> "";
        };
    var authority = origin.substring(colon + 3);
    return !ownPort.isEmpty()
        && withoutPort(authority, ownPort).equalsIgnoreCase(withoutPort(host, ownPort));
  }

  private static String withoutPort(String authority, String port) {
    return authority.endsWith(port)
        ? authority.substring(0, authority.length() - port.length())
        : authority;
  }

  private static boolean isOrigin(String text) {
    return SERIALIZED.matcher(text).matches();
  }
}
