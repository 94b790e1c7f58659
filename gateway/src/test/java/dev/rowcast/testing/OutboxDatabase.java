package dev.rowcast.testing;

import dev.rowcast.base.Secret;
import dev.rowcast.embedded.EmbeddedPostgres;
import dev.rowcast.embedded.PostgresOptions;
import dev.rowcast.postgres.Database;
import dev.rowcast.postgres.DatabaseSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A database of its own on a real server, with the outbox of the contract in it.
 *
 * <p>Thread-safe.
 */
public final class OutboxDatabase {
  private static final AtomicInteger NUMBERS = new AtomicInteger();

  private final EmbeddedPostgres server;
  private final String name;

  private OutboxDatabase(EmbeddedPostgres server, String name) {
    this.server = server;
    this.name = name;
  }

  /** A server that all tests of a class may share. */
  public static EmbeddedPostgres server() {
    return EmbeddedPostgres.start(PostgresOptions.forTests());
  }

  /** A new database without schema {@code rowcast}. */
  public static OutboxDatabase empty(EmbeddedPostgres server) {
    var database = new OutboxDatabase(server, "outbox" + NUMBERS.incrementAndGet());
    new OutboxDatabase(server, "postgres").execute("CREATE DATABASE " + database.name);
    return database;
  }

  /** A new database with schema {@code rowcast} and the captured table {@code t(id, v)}. */
  public static OutboxDatabase create(EmbeddedPostgres server) {
    var database = empty(server);
    database.install();
    database.execute(
        "CREATE TABLE t (id int PRIMARY KEY, v text)", "CALL rowcast.capture('t', 'id')");
    return database;
  }

  /** Creates schema {@code rowcast}. */
  public void install() {
    try (var sql = OutboxDatabase.class.getResourceAsStream("outbox-contract.sql")) {
      execute(new String(sql.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /** The database's name. */
  public String name() {
    return name;
  }

  /** Its address, as the server's owner. */
  public String url() {
    return server.url(name);
  }

  /** As the server's owner. */
  public Database database() {
    return database("postgres");
  }

  /** As a role of one's choice; the server asks for no password. */
  public Database database(String user) {
    var url = server.url(name).replace("//postgres@", "//" + user + "@");
    return new Database(new DatabaseSettings(new Secret(url), Optional.empty()), Map.of());
  }

  /** A connection in auto-commit mode. */
  public Connection connect() {
    return database().open("test");
  }

  /** Executes each statement in a transaction of its own. */
  public void execute(String... statements) {
    try (var connection = connect();
        var statement = connection.createStatement()) {
      for (var sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException failure) {
      throw new IllegalStateException(failure);
    }
  }

  /** The first column of the first line, as text. */
  public String ask(String query) {
    try (var connection = connect();
        var statement = connection.createStatement();
        var line = statement.executeQuery(query)) {
      return line.next() ? String.valueOf(line.getString(1)) : "";
    } catch (SQLException failure) {
      throw new IllegalStateException(failure);
    }
  }
}
