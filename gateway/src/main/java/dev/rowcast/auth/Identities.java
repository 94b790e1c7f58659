package dev.rowcast.auth;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/**
 * Who a client is, by the first provider that recognises it.
 *
 * <p>Thread-safe.
 */
public final class Identities implements AutoCloseable {
  /** Nobody is recognised: every client is anonymous. */
  public static final Identities NONE = new Identities(List.of());

  private static final Duration A_YEAR = Duration.ofDays(365);

  private final List<IdentityProvider> providers;
  private final IdentitySettings settings;
  private final InstantSource clock;

  /** Asks these providers in this order. */
  public Identities(List<IdentityProvider> providers) {
    this(providers, IdentitySettings.DEFAULTS, InstantSource.system());
  }

  /** Asks these providers in this order. */
  public Identities(
      List<IdentityProvider> providers, IdentitySettings settings, InstantSource clock) {
    this.providers = List.copyOf(providers);
    this.settings = settings;
    this.clock = clock;
  }

  /** Whether {@link #identify} answers at once, without asking anybody. */
  public boolean areAnonymous() {
    return providers.isEmpty();
  }

  /** How long it is until then; zero when it is over, a year at most. */
  public Duration until(Instant expiry) {
    var now = clock.instant();
    if (!expiry.isAfter(now)) {
      return Duration.ZERO;
    }
    return expiry.isAfter(now.plus(A_YEAR)) ? A_YEAR : Duration.between(now, expiry);
  }

  /** Within which time the proof of an open connection is looked at again. */
  public Duration recheck() {
    return settings.recheck();
  }

  /**
   * What is to be made of a client; never {@link Recognition.Unknown}, as whom nobody knows is
   * anonymous. May block, hence never on an event loop unless {@link #areAnonymous}.
   *
   * <p>A credential that one provider rejects may be good for a later one. If it is not, the first
   * rejection counts: a client with a dead token is told so and not served as if it had none.
   *
   * @throws IdentityException when a provider cannot tell
   */
  public Recognition identify(Handshake handshake) {
    Recognition otherwise = Recognition.Known.ANONYMOUS;
    for (var provider : providers) {
      switch (provider.identify(handshake)) {
        case Recognition.Known known -> {
          return known.withSession(
              known.identity().sessionKey().map(settings.sessionKeys()::outside));
        }
        case Recognition.Forbidden forbidden -> {
          return forbidden;
        }
        case Recognition.Rejected rejected -> {
          if (!(otherwise instanceof Recognition.Rejected)) {
            otherwise = rejected;
          }
        }
        case Recognition.Unknown() -> {}
      }
    }
    return otherwise;
  }

  /** Asks every provider anew from now on, whatever it remembered. */
  public void forget() {
    providers.forEach(IdentityProvider::forget);
  }

  /** Closes the providers. */
  @Override
  public void close() {
    providers.forEach(IdentityProvider::close);
  }
}
