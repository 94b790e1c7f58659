package dev.rowcast.redis;

import dev.rowcast.base.Secret;
import java.time.Duration;
import java.util.Optional;

/**
 * Where Redis is and under which names we speak there.
 *
 * <p>Immutable.
 *
 * @param url {@code redis://[user:password@]host:port/db}, {@code rediss://…}, {@code
 *     redis+unix:///path?db=0}, {@code redis-sentinel://host1,host2/db?master=NAME}; holds a
 *     password, hence a secret
 * @param prefix goes before every channel and key, with a colon; empty: none
 * @param expire how long the last value of a client's or the API's publication is kept; zero: not
 *     at all
 */
public record RedisSettings(Secret url, Optional<Secret> password, String prefix, Duration expire) {
  /** Redis on this machine, no prefix, an hour: ws4redis's own defaults. */
  public static final RedisSettings DEFAULTS =
      new RedisSettings(
          new Secret("redis://127.0.0.1:6379/0"), Optional.empty(), "", Duration.ofHours(1));

  /** Refuses a negative expiry and a URL that {@link RedisTarget#parse} cannot read. */
  public RedisSettings {
    RedisTarget.parse(url, password);
    if (expire.isNegative()) {
      throw new IllegalArgumentException("redis.expire is " + expire + ", must not be negative");
    }
  }
}
