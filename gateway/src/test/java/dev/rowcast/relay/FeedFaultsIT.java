package dev.rowcast.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.base.Secret;
import dev.rowcast.base.Ticker;
import dev.rowcast.feed.Feed;
import dev.rowcast.feed.FeedMeters;
import dev.rowcast.feed.FeedReader;
import dev.rowcast.feed.FeedSettings;
import dev.rowcast.feed.FeedStep;
import dev.rowcast.feed.redis.RedisFeed;
import dev.rowcast.message.Position;
import dev.rowcast.observe.Health;
import dev.rowcast.observe.Metrics;
import dev.rowcast.redis.RedisSettings;
import dev.rowcast.testing.RedisProcess;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What Redis does to a feed under load: a reader on another node has every change once and in
 * order, or is told that it has not, and from there on has every change again.
 */
final class FeedFaultsIT {
  private static final Pattern ID = Pattern.compile("\"row\":\\{\"id\": (\\d+)}");

  private final FeedMeters meters = new FeedMeters(new Metrics());
  private RedisProcess redis;
  private Feed writing;
  private Feed reading;
  private FeedReader reader;
  private BatchLoad load;

  @BeforeEach
  void start() {
    redis = RedisProcess.start();
    writing = feed();
    reading = feed();
    reader = new FeedReader(new Position("none", 0, 0));
    writing.start(new FeedReader(new Position("none", 0, 0)));
    reading.start(reader);
    load = new BatchLoad(new FeedRelay(writing, _ -> {}, Ticker.SYSTEM));
    load.awaitMore(1);
    await().atMost(Duration.ofSeconds(20)).until(() -> reading.now().isPresent());
    reader.goTo(reading.now().orElseThrow());
    load.awaitMore(50);
    readAll();
  }

  @AfterEach
  void stop() throws Exception {
    load.close();
    reading.close();
    writing.close();
    redis.close();
  }

  @Test
  void killedConnectionsCostNothing() throws Exception {
    for (int i = 0; i < 5; i++) {
      redis.command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
      load.awaitMore(20);
      reader.readAll(reading);
    }

    readToTheEnd();
    assertThat(reader.lost()).isEmpty();
    assertThat(reader.broken()).isEmpty();
    assertThat(load.failures()).isPositive();
    assertComplete();
  }

  @Test
  void aRedisStoppedForTenSecondsAndWokenLosesNothing() throws Exception {
    redis.stop();
    var end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    await().atMost(Duration.ofSeconds(30)).until(() -> System.nanoTime() > end);
    redis.wake();
    load.awaitMore(50);

    readToTheEnd();
    assertThat(reader.lost()).isEmpty();
    assertThat(load.failures()).isPositive();
    assertComplete();
  }

  @Test
  void aRedisThatComesBackEmptyIsAnotherEpoch() throws Exception {
    redis.kill();
    redis.restart();
    goOn();

    readToTheEnd();
    assertAnnounced();
  }

  @Test
  void aRedisRestoredFromAnOlderCopyIsAnotherEpoch() throws Exception {
    redis.command("SAVE");
    load.awaitMore(50);
    reader.readAll(reading);
    redis.kill();
    redis.restart();
    goOn();

    readToTheEnd();
    assertAnnounced();
  }

  @Test
  void anOlderCopyIsNoticedByALeaderThatHasJustStarted() throws Exception {
    redis.command("SAVE");
    load.awaitMore(50);
    reader.readAll(reading);
    load.pause(true);
    await().during(Duration.ofMillis(300)).until(() -> true);
    redis.kill();
    redis.restart();
    var confirmed = load.confirmed();
    try (var next = feed()) {
      var relay = new FeedRelay(next, _ -> {}, Ticker.SYSTEM);

      assertThat(relay.resume("lineage", confirmed + 1)).isEmpty();
      relay.handle(BatchLoad.batch(confirmed + 1));
    }

    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> reading.now().filter(now -> now.major() == confirmed + 1).isPresent());
    reader.readAll(reading);
    assertAnnounced();
  }

  @Test
  void flushallWhileConnectedIsAnotherEpoch() throws Exception {
    redis.command("FLUSHALL");
    goOn();

    readToTheEnd();
    assertAnnounced();
  }

  @Test
  void flushallWhileNothingHappensIsAnnouncedWithTheNextChange() throws Exception {
    load.pause(true);
    await().during(Duration.ofMillis(300)).until(() -> true);
    reader.readAll(reading);
    redis.command("FLUSHALL");
    await().atMost(Duration.ofSeconds(20)).until(() -> reading.now().isEmpty());
    load.pause(false);
    load.awaitMore(2);
    goOn();

    readToTheEnd();
    assertAnnounced();
  }

  private void readAll() {
    try {
      reader.readAll(reading);
    } catch (InterruptedException never) {
      throw new IllegalStateException(never);
    }
  }

  /** Reads on once this node has come to the log that is written. */
  private void goOn() {
    load.awaitMore(50);
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() ->
            reading.now().map(Position::epoch).equals(writing.now().map(Position::epoch))
                && reading.now().isPresent()
                && !reading.now().orElseThrow().epoch().equals(reader.place().epoch()));
    readAll();
    load.awaitMore(50);
  }

  private void readToTheEnd() throws InterruptedException {
    load.close();
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() ->
            reading.now().filter(now -> now.major() == load.confirmed()).isPresent()
                && reading.now().equals(writing.now()));
    reader.readAll(reading);
  }

  private void assertComplete() {
    var ids = reader.read().stream().mapToLong(FeedFaultsIT::id).toArray();
    assertThat(ids[ids.length - 1])
        .isEqualTo(BatchLoad.id(load.confirmed(), BatchLoad.CHANGES - 1));
    for (int i = 1; i < ids.length; i++) {
      assertThat(ids[i]).as("behind %s", ids[i - 1]).isEqualTo(ids[i - 1] + 1);
    }
  }

  /** Told once, by listener and place alike; no hole before and none after. */
  private void assertAnnounced() {
    assertThat(reader.broken())
        .isNotEmpty()
        .allSatisfy(told -> assertThat(told.reason()).isEqualTo(FeedStep.Reason.EPOCH));
    assertThat(reader.lost()).isNotEmpty();
    var ids = reader.read().stream().mapToLong(FeedFaultsIT::id).toArray();
    var jumps = 0;
    for (int i = 1; i < ids.length; i++) {
      jumps += ids[i] == ids[i - 1] + 1 ? 0 : 1;
    }
    assertThat(jumps).as("holes or repetitions").isLessThanOrEqualTo(reader.lost().size());
    assertThat((ids[ids.length - 1] + 1) % BatchLoad.CHANGES).isZero();
  }

  private static long id(String event) {
    var matcher = ID.matcher(event);
    assertThat(matcher.find()).as(event).isTrue();
    return Long.parseLong(matcher.group(1));
  }

  private Feed feed() {
    return new RedisFeed(
        new RedisSettings(
            new Secret("redis://127.0.0.1:" + redis.port() + "/0"),
            Optional.empty(),
            "faults",
            Duration.ofHours(1)),
        FeedSettings.DEFAULTS,
        meters,
        new Health().part("feed"),
        Ticker.SYSTEM,
        ThreadLocalRandom.current());
  }
}
