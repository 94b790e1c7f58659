package dev.rowcast.auth.django;

import dev.rowcast.base.Secret;
import java.time.Duration;
import java.util.List;

/**
 * How a Django application's sessions are read: {@code auth.django}.
 *
 * <p>Immutable.
 *
 * @param cookie Django's SESSION_COOKIE_NAME
 * @param keys SECRET_KEY and then SECRET_KEY_FALLBACKS; empty: neither signature nor login hash is
 *     checked
 * @param groups where the names of a user's groups come from
 * @param loginHash whether the session's login hash is held against the user's password; only with
 *     keys
 * @param cache how long an answer is kept
 */
public record DjangoSettings(
    String cookie, List<Secret> keys, Groups groups, boolean loginHash, Duration cache) {

  /** Where the names of a user's groups come from. */
  public enum Groups {
    /** From the session, where ws4redis notes them at the login. */
    SESSION,
    /** From the tables of groups, as they are now. */
    TABLES
  }

  /** Django's own cookie; what ws4redis notes; an answer is good for five seconds. */
  public static final DjangoSettings DEFAULTS =
      new DjangoSettings("sessionid", List.of(), Groups.SESSION, true, Duration.ofSeconds(5));

  /** Refuses a cookie without a name and a cache that would outlive a logout by long. */
  public DjangoSettings {
    keys = List.copyOf(keys);
    if (!cookie.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+")) {
      throw new IllegalArgumentException(
          "auth.django.cookie is '" + cookie + "', must be the name of a cookie");
    }
    if (cache.isNegative() || cache.compareTo(Duration.ofMinutes(5)) > 0) {
      throw new IllegalArgumentException(
          "auth.django.cache is " + cache + ", must be from 0s to 5m");
    }
  }
}
