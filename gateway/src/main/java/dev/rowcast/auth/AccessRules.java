package dev.rowcast.auth;

import dev.rowcast.message.Permission;
import java.util.EnumSet;
import java.util.Set;

/**
 * Decides what a client may hear and say at a facility. The first rule whose pattern fits the
 * facility decides alone; without one, anybody hears the broadcast and nobody publishes.
 *
 * <p>Thread-safe.
 */
public final class AccessRules {

  /** What became of a request. */
  public sealed interface Decision {
    /** Go on with these permissions, possibly none. */
    record Granted(Set<Permission> permissions) implements Decision {}

    /** Answer the handshake with 403. */
    record Refused() implements Decision {}
  }

  private static final Set<Permission> DEFAULT = Set.of(Permission.SUBSCRIBE_BROADCAST);

  private volatile AccessSettings settings;

  /** The rules of these settings. */
  public AccessRules(AccessSettings settings) {
    this.settings = settings;
  }

  /** Decides by these settings from now on; who is connected already keeps what was granted. */
  public void replace(AccessSettings settings) {
    this.settings = settings;
  }

  /** What {@code identity} gets of what it asks for at {@code facility}. */
  public Decision decide(Identity identity, String facility, Set<Permission> asked) {
    for (var rule : settings.facilities()) {
      if (rule.match().stream().anyMatch(glob -> glob.matches(facility))) {
        return decide(rule, identity, asked);
      }
    }
    return new Decision.Granted(common(asked, DEFAULT));
  }

  private static Decision decide(FacilityRule rule, Identity identity, Set<Permission> asked) {
    var granted =
        isFor(rule.audience(), identity) ? common(asked, rule.allow()) : Set.<Permission>of();
    var everything = granted.size() == asked.size();
    return switch (rule.otherwise()) {
      case DROP -> new Decision.Granted(granted);
      case REFUSE -> everything ? new Decision.Granted(granted) : new Decision.Refused();
    };
  }

  static boolean isFor(FacilityRule.Audience audience, Identity identity) {
    return switch (audience) {
      case FacilityRule.Audience.Anyone() -> true;
      case FacilityRule.Audience.Authenticated() -> identity.user().isPresent();
      case FacilityRule.Audience.Group(var name) -> identity.groups().contains(name);
    };
  }

  private static Set<Permission> common(Set<Permission> asked, Set<Permission> allowed) {
    var common = EnumSet.noneOf(Permission.class);
    for (var permission : asked) {
      if (allowed.contains(permission)) {
        common.add(permission);
      }
    }
    return common;
  }
}
