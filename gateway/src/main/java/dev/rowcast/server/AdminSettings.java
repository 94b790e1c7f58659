package dev.rowcast.server;

import dev.rowcast.base.Endpoint;
import dev.rowcast.base.Secret;
import java.util.Optional;

/**
 * Where operators look: {@code admin}.
 *
 * <p>Immutable.
 *
 * @param token what the requests of operators must carry; empty: there is no API, and the pages of
 *     operators are open to whoever can reach them
 * @param listen an address of their own for the pages of operators; empty: they are beside the
 *     others
 */
public record AdminSettings(Optional<Secret> token, Optional<Endpoint> listen) {
  private static final int SHORTEST = 16;

  /** No token, no address of its own. */
  public static final AdminSettings DEFAULTS =
      new AdminSettings(Optional.empty(), Optional.empty());

  /** Refuses a token that could be guessed. */
  public AdminSettings {
    if (token.isPresent() && token.get().reveal().length() < SHORTEST) {
      throw new IllegalArgumentException(
          "admin.token is shorter than "
              + SHORTEST
              + " characters; make one with: openssl rand -hex 32");
    }
  }
}
