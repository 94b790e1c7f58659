package dev.rowcast.bench.wire;

import dev.rowcast.protocol.PerMessageDeflate;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The HTTP request that begins a WebSocket, and whether an answer accepts it (RFC 6455 section 4).
 *
 * <p>Immutable. One key serves all clients of a run: it guards against caches, of which a measured
 * server has none, and computing a digest per connection would be the loader's time.
 */
public final class UpgradeRequest {
  private static final String MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  /** What a client offers that takes compressed messages. */
  public static final String COMPRESSION = "Sec-WebSocket-Extensions: " + PerMessageDeflate.ANSWER;

  private final String head;
  private final boolean wantsCompression;
  private final String accept;

  /**
   * A request to a host.
   *
   * @param subprotocol empty: none is offered
   * @param headers more lines, each {@code Name: value}
   */
  public UpgradeRequest(String host, String subprotocol, List<String> headers, byte[] nonce) {
    var key = Base64.getEncoder().encodeToString(nonce);
    accept = Base64.getEncoder().encodeToString(sha1(key + MAGIC));
    var lines = new StringBuilder();
    lines
        .append(" HTTP/1.1\r\nHost: ")
        .append(host)
        .append("\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ")
        .append(key)
        .append("\r\nSec-WebSocket-Version: 13\r\n");
    if (!subprotocol.isEmpty()) {
      lines.append("Sec-WebSocket-Protocol: ").append(subprotocol).append("\r\n");
    }
    headers.forEach(header -> lines.append(header).append("\r\n"));
    head = lines.append("\r\n").toString();
    wantsCompression = headers.contains(COMPRESSION);
  }

  /** The request for one path. */
  public byte[] bytes(String path) {
    return ("GET " + path + head).getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Where the head of an answer ends, or -1 when it is not all here. */
  public static int end(byte[] bytes, int from, int to) {
    for (int at = from; at + 4 <= to; at++) {
      if (bytes[at] == '\r'
          && bytes[at + 1] == '\n'
          && bytes[at + 2] == '\r'
          && bytes[at + 3] == '\n') {
        return at + 4;
      }
    }
    return -1;
  }

  /** Why this head of an answer refuses the request; empty when it accepts. */
  public String refusal(byte[] bytes, int from, int to) {
    var text = new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    var lines = text.split("\r\n", -1);
    var words = lines[0].split(" ", 3);
    if (words.length < 2 || !words[0].startsWith("HTTP/1.")) {
      return "not HTTP";
    }
    if (!words[1].equals("101")) {
      return "status " + words[1];
    }
    var key = header(lines, "sec-websocket-accept");
    if (key.isEmpty()) {
      return "no accept key";
    }
    if (!key.get().equals(accept)) {
      return "wrong accept key";
    }
    if (wantsCompression
        && !header(lines, "sec-websocket-extensions").orElse("").contains("permessage-deflate")) {
      return "compression was offered and not taken";
    }
    return "";
  }

  /** Whether messages may come compressed. */
  public boolean wantsCompression() {
    return wantsCompression;
  }

  private static Optional<String> header(String[] lines, String name) {
    return Arrays.stream(lines)
        .filter(line -> line.indexOf(':') == name.length())
        .filter(line -> line.substring(0, name.length()).toLowerCase(Locale.ROOT).equals(name))
        .map(line -> line.substring(name.length() + 1).strip())
        .findFirst();
  }

  private static byte[] sha1(String text) {
    try {
      return MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.US_ASCII));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-1", e);
    }
  }
}
