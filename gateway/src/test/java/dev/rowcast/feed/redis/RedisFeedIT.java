package dev.rowcast.feed.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.rowcast.base.DataSize;
import dev.rowcast.base.Secret;
import dev.rowcast.base.Ticker;
import dev.rowcast.feed.Feed;
import dev.rowcast.feed.FeedContract;
import dev.rowcast.feed.FeedException;
import dev.rowcast.feed.FeedReader;
import dev.rowcast.feed.FeedSettings;
import dev.rowcast.feed.FeedStep;
import dev.rowcast.message.Position;
import dev.rowcast.observe.Health;
import dev.rowcast.redis.RedisSettings;
import dev.rowcast.testing.RedisProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The contract in a real Redis, and what only Redis has: several writers, history, trimming. */
final class RedisFeedIT extends FeedContract {
  private static final AtomicInteger PREFIXES = new AtomicInteger();
  private static RedisProcess redis;

  private String prefix = "";

  @BeforeAll
  static void startRedis() {
    redis = RedisProcess.start();
  }

  @AfterAll
  static void stopRedis() {
    redis.close();
  }

  @Override
  protected Feed newFeed() {
    prefix = "feed" + PREFIXES.incrementAndGet();
    return feed(SETTINGS);
  }

  @Test
  void theStreamsIdsAreThePositions() throws Exception {
    var tail = begin();
    get(feed.append(entry(tail.last(), 7, 0, 1)));

    var stream = redis.command("XRANGE", stream(tail.last()), "-", "+");

    assertThat(stream)
        .contains("\r\n6-1\r\n")
        .contains("\r\n7-0\r\n")
        .contains("\r\nprev\r\n$3\r\n6-1\r\n")
        .contains("\r\n1\r\n$" + json(7, 1).length() + "\r\n" + json(7, 1));
    assertThat(redis.command("HGET", "{" + prefix + ":p0}:feed", "lineage")).contains("\r\nl\r\n");
  }

