package dev.rowcast.auth;

import dev.rowcast.message.CloseReason;
import java.time.Instant;
import java.util.Optional;

/**
 * What an open connection was recognised by, to be looked at again.
 *
 * <p>Thread-safe. Called on a virtual thread and may block.
 */
@FunctionalInterface
public interface Proof {

  /** What became of it. */
  sealed interface Standing {
    /** It holds on, now until then. */
    record Holds(Optional<Instant> expires) implements Standing {}

    /** It holds no longer: the connection ends for this reason. */
    record Gone(CloseReason reason) implements Standing {}
  }

  /**
   * Whether the client would still be recognised as the same.
   *
   * @throws IdentityException when that cannot be learnt now
   */
  Standing standing();
}
