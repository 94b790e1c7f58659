package dev.rowcast.server;

import dev.rowcast.base.Endpoint;
import dev.rowcast.base.Secret;
import java.util.Optional;

/**
 * Where operators look: {@code admin}.
 *
 * <p>Immutable.
 *
 * @param token what the administrative requests must carry; empty: there are none
 * @param listen an address of their own for the pages of operators; empty: they are beside the
 *     others
 */
public record AdminSettings(Optional<Secret> token, Optional<Endpoint> listen) {
  /** No token, no address of its own. */
  public static final AdminSettings DEFAULTS =
      new AdminSettings(Optional.empty(), Optional.empty());
}
