package dev.rowcast.auth.jwt;

import java.util.List;
import java.util.Optional;

/**
 * Where the keys come from that signatures are checked by.
 *
 * <p>Thread-safe; may block.
 */
@FunctionalInterface
interface KeySource extends AutoCloseable {

  /**
   * The keys a token may be signed by.
   *
   * @param id the name the token gives its key; a source that does not know it may ask anew
   * @throws dev.rowcast.auth.IdentityException when there are none and none can be had now
   */
  List<VerificationKey> keys(Optional<String> id);

  @Override
  default void close() {}
}
