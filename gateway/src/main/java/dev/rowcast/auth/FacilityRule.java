package dev.rowcast.auth;

import dev.rowcast.base.Glob;
import dev.rowcast.message.Permission;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the facilities of one pattern grant, and to whom: one entry of {@code access.facilities}.
 *
 * <p>Immutable.
 */
public record FacilityRule(
    List<Glob> match, Audience audience, Otherwise otherwise, Set<Permission> allow) {

  /** To whom a rule grants. */
  public sealed interface Audience {
    /** Everybody, anonymous clients included. */
    record Anyone() implements Audience {}

    /** Everybody who is logged in. */
    record Authenticated() implements Audience {}

    /** The members of a group. */
    record Group(String name) implements Audience {}
  }

  /** What becomes of a parameter that is not granted. */
  public enum Otherwise {
    /** It is dropped without a word, as ws4redis does. */
    DROP,
    /** The handshake is answered with 403. */
    REFUSE
  }

  /** Copies the collections. */
  public FacilityRule {
    match = List.copyOf(match);
    allow = Set.copyOf(allow);
  }

  /** The rule in one line, as an operator would say it. */
  public String sentence() {
    var granted =
        allow.isEmpty()
            ? "nothing"
            : allow.stream().sorted().map(Permission::parameter).collect(Collectors.joining(", "));
    return match.stream().map(Glob::pattern).collect(Collectors.joining(", "))
        + " for "
        + words(audience)
        + ": "
        + granted
        + switch (otherwise) {
          case DROP -> "";
          case REFUSE -> "; else 403";
        };
  }

  private static String words(Audience audience) {
    return switch (audience) {
      case Audience.Anyone() -> "anyone";
      case Audience.Authenticated() -> "anyone who is logged in";
      case Audience.Group(var name) -> "members of the group " + name;
    };
  }
}
