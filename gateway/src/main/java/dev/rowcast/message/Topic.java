package dev.rowcast.message;

import java.util.List;

/**
 * The name under which a facility message is published: ws4redis's channel without the prefix.
 *
 * <p>Immutable. The same name, behind the configured prefix, is the Redis channel and the key of
 * the last value. Example: {@code Topic.broadcast("rodan").name()} is {@code broadcast:rodan}, in
 * Redis {@code rodan:broadcast:rodan} under the prefix {@code rodan}. Two topics of the same name
 * are one topic, as in Redis.
 *
 * @param name {@code broadcast:F}, {@code group:G:F}, {@code user:U:F} or {@code session:K:F}
 */
public record Topic(String name) {

  /** The topic of everybody at {@code facility}, which may be empty and may hold slashes. */
  public static Topic broadcast(String facility) {
    return new Topic("broadcast:" + facility);
  }

  /**
   * The topic of one group, user or session at a facility.
   *
   * @throws IllegalArgumentException for {@link Audience#BROADCAST}, which has no member
   */
  public static Topic of(Audience audience, String member, String facility) {
    if (audience == Audience.BROADCAST) {
      throw new IllegalArgumentException("a broadcast has no single member");
    }
    return new Topic(audience.word() + ":" + member + ":" + facility);
  }

  /**
   * The topic an operator means by {@code broadcast}, {@code group:NAME}, {@code user:NAME} or
   * {@code session:KEY}.
   *
   * @throws IllegalArgumentException with a sentence for the operator
   */
  public static Topic of(String audience, String facility) {
    if (audience.equals("broadcast")) {
      return broadcast(facility);
    }
    for (var kind : List.of(Audience.GROUP, Audience.USER, Audience.SESSION)) {
      var start = kind.word() + ":";
      if (audience.startsWith(start) && audience.length() > start.length()) {
        return of(kind, audience.substring(start.length()), facility);
      }
    }
    throw new IllegalArgumentException(
        "audience is '" + audience + "', must be broadcast, group:NAME, user:NAME or session:KEY");
  }

  /** Who hears it. */
  public Audience audience() {
    for (var kind : Audience.values()) {
      if (name.startsWith(kind.word() + ":")) {
        return kind;
      }
    }
    throw new IllegalStateException("no topic: " + name);
  }

  /** The facility; of others than a broadcast it holds no colon. */
  public String facility() {
    return audience() == Audience.BROADCAST
        ? name.substring(name.indexOf(':') + 1)
        : name.substring(name.lastIndexOf(':') + 1);
  }

  /** The group, user or session; empty for a broadcast. */
  public String member() {
    return audience() == Audience.BROADCAST
        ? ""
        : name.substring(name.indexOf(':') + 1, name.lastIndexOf(':'));
  }

  @Override
  public String toString() {
    return name;
  }
}