  @Test
  void anotherNodeReadsTheSame() throws Exception {
    var tail = begin();
    get(feed.append(entry(tail.last(), 7, 0, 1)));
    var elsewhere = new FeedReader(at(tail, 7, 1));
    try (var other = feed(SETTINGS)) {
      other.start(elsewhere);
      await().atMost(Duration.ofSeconds(20)).until(() -> other.now().isPresent());

      get(feed.append(entry(at(tail, 7, 1), 8, 0)));

      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> other.now().equals(Optional.of(at(tail, 8, 0))));
      assertThat(elsewhere.readAll(other).read()).containsExactly(json(8, 0));
      elsewhere.goTo(tail.last());
      assertThat(elsewhere.readAll(other).read())
          .containsExactly(json(8, 0), json(7, 0), json(7, 1), json(8, 0));
      assertThat(elsewhere.lost()).isEmpty();
    }
  }

  @Test
  void whatThisNodeAppendsIsNotSentBackToIt() throws Exception {
    var last = new AtomicReference<>(begin().last());
    awaitNow(last.get());

    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> {
          var before = sentByRedis();
          for (int i = 0; i < 50; i++) {
            var next = last.get().major() + 1;
            get(feed.append(entry(last.get(), next, LongStream.range(0, 100).toArray())));
            last.set(new Position(last.get().epoch(), next, 99));
          }
          awaitNow(last.get());
          return sentByRedis() - before < 50L * 100 * json(7, 0).length() / 4;
        });
  }

  private static long sentByRedis() throws IOException {
    var stats = redis.command("INFO", "stats");
    var line = stats.lines().filter(each -> each.startsWith("total_net_output_bytes:")).findFirst();
    return Long.parseLong(line.orElseThrow().split(":", 2)[1].strip());
  }

  @Test
  void aDeposedLeaderThatWakesLateAddsNothing() throws Exception {
    var tail = begin();
    get(feed.append(entry(tail.last(), 7, 0)));
    try (var next = feed(SETTINGS)) {
      assertThat(next.tail().orElseThrow().last()).isEqualTo(at(tail, 7, 0));
      get(next.append(entry(at(tail, 7, 0), 8, 0, 1, 2)));
      get(next.append(entry(at(tail, 8, 2), 9, 0)));

      assertThatThrownBy(() -> get(feed.append(entry(at(tail, 7, 0), 8, 0, 1))))
          .hasCauseInstanceOf(FeedException.class)
          .hasMessageContaining("equal or smaller");

      get(next.append(entry(at(tail, 9, 0), 10, 0)));
    }
    assertThat(readAll(tail, at(tail, 10, 0)).read())
        .containsExactly(json(7, 0), json(8, 0), json(8, 1), json(8, 2), json(9, 0), json(10, 0));
    assertThat(feed.tail().orElseThrow().last()).isEqualTo(at(tail, 10, 0));
    assertThat(meters.epochs.sum()).isEqualTo(1);
  }

  @Test
  void aDeposedLeaderCannotWriteIntoALogThatHasEnded() throws Exception {
    var tail = begin();
    get(feed.append(entry(tail.last(), 7, 0)));
    try (var next = feed(SETTINGS)) {
      next.tail();
      var begun = next.begin("other", 1, "another lineage");

      assertThatThrownBy(() -> get(feed.append(entry(at(tail, 7, 0), 8, 0))))
          .hasMessageContaining("the log is gone");

      assertThat(feed.tail().orElseThrow().last()).isEqualTo(begun.last());
    }
  }

  @Test
  void aLogBegunInAnEmptyRedisByANodeThatKnewOfNoneIsGoneOnWith() throws Exception {
    begin();
    assertThat(feed.tail()).isPresent();
    feed.begin("l", 8, "again");
    redis.command("DEL", "{" + prefix + ":p0}:feed");
    try (var other = feed(SETTINGS)) {
      assertThat(other.tail()).isEmpty();
      var tail = other.begin("l", 9, "Redis was empty");
      get(other.append(entry(tail.last(), 10, 0)));

      assertThat(feed.tail().orElseThrow().last()).isEqualTo(at(tail, 10, 0));
    }
  }

  @Test
  void twoNodesDoNotBeginTwoLogs() throws Exception {
    try (var other = feed(SETTINGS)) {
      assertThat(feed.tail()).isEmpty();
      assertThat(other.tail()).isEmpty();
      var begun = begin();

      assertThatThrownBy(() -> other.begin("l", 6, "test"))
          .isInstanceOf(FeedException.class)
          .hasMessageContaining("another node has just begun one");

      assertThat(other.tail().orElseThrow().last()).isEqualTo(begun.last());
    }
  }

  @Test
  void aReaderOlderThanTheMemoryIsServedByRedis() throws Exception {
    var tail = begin();
    var previous = tail.last();
    for (var major = 7; major < 2_007; major++) {
      var entry = entry(previous, major, 0, 1);
      var _ = feed.append(entry);
      previous = entry.last();
    }
    awaitNow(previous);
    assertThat(feed.next(tail.last())).isInstanceOf(FeedStep.Older.class);

    reader.goTo(at(tail, 7, 0));

    assertThat(reader.readAll(feed).read()).hasSize(3_999).startsWith(json(7, 1));
    assertThat(reader.lost()).isEmpty();
    assertThat(meters.histories.sum()).isPositive();
  }

  @Test
  void whatIsTrimmedIsSaidToBe() throws Exception {
    feed.close();
    feed =
        feed(
            new FeedSettings(
                Optional.of(true),
                100,
                Duration.ofDays(1),
                DataSize.ofMebibytes(1),
                DataSize.ofKibibytes(64)));
    feed.start(reader);
    var tail = begin();
    var previous = tail.last();
    for (var major = 7; major < 1_007; major++) {
      var entry = entry(previous, major, 0);
      var _ = feed.append(entry);
      previous = entry.last();
    }

    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () -> assertThat(redis.command("XLEN", stream(tail.last()))).startsWith(":100\r\n"));

    awaitNow(previous);
    assertThat(feed.history(tail.last()))
        .isEqualTo(new FeedStep.Lost(FeedStep.Reason.TRIMMED, previous));
    reader.goTo(at(tail, 906, 0));
    assertThat(reader.readAll(feed).read()).hasSize(100);
  }

  @Test
  void bytesAreBoundedAlsoBehindALeaderThatTookOver() throws Exception {
    var small =
        new FeedSettings(
            Optional.of(true),
            1_000_000,
            Duration.ofDays(1),
            DataSize.ofMebibytes(1),
            DataSize.ofKibibytes(64));
    var tail = begin();
    var previous = tail.last();
    for (var major = 7; major < 10_007; major++) {
      var entry = entry(previous, major, 0, 1);
      var _ = feed.append(entry);
      previous = entry.last();
    }
    awaitNow(previous);
    var size = json(7, 0).length() * 2L;
    try (var next = feed(small)) {
      next.tail();
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() -> {
            var length = redis.command("XLEN", stream(tail.last())).strip().substring(1);
            assertThat(Long.parseLong(length) * size)
                .isBetween((1L << 20) * 8 / 10, (1L << 20) * 11 / 10);
          });
    }
  }

  private Feed feed(FeedSettings settings) {
    return new RedisFeed(
        new RedisSettings(
            new Secret("redis://127.0.0.1:" + redis.port() + "/0"),
            Optional.empty(),
            prefix,
            Duration.ofHours(1)),
        settings,
        meters,
        new Health().part("feed"),
        Ticker.SYSTEM,
        ThreadLocalRandom.current());
  }

  private String stream(Position position) {
    return "{" + prefix + ":p0}:feed:" + position.epoch();
  }
}
