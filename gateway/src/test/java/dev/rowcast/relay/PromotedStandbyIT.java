package dev.rowcast.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.base.Secret;
import dev.rowcast.base.Ticker;
import dev.rowcast.capture.CaptureSettings;
import dev.rowcast.capture.migrate.CapturedDatabase;
import dev.rowcast.capture.migrate.Migration;
import dev.rowcast.capture.wal.WalCapture;
import dev.rowcast.capture.wal.WalSettings;
import dev.rowcast.embedded.EmbeddedPostgres;
import dev.rowcast.embedded.PostgresOptions;
import dev.rowcast.feed.FeedMeters;
import dev.rowcast.feed.FeedReader;
import dev.rowcast.feed.FeedSettings;
import dev.rowcast.feed.LocalFeed;
import dev.rowcast.message.Position;
import dev.rowcast.observe.Metrics;
import dev.rowcast.postgres.Database;
import dev.rowcast.postgres.DatabaseSettings;
import dev.rowcast.testing.CaptureRun;
import dev.rowcast.testing.FaultProxy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A primary dies, and a standby that lacks its last rows is promoted; the slot has followed it.
 * With {@code synchronized_standby_slots} those rows were never delivered, and the feed goes on;
 * without it they were, and another epoch begins.
 */
@Timeout(240)
final class PromotedStandbyIT {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final FeedMeters meters = new FeedMeters(new Metrics());
  private final LocalFeed feed =
      new LocalFeed(FeedSettings.DEFAULTS, meters, Ticker.SYSTEM, ThreadLocalRandom.current());
  private final FeedReader reader = new FeedReader(new Position("none", 0, 0));

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatAPromotedStandbyLacksWasNotDeliveredOrIsAnnounced(
      boolean waitsForStandby, @TempDir Path folder) throws Exception {
    feed.start(reader);
    var data = folder.resolve("primary");
    try (var primary = EmbeddedPostgres.start(PostgresOptions.forTests().in(data));
        var line = FaultProxy.before("127.0.0.1", primary.port())) {
      execute(
          primary,
          "CREATE TABLE t (id int PRIMARY KEY)",
          "SELECT pg_create_physical_replication_slot('standby', true)");
      var settings = settings();
      assertThat(new Migration(database(primary), settings).apply().isComplete()).isTrue();
      primary.stop();
      var copy = folder.resolve("standby");
      run("cp", "-a", data.toString(), copy.toString());
      // Slots are not part of a base backup either.
      run("sh", "-c", "rm -r \"$0\"/*", copy.resolve("pg_replslot").toString());
      Files.createFile(copy.resolve("standby.signal"));
      primary.startAgain();
      try (var standby = EmbeddedPostgres.start(standby(copy, line.port()));
          var run = capture(database(primary, standby)).start()) {
        run.awaitLead();
        awaitSlotOn(standby, primary);
        if (waitsForStandby) {
          execute(
              primary,
              "ALTER SYSTEM SET synchronized_standby_slots = 'standby'",
              "SELECT pg_reload_conf()");
        }
        execute(primary, "INSERT INTO t VALUES (1000)");
        awaitId("1000");
        await()
            .atMost(PATIENCE)
            .until(() -> ask(standby, "SELECT max(id)::text FROM t").equals(List.of("1000")));

        line.stall();
        execute(primary, "INSERT INTO t SELECT i FROM generate_series(2000, 2020) i");
        if (!waitsForStandby) {
          awaitId("2020");
        }
        primary.kill();
        line.cut();
        execute(standby, "SELECT pg_promote()");
        await().atMost(PATIENCE).until(() -> isPrimary(standby) && run.leads());
        execute(standby, "INSERT INTO t VALUES (3000)");
        awaitId("3000");

        assertThat(meters.epochs.sum()).isEqualTo(waitsForStandby ? 1 : 2);
        assertThat(reader.broken()).hasSize(waitsForStandby ? 0 : 1);
        if (waitsForStandby) {
          assertThat(ids()).containsExactlyElementsOf(ask(standby, "SELECT id FROM t ORDER BY id"));
        }
      }
    }
  }

