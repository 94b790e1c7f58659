package dev.rowcast.auth.django;

import java.util.List;
import java.util.Optional;

/**
 * What a stored session turned out to be.
 *
 * <p>Immutable.
 */
public sealed interface DecodedSession {

  /**
   * A session.
   *
   * @param userId the logged-in user's primary key; empty: nobody is logged in
   * @param loginHash what Django noted of the user's password at the login
   * @param memberOf the group names that ws4redis noted at the login
   */
  record Read(Optional<String> userId, Optional<String> loginHash, List<String> memberOf)
      implements DecodedSession {
    /** Copies the names. */
    public Read {
      memberOf = List.copyOf(memberOf);
    }
  }

  /** It is not read, for this reason, which holds nothing of its content. */
  record Refused(String why) implements DecodedSession {}
}
