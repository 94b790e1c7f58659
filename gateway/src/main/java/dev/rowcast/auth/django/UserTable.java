package dev.rowcast.auth.django;

import java.util.List;
import java.util.Optional;

/**
 * The users of a Django application.
 *
 * <p>Thread-safe; may block. Throws {@link dev.rowcast.auth.IdentityException} when it is away.
 */
public interface UserTable {

  /**
   * A user's row.
   *
   * @param name what Django's get_username() gives
   * @param password the encoded password, a secret
   */
  record User(String name, String password, boolean active) {
    /** Never shows the password. */
    @Override
    public String toString() {
      return name;
    }
  }

  /** The user of this primary key, as the session holds it. */
  Optional<User> find(String id);

  /** The names of the user's groups, in the order of their keys. */
  List<String> groups(String id);
}
