package dev.rowcast.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.base.Ticker;
import dev.rowcast.capture.BatchHandler;
import dev.rowcast.capture.triggers.OutboxSettings;
import dev.rowcast.capture.triggers.TriggerCapture;
import dev.rowcast.embedded.EmbeddedPostgres;
import dev.rowcast.feed.FeedMeters;
import dev.rowcast.feed.FeedReader;
import dev.rowcast.feed.FeedSettings;
import dev.rowcast.feed.LocalFeed;
import dev.rowcast.message.Position;
import dev.rowcast.observe.Health;
import dev.rowcast.observe.Metrics;
import dev.rowcast.testing.OutboxDatabase;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Trigger capture of a real database into a feed: the same change always has the same place. */
final class TriggerFeedIT {
  private static EmbeddedPostgres server;

  private final FeedMeters meters = new FeedMeters(new Metrics());
  private final LocalFeed feed =
      new LocalFeed(FeedSettings.DEFAULTS, meters, Ticker.SYSTEM, ThreadLocalRandom.current());
  private final FeedReader reader = new FeedReader(new Position("none", 0, 0));
  private OutboxDatabase database;

  @BeforeAll
  static void startServer() {
    server = OutboxDatabase.server();
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @BeforeEach
  void create() {
    database = OutboxDatabase.create(server);
    feed.start(reader);
  }

  /** A capture on a thread of its own. */
  private record Running(TriggerCapture capture, Thread thread) implements AutoCloseable {
    @Override
    public void close() {
      capture.close();
      try {
        thread.join();
      } catch (InterruptedException never) {
        throw new IllegalStateException(never);
      }
    }
  }

  @Test
  void anUnconfirmedBatchIsMadeOfTheSameRowsAgain() throws Exception {
    var busIsAway = new AtomicBoolean(true);
    BatchHandler bus =
        _ -> {
          if (busIsAway.get()) {
            throw new IllegalStateException("the bus is away");
          }
        };
    try (var early = database.connect();
        var statement = early.createStatement()) {
      early.setAutoCommit(false);
      statement.execute("INSERT INTO t VALUES (1, 'first in the outbox, last to commit')");
      database.execute("INSERT INTO t VALUES (2, 'b')", "INSERT INTO t VALUES (3, 'c')");
      try (var _ = capture(bus)) {
        await().atMost(Duration.ofSeconds(20)).until(() -> meters.changesOut.sum() >= 2);
      }
      early.commit();
    }
    database.execute("INSERT INTO t VALUES (4, 'd')");
    busIsAway.set(false);

    try (var _ = capture(bus)) {
      awaitChanges(4);
    }

    assertThat(ids()).startsWith("2", "3").containsExactlyInAnyOrder("1", "2", "3", "4");
    assertThat(reader.broken()).isEmpty();
    assertThat(meters.epochs.sum()).isEqualTo(1);
  }

  @Test
  void aCounterThatWentBackIsAnotherEpochForARunningLeader() throws Exception {
    try (var _ = capture(_ -> {})) {
      write(1, 3);
      awaitChanges(3);
      var before = feed.now().orElseThrow();

      database.execute("UPDATE rowcast.state SET batch = 0");
      database.execute("INSERT INTO t VALUES (9, 'x')");

      awaitChanges(4);
      assertThat(reader.broken()).isNotEmpty();
      assertThat(feed.now().orElseThrow().epoch()).isNotEqualTo(before.epoch());
    }
  }

  @Test
  void aCounterThatWentBackIsAnotherEpochForALeaderThatHasJustStarted() throws Exception {
    try (var _ = capture(_ -> {})) {
      write(1, 3);
      awaitChanges(3);
    }
    database.execute("UPDATE rowcast.state SET batch = 0");
    database.execute("INSERT INTO t VALUES (9, 'x')");

    try (var _ = capture(_ -> {})) {
      awaitChanges(4);
    }

    assertThat(reader.broken()).hasSize(1);
  }

  @Test
  void aBatchOfRowsThatAreGoneIsAnotherEpoch() throws Exception {
    try (var _ =
        capture(_ -> {
          throw new IllegalStateException("the bus is away");
        })) {
      database.execute("INSERT INTO t VALUES (1, 'a')");
      await().atMost(Duration.ofSeconds(20)).until(() -> meters.changesOut.sum() >= 1);
    }
    database.execute("DELETE FROM rowcast.outbox");
    database.execute("INSERT INTO t VALUES (2, 'b')");

    try (var _ = capture(_ -> {})) {
      await().atMost(Duration.ofSeconds(20)).until(() -> meters.changesOut.sum() >= 2);
    }

    assertThat(reader.broken()).isNotEmpty();
  }

  private void write(int from, int to) {
    for (int id = from; id <= to; id++) {
      database.execute("INSERT INTO t VALUES (" + id + ", 'v')");
    }
  }

  private void awaitChanges(int count) {
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() ->
            meters.changesOut.sum() >= count
                && database.ask("SELECT count(*) FROM rowcast.outbox").equals("0"));
  }

  private List<String> ids() throws InterruptedException {
    var now = feed.now().orElseThrow();
    var all = new FeedReader(new Position(now.epoch(), 0, 1));
    return all.readAll(feed).read().stream()
        .map(event -> event.replaceAll(".*\"key\":\\{\"id\":(\\d+)}.*", "$1"))
        .toList();
  }

  private Running capture(BatchHandler beside) {
    var capture =
        new TriggerCapture(
            database.database(),
            OutboxSettings.DEFAULTS,
            new Health(),
            new Metrics(),
            Ticker.SYSTEM,
            RandomGenerator.getDefault());
    var relay = new FeedRelay(feed, beside, Ticker.SYSTEM);
    var thread =
        Thread.ofVirtual()
            .name("capture")
            .start(() -> {
              try {
                capture.run(relay);
              } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
              }
            });
    return new Running(capture, thread);
  }
}
