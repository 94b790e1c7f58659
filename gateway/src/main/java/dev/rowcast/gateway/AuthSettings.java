package dev.rowcast.gateway;

import dev.rowcast.auth.IdentitySettings;
import dev.rowcast.auth.jwt.JwtSettings;
import dev.rowcast.auth.webhook.WebhookSettings;
import dev.rowcast.lookup.DjangoSource;
import java.util.Optional;

/**
 * By what clients are recognised: {@code auth}. The providers are asked in this order; without any
 * everybody is anonymous.
 *
 * <p>Immutable.
 */
public record AuthSettings(
    IdentitySettings identities,
    Optional<DjangoSource> django,
    Optional<JwtSettings> jwt,
    Optional<WebhookSettings> webhook) {

  /** Everybody is anonymous. */
  public static final AuthSettings DEFAULTS =
      new AuthSettings(
          IdentitySettings.DEFAULTS, Optional.empty(), Optional.empty(), Optional.empty());
}
