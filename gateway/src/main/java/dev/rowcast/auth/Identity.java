package dev.rowcast.auth;

import java.util.List;
import java.util.Optional;

/**
 * Who stands at the other end of a connection.
 *
 * <p>Immutable.
 *
 * @param user the user name, when somebody is logged in
 * @param groups names of groups, in the order in which the application lists them
 * @param sessionKey the browser session's key; a secret of the browser, never logged
 */
public record Identity(Optional<String> user, List<String> groups, Optional<String> sessionKey) {
  /** Nobody we know. */
  public static final Identity ANONYMOUS =
      new Identity(Optional.empty(), List.of(), Optional.empty());

  /** Copies the groups. */
  public Identity {
    groups = List.copyOf(groups);
  }

  /** Never shows the session key. */
  @Override
  public String toString() {
    return user.orElse("anonymous") + groups;
  }
}
