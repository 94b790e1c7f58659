package dev.rowcast.auth;

import java.util.List;
import java.util.Optional;

/**
 * What a row rule leaves open, filled with what is known of a reader: {@code {user}}, {@code
 * {user.id}}, {@code {groups}}, {@code {claims.NAME}}.
 *
 * <p>Functions without state. A hole is a whole value and never a part of one, so that nothing a
 * reader says about itself can become anything but a value.
 */
public final class Holes {
  private static final String CLAIMS = "claims.";

  private Holes() {}

  /** Whether a value of a filter is a hole. */
  public static boolean isHole(String value) {
    return value.startsWith("{") && value.endsWith("}");
  }

  /** Whether there is such a hole. */
  public static boolean isKnown(String hole) {
    return switch (name(hole)) {
      case "user", "user.id", "groups" -> true;
      case String name -> name.startsWith(CLAIMS) && name.length() > CLAIMS.length();
    };
  }

  /** What fills a hole for this reader; empty when nothing is known. */
  public static Optional<List<String>> fill(String hole, Identity identity) {
    return switch (name(hole)) {
      case "user" -> identity.user().map(List::of);
      case "user.id" -> claim(identity, "id").or(() -> claim(identity, "sub"));
      case "groups" -> Optional.of(identity.groups());
      case String name -> claim(identity, name.substring(CLAIMS.length()));
    };
  }

  private static Optional<List<String>> claim(Identity identity, String name) {
    return Optional.ofNullable(identity.claims().get(name));
  }

  private static String name(String hole) {
    return hole.substring(1, hole.length() - 1);
  }
}
