package dev.rowcast.auth.django;

import java.time.Instant;
import java.util.Optional;

/**
 * Where a Django application keeps its sessions.
 *
 * <p>Thread-safe; may block. Throws {@link dev.rowcast.auth.IdentityException} when it is away.
 */
@FunctionalInterface
public interface SessionStore {

  /**
   * A session as it is stored.
   *
   * @param data what the session engine wrote
   * @param expires empty: the store itself drops what is over
   */
  @SuppressWarnings("ArrayRecordComponent") // Handed over once and never compared.
  record Stored(byte[] data, Optional<Instant> expires) {}

  /** The session of this key, over or not; empty when there is none. */
  Optional<Stored> find(String sessionKey);
}
