package dev.rowcast.lookup;

import dev.rowcast.auth.django.UserTable;
import dev.rowcast.postgres.SqlResource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The users of a Django application and the groups they are in, as the tables have them now.
 *
 * <p>Thread-safe; blocks.
 */
final class DjangoUserTable implements UserTable {
  private final Connections connections;
  private final String user;
  private final String groups;

  DjangoUserTable(Connections connections, DjangoNames names) {
    this.connections = connections;
    user =
        SqlResource.of(DjangoUserTable.class, "user.sql")
            .with(
                Map.of(
                    "users", DjangoNames.quotedTable(names.users()),
                    "id", DjangoNames.quoted(names.id()),
                    "name", DjangoNames.quoted(names.name()),
                    "active", names.active().map(DjangoNames::quoted).orElse("true")));
    groups =
        SqlResource.of(DjangoUserTable.class, "groups.sql")
            .with(
                Map.of(
                    "memberships", DjangoNames.quotedTable(names.memberships()),
                    "member", DjangoNames.quoted(names.member())));
  }

  @Override
  public Optional<User> find(String id) {
    return connections.ask(connection -> {
      try (var statement = ofUser(connection, user, id);
          var row = statement.executeQuery()) {
        return row.next()
            ? Optional.of(
                new User(
                    row.getString("name"), row.getString("password"), row.getBoolean("active")))
            : Optional.empty();
      } catch (SQLException failure) {
        if (isNoKey(failure)) {
          return Optional.empty();
        }
        throw failure;
      }
    });
  }

  @Override
  public List<String> groups(String id) {
    return connections.ask(connection -> {
      try (var statement = ofUser(connection, groups, id);
          var row = statement.executeQuery()) {
        var names = new ArrayList<String>();
        while (row.next()) {
          names.add(row.getString("name"));
        }
        return names;
      } catch (SQLException failure) {
        if (isNoKey(failure)) {
          return List.of();
        }
        throw failure;
      }
    });
  }

  /** Class 22 is what PostgreSQL says of a text that is no value of the key's type. */
  private static boolean isNoKey(SQLException failure) {
    return failure.getSQLState() != null && failure.getSQLState().startsWith("22");
  }

  /** The key is of whatever type the column has: a number, a UUID, a text. */
  private static PreparedStatement ofUser(Connection connection, String sql, String id)
      throws SQLException {
    var statement = connection.prepareStatement(sql);
    try {
      statement.setObject(1, id, Types.OTHER);
      return statement;
    } catch (SQLException failure) {
      statement.close();
      throw failure;
    }
  }
}
