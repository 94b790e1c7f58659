package dev.rowcast.lookup;

import dev.rowcast.auth.django.DjangoSettings;
import dev.rowcast.postgres.DatabaseSettings;
import dev.rowcast.redis.RedisSettings;
import java.util.Optional;

/**
 * A Django application whose users are recognised: {@code auth.django}.
 *
 * <p>Immutable.
 *
 * @param database where its users are, and its sessions unless a Redis has them
 * @param redis where its sessions are, when they are in a Redis
 */
public record DjangoSource(
    DjangoSettings reading,
    DjangoNames names,
    DatabaseSettings database,
    Optional<RedisSessions> redis) {

  /**
   * Sessions in a Redis.
   *
   * @param key the name of a session's key, with <code>{key}</code> where the session key stands
   */
  public record RedisSessions(RedisSettings redis, String key) {
    /** What Django's cache engine and django-redis call it. */
    public static final String USUAL_KEY = ":1:django.contrib.sessions.cache{key}";

    /** Refuses a name under which all sessions would be one. */
    public RedisSessions {
      if (!key.contains("{key}")) {
        throw new IllegalArgumentException(
            "auth.django.redis-key is '" + key + "', must hold {key}");
      }
    }
  }
}
