package dev.rowcast.base;

/**
 * A host and a TCP port, as an operator writes them: {@code 127.0.0.1:8000}, {@code [::1]:8000}.
 *
 * <p>Immutable. Port 0 asks for any free one when listening.
 */
public record Endpoint(String host, int port) {

  /** Refuses an empty host and a port outside 0 to 65535. */
  public Endpoint {
    if (host.isEmpty()) {
      throw new IllegalArgumentException("the host is empty; write for example 127.0.0.1:8000");
    }
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port " + port + " is not between 0 and 65535");
    }
  }

  /**
   * Reads {@code HOST:PORT}.
   *
   * @throws IllegalArgumentException with a sentence for the operator
   */
  public static Endpoint parse(String text) {
    var colon = text.lastIndexOf(':');
    var digits = colon < 0 ? "" : text.substring(colon + 1);
    if (digits.isEmpty()
        || digits.length() > 5
        || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw new IllegalArgumentException(
          "'" + text + "' is not HOST:PORT; write for example 127.0.0.1:8000");
    }
    var host = text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    return new Endpoint(host, Integer.parseInt(digits));
  }

  @Override
  public String toString() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }
}
