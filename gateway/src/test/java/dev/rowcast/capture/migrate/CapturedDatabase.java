package dev.rowcast.capture.migrate;

import dev.rowcast.base.DataSize;
import dev.rowcast.base.Glob;
import dev.rowcast.base.Secret;
import dev.rowcast.base.Ticker;
import dev.rowcast.capture.BatchHandler;
import dev.rowcast.capture.CaptureSettings;
import dev.rowcast.capture.CaptureSettings.OldRow;
import dev.rowcast.capture.CaptureSettings.TableRule;
import dev.rowcast.capture.wal.WalCapture;
import dev.rowcast.capture.wal.WalSettings;
import dev.rowcast.embedded.EmbeddedPostgres;
import dev.rowcast.postgres.Database;
import dev.rowcast.postgres.DatabaseSettings;
import dev.rowcast.testing.CaptureRun;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;

/**
 * A database of its own on a shared server, and what to ask it.
 *
 * <p>Confined to the test's thread; connections it opens are the caller's.
 */
public final class CapturedDatabase {
  private static final AtomicInteger NUMBERS = new AtomicInteger();

  /** The outbox as a subquery whose payloads are arrays throughout. */
  static final String ARRAYS =
      """
      (SELECT seq, op, source, channel, before,
        CASE WHEN op IN ('I', 'U', 'D') AND left(payload, 1) <> '['
          THEN '[' || ltrim(payload, '!') || ']' ELSE payload END AS payload,
        CASE WHEN op IN ('I', 'U', 'D') AND left(payload, 1) = '!'
          THEN ARRAY[0] ELSE truncated END AS truncated
      FROM rowcast.outbox)\
      """;

  /** Everything in the outbox in order, one JSON object a line. */
  private static final String OUTBOX =
      """
      SELECT '{"op": "' || o.op::text || '"'
        || CASE WHEN s.id IS NULL THEN '' ELSE ', "table": ' || to_json(s.schema_name || '.' || s.table_name) END
        || CASE WHEN o.channel IS NULL THEN '' ELSE ', "channel": ' || to_json(o.channel) END
        || ', "payload": ' || o.payload
        || CASE WHEN o.before IS NULL THEN '' ELSE ', "before": ' || o.before END
        || CASE WHEN o.truncated IS NULL THEN '' ELSE ', "truncated": ' || to_json(o.truncated) END
        || '}'
      FROM <outbox> o LEFT JOIN rowcast.source s ON s.id = o.source
      ORDER BY o.seq\
      """
          .replace("<outbox>", ARRAYS);

  private final EmbeddedPostgres server;
  private final String name;

  private CapturedDatabase(EmbeddedPostgres server, String name) {
    this.server = server;
    this.name = name;
  }

  public static CapturedDatabase create(EmbeddedPostgres server) {
    var database = new CapturedDatabase(server, "captured" + NUMBERS.incrementAndGet());
    new CapturedDatabase(server, "postgres").execute("CREATE DATABASE " + database.name);
    return database;
  }

  public String name() {
    return name;
  }

  public Database database() {
    return database("postgres");
  }

  Database database(String role) {
    return new Database(
        new DatabaseSettings(
            new Secret("postgresql://" + role + "@127.0.0.1:" + server.port() + "/" + name),
            Optional.empty()),
        Map.of());
  }

  public Connection open() {
    return database().open("test");
  }

  public void execute(String... statements) {
    try (var connection = open()) {
      for (var sql : statements) {
        run(connection, sql);
      }
    } catch (SQLException failure) {
      throw new AssertionError(failure.getMessage(), failure);
    }
  }

  static void run(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.setEscapeProcessing(false);
      statement.execute(sql);
    }
  }

  /** The key columns of each captured table, by its name. */
  Map<String, List<String>> keys() {
    var keys = new HashMap<String, List<String>>();
    try (var connection = open();
        var statement = connection.createStatement();
        var rows =
            statement.executeQuery("SELECT schema_name, table_name, key FROM rowcast.source")) {
      while (rows.next()) {
        keys.put(
            rows.getString(1) + "." + rows.getString(2),
            List.of((String[]) rows.getArray(3).getArray()));
      }
    } catch (SQLException failure) {
      throw new AssertionError(failure.getMessage(), failure);
    }
    return keys;
  }

  List<String> outbox() {
    return texts(OUTBOX);
  }

  public List<String> texts(String query) {
    try (var connection = open()) {
      return texts(connection, query);
    } catch (SQLException failure) {
      throw new AssertionError(failure.getMessage(), failure);
    }
  }

  static List<String> texts(Connection connection, String query) throws SQLException {
    var texts = new ArrayList<String>();
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery(query)) {
      while (rows.next()) {
        texts.add(String.valueOf(rows.getString(1)));
      }
    }
    return texts;
  }

  public Migration migration(CaptureSettings settings) {
    return new Migration(database(), settings);
  }

  public MigrationResult apply(CaptureSettings settings) {
    try {
      return migration(settings).apply();
    } catch (InterruptedException interrupted) {
      throw new AssertionError(interrupted);
    }
  }

  /** The same, captured by the log, with a slot that no other database of the server uses. */
  public CaptureSettings byLog(CaptureSettings settings) {
    return new CaptureSettings(
        CaptureSettings.Mode.WAL,
        settings.migrate(),
        settings.tables(),
        settings.maxRow(),
        settings.rodan(),
        new CaptureSettings.Wal(name, name, CaptureSettings.Wal.DEFAULTS.warnRetained()));
  }

  /** A reader of the log of this database, not started. */
  public CaptureRun log(CaptureSettings settings, BatchHandler handler) {
    return new CaptureRun(
        (health, metrics) ->
            new WalCapture(
                database(),
                WalSettings.DEFAULTS.with(settings.wal().warnRetained(), settings.maxRow()),
                health,
                metrics,
                Ticker.SYSTEM,
                RandomGenerator.getDefault()),
        handler);
  }

  /** A running reader of the log of this database. */
  public CaptureRun log(CaptureSettings settings) {
    return log(settings, _ -> {}).start();
  }

  /** Every table of schema public by its primary key. */
  public static CaptureSettings all() {
    return settings(rule("public.*"));
  }

  public static TableRule rule(String match) {
    return new TableRule(List.of(new Glob(match)), List.of(), List.of(), List.of(), OldRow.KEY);
  }

  public static CaptureSettings settings(TableRule... rules) {
    return new CaptureSettings(
        CaptureSettings.Mode.TRIGGERS,
        CaptureSettings.DEFAULTS.migrate(),
        List.of(rules),
        DataSize.ofMebibytes(1),
        false);
  }
}
