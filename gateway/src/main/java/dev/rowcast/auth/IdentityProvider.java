package dev.rowcast.auth;

import java.util.Optional;

/**
 * A way to learn who a client is: a Django session, a token, the application itself.
 *
 * <p>Thread-safe. Called on a virtual thread and may block.
 */
@FunctionalInterface
public interface IdentityProvider {

  /** The client's identity, or empty when this provider does not recognise the request. */
  Optional<Identity> identify(Handshake handshake);
}
