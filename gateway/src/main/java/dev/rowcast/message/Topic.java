package dev.rowcast.message;

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

  @Override
  public String toString() {
    return name;
  }
}
