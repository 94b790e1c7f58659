package dev.rowcast.protocol;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * The request line and the headers of an HTTP/1 request (RFC 9112 sections 2 to 5).
 *
 * <p>Immutable. Stricter than the RFC must be, since whoever speaks WebSocket writes correct
 * requests: no folded lines, no lone line feeds, no spaces before a colon.
 *
 * @param target as it came: path, and a question mark with a query
 * @param version {@code HTTP/1.1} or another
 * @param headers by lower-case name, in the order of their lines
 */
public record HttpHead(
    String method, String target, String version, Map<String, List<String>> headers) {

  private static final Pattern LINE_END = Pattern.compile("\r\n");
  private static final Pattern VERSION = Pattern.compile("HTTP/1\\.[0-9]");

  /** What the bytes of a head turned out to be. */
  public sealed interface Parsed {
    /** A request. */
    record Read(HttpHead head) implements Parsed {}

    /** None; to be answered with this status and text. */
    record Malformed(int status, String text) implements Parsed {}
  }

  /** Copies the headers. */
  public HttpHead {
    headers = Map.copyOf(headers);
  }

  /** The only value of a header, or empty when it is missing or repeated. */
  public Optional<String> single(String name) {
    var values = headers.getOrDefault(name, List.of());
    return values.size() == 1 ? Optional.of(values.getFirst()) : Optional.empty();
  }

  /** The path as it came. */
  public String path() {
    var question = target.indexOf('?');
    return question < 0 ? target : target.substring(0, question);
  }

  /** The query as it came, without the question mark; empty when there is none. */
  public String query() {
    var question = target.indexOf('?');
    return question < 0 ? "" : target.substring(question + 1);
  }

  /** The body's length as announced; empty when it is missing, repeated or no number. */
  public OptionalInt contentLength() {
    return single("content-length")
        .filter(text -> text.matches("[0-9]{1,9}"))
        .map(text -> OptionalInt.of(Integer.parseInt(text)))
        .orElse(OptionalInt.empty());
  }

  /** Whether a body follows, which no request for a WebSocket has. */
  public boolean hasBody() {
    return headers.containsKey("transfer-encoding")
        || !headers.getOrDefault("content-length", List.of("0")).equals(List.of("0"));
  }

  /**
   * Reads a whole head.
   *
   * @param bytes all up to and including the empty line
   */
  public static Parsed parse(byte[] bytes, int maxHeaders) {
    var text = new String(bytes, StandardCharsets.ISO_8859_1);
    if (!text.endsWith("\r\n\r\n")) {
      return malformed();
    }
    var lines = LINE_END.split(text.substring(0, text.length() - 4), -1);
    var words = lines[0].split(" ", -1);
    if (words.length != 3
        || !isToken(words[0])
        || !isTarget(words[1])
        || !VERSION.matcher(words[2]).matches()) {
      return malformed();
    }
    if (lines.length - 1 > maxHeaders) {
      return new Parsed.Malformed(431, "too many headers");
    }
    var headers = new HashMap<String, List<String>>();
    for (int i = 1; i < lines.length; i++) {
      var colon = lines[i].indexOf(':');
      if (colon < 0 || !isToken(lines[i].substring(0, colon)) || !isValue(lines[i], colon + 1)) {
        return malformed();
      }
      headers
          .computeIfAbsent(
              lines[i].substring(0, colon).toLowerCase(Locale.ROOT), _ -> new ArrayList<>(1))
          .add(lines[i].substring(colon + 1).strip());
    }
    headers.replaceAll((_, values) -> List.copyOf(values));
    return new Parsed.Read(new HttpHead(words[0], words[1], words[2], headers));
  }

  private static Parsed malformed() {
    return new Parsed.Malformed(400, "malformed request");
  }

  private static boolean isToken(String text) {
    for (int i = 0; i < text.length(); i++) {
      var c = text.charAt(i);
      var letterOrDigit =
          (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
      if (!letterOrDigit && "!#$%&'*+-.^_`|~".indexOf(c) < 0) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  private static boolean isTarget(String text) {
    return text.startsWith("/") && text.chars().allMatch(c -> c > 0x20 && c < 0x7F);
  }

  private static boolean isValue(String line, int from) {
    for (int i = from; i < line.length(); i++) {
      var c = line.charAt(i);
      if ((c < 0x20 && c != '\t') || c == 0x7F) {
        return false;
      }
    }
    return true;
  }
}
