package dev.rowcast.relay;

import static dev.rowcast.capture.migrate.CapturedDatabase.all;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.base.Secret;
import dev.rowcast.base.Ticker;
import dev.rowcast.capture.BatchHandler;
import dev.rowcast.capture.CaptureSettings;
import dev.rowcast.capture.migrate.CapturedDatabase;
import dev.rowcast.embedded.EmbeddedPostgres;
import dev.rowcast.embedded.PostgresOptions;
import dev.rowcast.feed.Feed;
import dev.rowcast.feed.FeedMeters;
import dev.rowcast.feed.FeedReader;
import dev.rowcast.feed.FeedSettings;
import dev.rowcast.feed.LocalFeed;
import dev.rowcast.feed.redis.RedisFeed;
import dev.rowcast.message.Position;
import dev.rowcast.observe.Health;
import dev.rowcast.observe.Metrics;
import dev.rowcast.redis.RedisSettings;
import dev.rowcast.testing.CaptureRun;
import dev.rowcast.testing.RedisProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The log of a real PostgreSQL into a feed, by leaders that have just started: what the one before
 * has confirmed is there, or another epoch begins.
 */
@Timeout(180)
final class WalFeedIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private static Path folder;
  private static Path data;
  private static EmbeddedPostgres server;

  private final FeedMeters meters = new FeedMeters(new Metrics());
  private final LocalFeed feed =
      new LocalFeed(FeedSettings.DEFAULTS, meters, Ticker.SYSTEM, ThreadLocalRandom.current());
  private final FeedReader reader = new FeedReader(new Position("none", 0, 0));
  private CapturedDatabase database;
  private CaptureSettings settings;

  @BeforeAll
  static void startServer() {
    data = folder.resolve("data");
    server = EmbeddedPostgres.start(PostgresOptions.forTests().in(data));
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @BeforeEach
  void install() {
    database = CapturedDatabase.create(server);
    database.execute("CREATE TABLE t (id int PRIMARY KEY, v text)", "CREATE TABLE other (v text)");
    settings = database.byLog(CapturedDatabase.settings(CapturedDatabase.rule("public.t")));
    assertThat(database.apply(settings).isComplete()).isTrue();
    feed.start(reader);
  }

  @AfterEach
  void remove() throws InterruptedException {
    database.migration(settings).drop();
  }

  @Test
  void aFreshInstallHasALogBeforeAnyChange() {
    try (var _ = capture(feed)) {
      await().atMost(PATIENCE).until(() -> feed.now().isPresent());
    }
  }

  @Test
  void whatIsNotForUsIsConfirmedTogetherWithTheFeed() throws Exception {
    try (var run = capture(feed)) {
      run.awaitLead();
      database.execute(
          "INSERT INTO t VALUES (1, 'a')",
          "INSERT INTO other SELECT repeat('x', 1000) FROM generate_series(1, 20000)");
      var written = database.texts("SELECT pg_current_wal_lsn()").getFirst();
      await()
          .atMost(PATIENCE)
          .until(() ->
              database
                  .texts(
                      "SELECT confirmed_flush_lsn >= '"
                          + written
                          + "' FROM pg_replication_slots WHERE slot_name = '"
                          + database.name()
                          + "'")
                  .equals(List.of("t")));
    }
    try (var _ = capture(feed)) {
      database.execute("INSERT INTO t VALUES (2, 'b')");
      awaitChanges(2);
    }

    assertThat(ids()).containsExactly("1", "2");
    assertThat(meters.epochs.sum()).isEqualTo(1);
  }

  @Test
  void aServerThatCrashedSendsAgainAndNothingIsThereTwice() throws Exception {
    try (var _ = capture(feed)) {
      for (int id = 1; id <= 20; id++) {
        database.execute("INSERT INTO t VALUES (" + id + ", 'a')");
      }
      awaitChanges(20);
    }
    server.kill();
    server.startAgain();
    try (var _ = capture(feed)) {
      database.execute("INSERT INTO t VALUES (21, 'b')");
      awaitChanges(21);
    }

    assertThat(ids()).hasSize(21).doesNotHaveDuplicates();
    assertThat(meters.epochs.sum()).isEqualTo(1);
  }

  @Test
  void aLargeTransactionWhoseLeaderEndsInsideItIsGoneOnWith() throws Exception {
    BatchHandler once =
        _ -> {
          if (meters.changesOut.sum() >= 10_000) {
            throw new IllegalStateException("the test ends this leader");
          }
        };
    try (var run = database.log(settings, new FeedRelay(feed, once, Ticker.SYSTEM)).start()) {
      run.awaitLead();
      database.execute("INSERT INTO t SELECT i, 'a' FROM generate_series(1, 30000) i");
      awaitChanges(10_000);
    }
    assertThat(meters.changesOut.sum()).isLessThan(30_000);
    try (var _ = capture(feed)) {
      awaitChanges(30_000);
    }

    assertThat(ids()).hasSize(30_000).doesNotHaveDuplicates();
    assertThat(meters.epochs.sum()).isEqualTo(1);
  }

  @Test
  void aServerRestoredFromACopyIsNoticedByALeaderThatHasJustStarted() throws Exception {
    try (var _ = capture(feed)) {
      database.execute("INSERT INTO t VALUES (1, 'a')");
      awaitChanges(1);
    }
    server.stop();
    run("cp", "-a", data.toString(), folder.resolve("copy").toString());
    server.startAgain();
    try (var _ = capture(feed)) {
      database.execute("INSERT INTO t SELECT i, 'lost' FROM generate_series(2, 50) i");
      awaitChanges(50);
    }

    restore();
    try (var _ = capture(feed)) {
      await("a shorter log").atMost(PATIENCE).until(() -> meters.epochs.sum() == 2);
      database.execute("INSERT INTO t VALUES (60, 'b')");
      awaitChanges(51);
    }
    assertThat(ids()).contains("60").doesNotContain("2");

    restore();
    database.execute(
        "INSERT INTO t SELECT i, 'c' FROM generate_series(70, 79) i",
        "INSERT INTO other SELECT repeat('x', 1000) FROM generate_series(1, 1000)",
        "INSERT INTO t VALUES (80, 'd')");
    try (var _ = capture(feed)) {
      await("another log of the same numbers")
          .atMost(PATIENCE)
          .until(() -> meters.epochs.sum() == 3 && ids().contains("80"));
    }
    assertThat(ids()).contains("70").doesNotContain("60");
    assertThat(reader.broken()).hasSize(2);
  }

  @Test
  void anOlderCopyOfRedisIsNoticedByALeaderThatHasJustStarted() throws Exception {
    try (var redis = RedisProcess.start();
        var reading = redisFeed(redis)) {
      reading.start(reader);
      try (var before = redisFeed(redis);
          var _ = capture(before)) {
        database.execute("INSERT INTO t VALUES (1, 'a')");
        awaitChanges(1);
        redis.command("SAVE");
        database.execute("INSERT INTO t VALUES (2, 'b')");
        awaitChanges(2);
        await().atMost(PATIENCE).until(() -> reading.now().isPresent());
      }
      redis.kill();
      redis.restart();
      try (var after = redisFeed(redis);
          var _ = capture(after)) {
        await().atMost(PATIENCE).until(() -> meters.epochs.sum() == 2);
        database.execute("INSERT INTO t VALUES (3, 'c')");
        awaitChanges(3);
        await().atMost(PATIENCE).until(() -> !reader.broken().isEmpty());
      }
    }
  }

  private static void restore() throws Exception {
    server.stop();
    run("rm", "-rf", data.toString());
    run("cp", "-a", folder.resolve("copy").toString(), data.toString());
    server.startAgain();
  }

  private static void run(String... command) throws IOException, InterruptedException {
    var process = new ProcessBuilder(command).inheritIO().start();
    assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
  }

  private CaptureRun capture(Feed into) {
    return database.log(settings, new FeedRelay(into, _ -> {}, Ticker.SYSTEM)).start();
  }

  private Feed redisFeed(RedisProcess redis) {
    return new RedisFeed(
        new RedisSettings(
            new Secret("redis://127.0.0.1:" + redis.port() + "/0"),
            Optional.empty(),
            "wal",
            Duration.ofHours(1)),
        FeedSettings.DEFAULTS,
        meters,
        new Health().part("feed"),
        Ticker.SYSTEM,
        ThreadLocalRandom.current());
  }

  private void awaitChanges(int count) {
    await("change " + count).atMost(PATIENCE).until(() -> meters.changesOut.sum() >= count);
  }

  /** The rows of the log there is now, which begins before all of them. */
  private List<String> ids() throws InterruptedException {
    var place = feed.now().orElseThrow();
    for (var entry = feed.floor(place); entry.isPresent(); entry = feed.floor(place)) {
      place = entry.get().previous();
    }
    var all = new FeedReader(place);
    return all.readAll(feed).read().stream()
        .map(event -> event.replaceAll(".*\"key\":\\{\"id\":(\\d+)}.*", "$1"))
        .toList();
  }
}
