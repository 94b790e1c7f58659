package dev.rowcast.message;

import java.util.Locale;
import java.util.Optional;

/**
 * The eight things a client may ask for at a facility, named as ws4redis's URL parameters.
 *
 * <p>The order of the subscriptions is the order in which ws4redis subscribes.
 */
public enum Permission {
  SUBSCRIBE_BROADCAST(Audience.BROADCAST),
  SUBSCRIBE_GROUP(Audience.GROUP),
  SUBSCRIBE_USER(Audience.USER),
  SUBSCRIBE_SESSION(Audience.SESSION),
  PUBLISH_BROADCAST(Audience.BROADCAST),
  PUBLISH_GROUP(Audience.GROUP),
  PUBLISH_USER(Audience.USER),
  PUBLISH_SESSION(Audience.SESSION);

  private final Audience audience;
  private final String parameter;

  Permission(Audience audience) {
    this.audience = audience;
    this.parameter = name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Who hears or is spoken to. */
  public Audience audience() {
    return audience;
  }

  /** The URL parameter and configuration word, for example {@code subscribe-broadcast}. */
  public String parameter() {
    return parameter;
  }

  /** The right to hear what is said to this audience. */
  public static Permission toHear(Audience audience) {
    return switch (audience) {
      case BROADCAST -> SUBSCRIBE_BROADCAST;
      case GROUP -> SUBSCRIBE_GROUP;
      case USER -> SUBSCRIBE_USER;
      case SESSION -> SUBSCRIBE_SESSION;
    };
  }

  /** The right to speak to this audience. */
  public static Permission toSpeak(Audience audience) {
    return switch (audience) {
      case BROADCAST -> PUBLISH_BROADCAST;
      case GROUP -> PUBLISH_GROUP;
      case USER -> PUBLISH_USER;
      case SESSION -> PUBLISH_SESSION;
    };
  }

  /** Whether this is a right to hear; otherwise it is a right to speak. */
  public boolean isSubscribe() {
    return compareTo(PUBLISH_BROADCAST) < 0;
  }

  /** The permission of this exact lower-case parameter, if it is one. */
  public static Optional<Permission> ofParameter(String parameter) {
    for (var permission : values()) {
      if (permission.parameter.equals(parameter)) {
        return Optional.of(permission);
      }
    }
    return Optional.empty();
  }
}
