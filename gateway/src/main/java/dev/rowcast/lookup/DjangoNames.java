package dev.rowcast.lookup;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How an application's tables of sessions, users and groups are called: the part of {@code
 * auth.django} that only a custom user model changes.
 *
 * <p>Immutable.
 *
 * @param active the column that says whether a user may log in; empty: the model has none
 * @param memberships the table between users and groups
 * @param member its column that names the user
 */
public record DjangoNames(
    String sessions,
    String users,
    String id,
    String name,
    Optional<String> active,
    String memberships,
    String member) {
  /** Django's own user model. */
  public static final DjangoNames DEFAULTS =
      new DjangoNames(
          "django_session",
          "auth_user",
          "id",
          "username",
          Optional.of("is_active"),
          "auth_user_groups",
          "user_id");

  /** Refuses an empty name. */
  public DjangoNames {
    refuseEmpty("session-table", sessions);
    refuseEmpty("user-table", users);
    refuseEmpty("user-id-column", id);
    refuseEmpty("user-name-column", name);
    active.ifPresent(column -> refuseEmpty("user-active-column", column));
    refuseEmpty("membership-table", memberships);
    refuseEmpty("membership-user-column", member);
  }

  private static void refuseEmpty(String key, String name) {
    if (name.isEmpty() || name.startsWith(".") || name.endsWith(".") || name.contains("..")) {
      throw new IllegalArgumentException(
          "auth.django." + key + " is '" + name + "', must be a name, as schema.name or name");
    }
  }

  /** A column as SQL spells it, whatever characters it has. */
  static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  /** A table with its schema, if it names one. */
  static String quotedTable(String name) {
    return Arrays.stream(name.split("\\.", 2))
        .map(DjangoNames::quoted)
        .collect(Collectors.joining("."));
  }
}
