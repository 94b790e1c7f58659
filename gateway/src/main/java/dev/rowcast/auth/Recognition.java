package dev.rowcast.auth;

import dev.rowcast.message.CloseReason;
import dev.rowcast.message.Permission;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * What a provider makes of a request.
 *
 * <p>Immutable.
 */
public sealed interface Recognition {

  /**
   * Somebody the provider vouches for.
   *
   * @param may what this client may be granted at most; the access rules decide within it
   * @param expires when the connection ends unless it has shown something newer
   * @param proof how to ask whether this still holds; empty: nothing but the expiry ends it
   */
  record Known(
      Identity identity, Set<Permission> may, Optional<Instant> expires, Optional<Proof> proof)
      implements Recognition {
    /** Nobody we know, for as long as they like. */
    public static final Known ANONYMOUS = lasting(Identity.ANONYMOUS);

    /** Copies the set. */
    public Known {
      may = Set.copyOf(may);
    }

    /** An identity that nothing limits or ends. */
    public static Known lasting(Identity identity) {
      return new Known(
          identity, EnumSet.allOf(Permission.class), Optional.empty(), Optional.empty());
    }

    /** The same for another name of the browser session. */
    Known withSession(Optional<String> sessionKey) {
      var named = new Identity(identity.user(), identity.groups(), sessionKey, identity.claims());
      return new Known(named, may, expires, proof);
    }
  }

  /** Nothing in the request is for this provider; the next one is asked. */
  record Unknown() implements Recognition {}

  /**
   * What the request shows is meant for this provider and is not good. Unless a later provider
   * knows the client, its connection ends for this reason once it is open, as only then a browser
   * learns of it.
   *
   * @param why a sentence for the log; holds nothing secret
   */
  record Rejected(CloseReason reason, String why) implements Recognition {}

  /** The application forbids the connection: 403 at the handshake. */
  record Forbidden() implements Recognition {}
}
