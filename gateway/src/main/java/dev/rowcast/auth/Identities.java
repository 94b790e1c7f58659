package dev.rowcast.auth;

import java.util.List;

/**
 * Who a client is, by the first provider that recognises it.
 *
 * <p>Thread-safe.
 */
public final class Identities {
  /** Nobody is recognised: every client is anonymous. */
  public static final Identities NONE = new Identities(List.of());

  private final List<IdentityProvider> providers;

  /** Asks these providers in this order. */
  public Identities(List<IdentityProvider> providers) {
    this.providers = List.copyOf(providers);
  }

  /** Whether {@link #identify} answers at once, without asking anybody. */
  public boolean areAnonymous() {
    return providers.isEmpty();
  }

  /** The client's identity; may block, hence never on an event loop unless anonymous. */
  public Identity identify(Handshake handshake) {
    for (var provider : providers) {
      var identity = provider.identify(handshake);
      if (identity.isPresent()) {
        return identity.get();
      }
    }
    return Identity.ANONYMOUS;
  }
}
