package dev.rowcast.auth.jwt;

import dev.rowcast.auth.Handshake;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Where in a request a token stands: one word of {@code auth.jwt.from}.
 *
 * <p>Immutable.
 */
public sealed interface TokenPlace {
  /** What a subprotocol begins with that is a token. */
  String SUBPROTOCOL = "rowcast.jwt.";

  /** {@code Authorization: Bearer …}. */
  record Header() implements TokenPlace {}

  /** {@code Sec-WebSocket-Protocol: rowcast.jwt.…}, the only header a browser lets a page set. */
  record Subprotocol() implements TokenPlace {}

  /** A cookie. */
  record Cookie(String name) implements TokenPlace {}

  /** A query parameter: it stands in every log on the way, hence not by default. */
  record Query(String name) implements TokenPlace {}

  /** Reads {@code header}, {@code subprotocol}, {@code cookie:NAME} or {@code query:NAME}. */
  static TokenPlace parse(String text) {
    if (text.equals("header")) {
      return new Header();
    }
    if (text.equals("subprotocol")) {
      return new Subprotocol();
    }
    if (text.matches("cookie:.+")) {
      return new Cookie(text.substring("cookie:".length()));
    }
    if (text.matches("query:.+")) {
      return new Query(text.substring("query:".length()));
    }
    throw new IllegalArgumentException(
        "'" + text + "' is not one of header, subprotocol, cookie:NAME, query:NAME");
  }

  /** As {@link #parse} reads it. */
  default String written() {
    return switch (this) {
      case Header() -> "header";
      case Subprotocol() -> "subprotocol";
      case Cookie(var name) -> "cookie:" + name;
      case Query(var name) -> "query:" + name;
    };
  }

  /** The token that stands here, if one does. */
  default Optional<String> token(Handshake handshake) {
    return switch (this) {
      case Header() -> handshake.header("authorization").flatMap(TokenPlace::bearer);
      case Subprotocol() -> subprotocol(handshake);
      case Cookie(var name) -> handshake.cookie(name).filter(text -> !text.isEmpty());
      case Query(var name) -> handshake.parameter(name).filter(text -> !text.isEmpty());
    };
  }

  /** Whether what stands here can be nothing but a token of ours. */
  default boolean isOurs() {
    return !(this instanceof Header);
  }

  private static Optional<String> bearer(String value) {
    var scheme = "bearer ";
    return value.length() > scheme.length()
            && value.substring(0, scheme.length()).toLowerCase(Locale.ROOT).equals(scheme)
        ? Optional.of(value.substring(scheme.length()).strip())
        : Optional.empty();
  }

  private static Optional<String> subprotocol(Handshake handshake) {
    for (var line : handshake.headers().getOrDefault("sec-websocket-protocol", List.of())) {
      for (var offered : line.split(",", -1)) {
        if (offered.strip().startsWith(SUBPROTOCOL)) {
          return Optional.of(offered.strip().substring(SUBPROTOCOL.length()));
        }
      }
    }
    return Optional.empty();
  }
}
