package dev.rowcast.lookup;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rowcast.auth.django.SessionStore;
import dev.rowcast.postgres.SqlResource;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Sessions that Django keeps in a table.
 *
 * <p>Thread-safe; blocks.
 */
final class DjangoSessionTable implements SessionStore {
  private final Connections connections;
  private final String session;

  DjangoSessionTable(Connections connections, DjangoNames names) {
    this.connections = connections;
    session =
        SqlResource.of(DjangoSessionTable.class, "session.sql")
            .with(Map.of("sessions", DjangoNames.quotedTable(names.sessions())));
  }

  @Override
  public Optional<Stored> find(String sessionKey) {
    return connections.ask(connection -> {
      try (var statement = connection.prepareStatement(session)) {
        statement.setString(1, sessionKey);
        try (var row = statement.executeQuery()) {
          return row.next()
              ? Optional.of(
                  new Stored(
                      row.getString("data").getBytes(UTF_8),
                      Optional.of(Instant.ofEpochMilli(row.getLong("expires")))))
              : Optional.empty();
        }
      }
    });
  }
}