  /** Writes until the slot has come to the standby to stay, and every row is delivered. */
  private static void awaitSlotOn(EmbeddedPostgres standby, EmbeddedPostgres primary) {
    var number = new int[1];
    await("the slot on the standby")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(200))
        .until(() -> {
          execute(
              primary,
              "INSERT INTO t VALUES (" + ++number[0] + ")",
              "SELECT pg_log_standby_snapshot()");
          return ask(
                  standby,
                  "SELECT slot_name FROM pg_replication_slots WHERE synced AND NOT temporary"
                      + " AND failover")
              .equals(List.of("rowcast"));
        });
  }

  private static void run(String... command) throws IOException, InterruptedException {
    var process = new ProcessBuilder(command).inheritIO().start();
    assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
  }

  private static PostgresOptions standby(Path data, int primary) {
    return PostgresOptions.forTests()
        .in(data)
        .with(
            "primary_conninfo", "host=127.0.0.1 port=" + primary + " user=postgres dbname=postgres")
        .with("primary_slot_name", "standby")
        .with("hot_standby_feedback", "on")
        .with("sync_replication_slots", "on")
        .with("wal_receiver_status_interval", "1s")
        .with("wal_retrieve_retry_interval", "100ms");
  }

  private static CaptureSettings settings() {
    var all = CapturedDatabase.settings(CapturedDatabase.rule("public.t"));
    return new CaptureSettings(
        CaptureSettings.Mode.WAL, all.migrate(), all.tables(), all.maxRow(), false);
  }

  private CaptureRun capture(Database database) {
    return new CaptureRun(
        (health, metrics) ->
            new WalCapture(
                database,
                WalSettings.DEFAULTS,
                health,
                metrics,
                Ticker.SYSTEM,
                RandomGenerator.getDefault()),
        new FeedRelay(feed, _ -> {}, Ticker.SYSTEM));
  }

  private static Database database(EmbeddedPostgres... servers) {
    var hosts = new ArrayList<String>();
    for (var server : servers) {
      hosts.add("127.0.0.1:" + server.port());
    }
    return new Database(
        new DatabaseSettings(
            new Secret(
                "postgresql://postgres@"
                    + String.join(",", hosts)
                    + "/postgres?target_session_attrs=primary"),
            Optional.empty()),
        Map.of());
  }

  private void awaitId(String id) {
    await("row " + id).atMost(PATIENCE).until(() -> ids().contains(id));
  }

  private static boolean isPrimary(EmbeddedPostgres server) throws SQLException {
    return ask(server, "SELECT pg_is_in_recovery()::text").equals(List.of("false"));
  }

  /** The rows of the log there is now. */
  private List<String> ids() throws InterruptedException {
    var place = feed.now().orElseThrow();
    for (var entry = feed.floor(place); entry.isPresent(); entry = feed.floor(place)) {
      place = entry.get().previous();
    }
    return new FeedReader(place)
        .readAll(feed).read().stream()
            .map(event -> event.replaceAll(".*\"key\":\\{\"id\":(\\d+)}.*", "$1"))
            .toList();
  }

  private static void execute(EmbeddedPostgres server, String... statements) throws SQLException {
    try (var connection = DriverManager.getConnection(server.jdbcUrl("postgres"));
        var statement = connection.createStatement()) {
      for (var sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private static List<String> ask(EmbeddedPostgres server, String query) throws SQLException {
    var texts = new ArrayList<String>();
    try (var connection = DriverManager.getConnection(server.jdbcUrl("postgres"));
        var statement = connection.createStatement();
        var rows = statement.executeQuery(query)) {
      while (rows.next()) {
        texts.add(rows.getString(1));
      }
    }
    return texts;
  }
}
