package dev.rowcast.protocol;

import dev.rowcast.message.Permission;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What a ws4redis client asks for by its URL: {@code /ws/<facility>?subscribe-broadcast&echo}.
 *
 * <p>Immutable.
 *
 * @param facility decoded; may be empty and may hold slashes
 * @param asked the recognised parameters
 * @param echo whether the client wants to hear its own messages
 */
public record FacilityRequest(String facility, Set<Permission> asked, boolean echo) {
  /** No longer name becomes a Redis key. */
  public static final int MAX_FACILITY = 1024;

  /** Copies the set. */
  public FacilityRequest {
    asked = Set.copyOf(asked);
  }

  /**
   * Reads path and query as ws4redis does: the first occurrence of the prefix is cut out of the
   * decoded path; of a parameter only the key counts, trimmed, in any case; what is not known is
   * ignored.
   *
   * @param path decoded, see {@link #decode}
   * @param query as it came, without the question mark
   * @return empty when the facility is too long or holds a control character
   */
  public static Optional<FacilityRequest> of(String path, String query, String prefix) {
    var at = path.indexOf(prefix);
    var facility = at < 0 ? path : path.substring(0, at) + path.substring(at + prefix.length());
    if (!isName(facility)) {
      return Optional.empty();
    }
    var asked = EnumSet.noneOf(Permission.class);
    var echo = false;
    for (int from = 0; from <= query.length(); ) {
      var to = query.indexOf('&', from);
      var end = to < 0 ? query.length() : to;
      var key = key(query.substring(from, end));
      echo |= key.equals("echo");
      Permission.ofParameter(key).ifPresent(asked::add);
      from = end + 1;
    }
    return Optional.of(new FacilityRequest(facility, asked, echo));
  }

  /** Whether this may name a facility: not too long, no control character. */
  static boolean isName(String facility) {
    return facility.length() <= MAX_FACILITY && facility.chars().noneMatch(Character::isISOControl);
  }

  private static String key(String parameter) {
    var equals = parameter.indexOf('=');
    var name = equals < 0 ? parameter : parameter.substring(0, equals);
    return decode(name.replace('+', ' ')).orElse("").strip().toLowerCase(Locale.ROOT);
  }

  /** Undoes percent-encoding; empty when it is broken or what comes out is not UTF-8. */
  public static Optional<String> decode(String path) {
    if (path.indexOf('%') < 0) {
      return path.chars().allMatch(c -> c < 0x80) ? Optional.of(path) : Optional.empty();
    }
    var bytes = new byte[path.length()];
    int size = 0;
    for (int i = 0; i < path.length(); i++) {
      var c = path.charAt(i);
      if (c >= 0x80) {
        return Optional.empty();
      }
      if (c != '%') {
        bytes[size++] = (byte) c;
        continue;
      }
      var high = i + 2 < path.length() ? Character.digit(path.charAt(i + 1), 16) : -1;
      var low = high < 0 ? -1 : Character.digit(path.charAt(i + 2), 16);
      if (low < 0) {
        return Optional.empty();
      }
      bytes[size++] = (byte) (high << 4 | low);
      i += 2;
    }
    var octets = Arrays.copyOf(bytes, size);
    return Utf8.isValid(octets)
        ? Optional.of(new String(octets, StandardCharsets.UTF_8))
        : Optional.empty();
  }
}
