package dev.rowcast.lookup;

import dev.rowcast.auth.IdentityException;
import dev.rowcast.auth.django.SessionStore;
import dev.rowcast.bus.BusException;
import dev.rowcast.bus.redis.RedisValues;
import java.util.Optional;

/**
 * Sessions that Django keeps in a Redis, which drops them when they are over.
 *
 * <p>Thread-safe; blocks.
 */
final class RedisSessionStore implements SessionStore {
  private final RedisValues values;
  private final String pattern;

  RedisSessionStore(RedisValues values, String pattern) {
    this.values = values;
    this.pattern = pattern;
  }

  @Override
  public Optional<Stored> find(String sessionKey) {
    try {
      return values
          .get(pattern.replace("{key}", sessionKey))
          .map(data -> new Stored(data, Optional.empty()));
    } catch (BusException away) {
      throw new IdentityException(
          "sessions cannot be read: " + away.getMessage(), away.retryable(), away);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IdentityException("interrupted", true, e);
    }
  }
}
