package dev.rowcast.auth;

/**
 * A way to learn who a client is: a Django session, a token, the application itself.
 *
 * <p>Thread-safe. Called on a virtual thread and may block.
 */
@FunctionalInterface
public interface IdentityProvider extends AutoCloseable {

  /**
   * What this provider makes of the request.
   *
   * @throws IdentityException when that cannot be learnt now
   */
  Recognition identify(Handshake handshake);

  /** Asks anew from now on, whatever was remembered. */
  default void forget() {}

  /** Lets go of threads and connections. */
  @Override
  default void close() {}
}
