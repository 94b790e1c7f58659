package dev.rowcast.auth;

import java.time.Duration;

/**
 * What holds for every identity, whoever vouches for it: {@code auth.recheck} and {@code
 * auth.session-keys}.
 *
 * <p>Immutable.
 *
 * @param recheck within which time an open connection's right is looked at again
 */
public record IdentitySettings(Duration recheck, SessionKeys sessionKeys) {
  /** Every two minutes at most; session keys as ws4redis has them. */
  public static final IdentitySettings DEFAULTS =
      new IdentitySettings(Duration.ofMinutes(2), SessionKeys.RAW);

  /** Refuses an interval that would be a load, or no check. */
  public IdentitySettings {
    if (recheck.compareTo(Duration.ofSeconds(1)) < 0
        || recheck.compareTo(Duration.ofHours(1)) > 0) {
      throw new IllegalArgumentException("auth.recheck is " + recheck + ", must be from 1s to 1h");
    }
  }
}
