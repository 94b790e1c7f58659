package dev.rowcast.protocol;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a request for a WebSocket is answered with (RFC 6455 section 4.2), with ws4redis's statuses.
 *
 * <p>Immutable.
 */
public sealed interface Upgrade {
  /** What a subprotocol begins with that is a client's token and no protocol. */
  String TOKEN = "rowcast.jwt.";

  /** The request is in order. */
  record Accepted(String accept, Optional<String> subprotocol, Optional<String> extension)
      implements Upgrade {
    /** The same, answered with this subprotocol if the client offers any. */
    public Accepted speaking(String name) {
      return new Accepted(accept, subprotocol.map(_ -> name), extension);
    }

    /** The bytes of the 101 response. */
    public byte[] response() {
      var text =
          new StringBuilder(200)
              .append("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n")
              .append("Connection: Upgrade\r\nSec-WebSocket-Accept: ")
              .append(accept)
              .append("\r\nSec-WebSocket-Version: 13\r\n");
      subprotocol.ifPresent(
          name -> text.append("Sec-WebSocket-Protocol: ").append(name).append("\r\n"));
      extension.ifPresent(
          answer -> text.append("Sec-WebSocket-Extensions: ").append(answer).append("\r\n"));
      return text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }
  }

  /** It is not, for this reason. */
  record Refused(int status, String text) implements Upgrade {}

  /**
   * Checks a request, in the order in which ws4redis does.
   *
   * @param compression whether an offer of permessage-deflate is accepted
   */
  static Upgrade of(HttpHead head, boolean compression) {
    if (!head.method().equals("GET")) {
      return new Refused(400, "a WebSocket begins with GET");
    }
    if (!head.version().equals("HTTP/1.1")) {
      return new Refused(400, "a WebSocket begins with HTTP/1.1");
    }
    if (!head.single("upgrade").map(Upgrade::isWebSocket).orElse(false)) {
      return new Refused(400, "this address speaks WebSocket: Upgrade: websocket is missing");
    }
    if (!head.headers().containsKey("sec-websocket-version")) {
      return new Refused(426, "Sec-WebSocket-Version is missing; version 13 is spoken here");
    }
    if (!head.single("sec-websocket-version").equals(Optional.of("13"))) {
      return new Refused(400, "Sec-WebSocket-Version must be 13");
    }
    var key = head.single("sec-websocket-key");
    if (key.isEmpty() || !isSixteenBytes(key.get())) {
      return new Refused(400, "Sec-WebSocket-Key must be 16 bytes in base64");
    }
    if (head.hasBody()) {
      return new Refused(400, "a request for a WebSocket has no body");
    }
    return new Accepted(accept(key.get()), firstSubprotocol(head), extension(head, compression));
  }

  /** The proof that the key was read (section 4.2.2, step 5.4). */
  static String accept(String key) {
    try {
      var digest =
          MessageDigest.getInstance("SHA-1")
              .digest(
                  (key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
                      .getBytes(StandardCharsets.ISO_8859_1));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-1", e);
    }
  }

  private static Optional<String> extension(HttpHead head, boolean compression) {
    return compression
        ? PerMessageDeflate.answer(
            head.headers().getOrDefault("sec-websocket-extensions", List.of()))
        : Optional.empty();
  }

  private static boolean isWebSocket(String value) {
    return value.toLowerCase(Locale.ROOT).equals("websocket");
  }

  /** Java's decoder forgives a missing padding, section 4.2.1 does not. */
  private static boolean isSixteenBytes(String key) {
    try {
      return key.length() == 24 && Base64.getDecoder().decode(key).length == 16;
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  /**
   * ws4redis repeats the whole list, which browsers refuse; one entry is what section 4 asks for. A
   * token is offered as a subprotocol because a page can set no other header; it is never repeated.
   */
  private static Optional<String> firstSubprotocol(HttpHead head) {
    return subprotocols(head).findFirst();
  }

  private static Stream<String> subprotocols(HttpHead head) {
    return head.headers().getOrDefault("sec-websocket-protocol", List.of()).stream()
        .flatMap(line -> Arrays.stream(line.split(",", -1)))
        .map(String::strip)
        .filter(name -> name.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+"))
        .filter(name -> !name.startsWith(TOKEN));
  }

  /** Whether a request is for a WebSocket at all, in order or not. */
  static boolean isAsked(HttpHead head) {
    return head.headers().getOrDefault("upgrade", List.of()).stream()
        .anyMatch(offer -> offer.toLowerCase(Locale.ROOT).contains("websocket"));
  }

  /** Whether a client offers subprotocols, and this one is not among them. */
  static boolean speaksOnlyOthers(HttpHead head, String subprotocol) {
    var offered = subprotocols(head).toList();
    return !offered.isEmpty() && !offered.contains(subprotocol);
  }
}
