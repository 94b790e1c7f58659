package dev.rowcast.auth;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Who stands at the other end of a connection.
 *
 * <p>Immutable.
 *
 * @param user the user name, when somebody is logged in
 * @param groups names of groups, in the order in which the application lists them
 * @param sessionKey the browser session's key; a secret of the browser, never logged
 * @param claims what else the provider says, for the row rules of {@code live.tables}: of a token
 *     its claims, with dots between the names of nested ones; of Django {@code id}, the user's
 *     primary key; never logged
 */
public record Identity(
    Optional<String> user,
    List<String> groups,
    Optional<String> sessionKey,
    Map<String, List<String>> claims) {
  /** Nobody we know. */
  public static final Identity ANONYMOUS =
      new Identity(Optional.empty(), List.of(), Optional.empty());

  /** Copies the groups and the claims. */
  public Identity {
    groups = List.copyOf(groups);
    claims = Map.copyOf(claims);
  }

  /** Of whom nothing else is said. */
  public Identity(Optional<String> user, List<String> groups, Optional<String> sessionKey) {
    this(user, groups, sessionKey, Map.of());
  }

  /** Never shows the session key, nor claims. */
  @Override
  public String toString() {
    return user.orElse("anonymous") + groups;
  }
}
