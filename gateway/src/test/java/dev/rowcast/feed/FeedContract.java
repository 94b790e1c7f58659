package dev.rowcast.feed;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.rowcast.base.DataSize;
import dev.rowcast.message.Position;
import dev.rowcast.observe.Metrics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link Feed} promises; run against the in-process one and against a real Redis. */
public abstract class FeedContract {
  protected static final FeedSettings SETTINGS =
      new FeedSettings(
          Optional.of(true),
          1_000_000,
          Duration.ofDays(1),
          DataSize.ofMebibytes(256),
          DataSize.ofKibibytes(64));

  protected final FeedMeters meters = new FeedMeters(new Metrics());
  protected Feed feed;
  protected FeedReader reader;

  /** A feed that is not started yet, under names that no earlier test has used. */
  protected abstract Feed newFeed() throws Exception;

  @BeforeEach
  void startFeed() throws Exception {
    feed = newFeed();
    reader = new FeedReader(new Position("none", 0, 0));
    feed.start(reader);
  }

  @AfterEach
  void closeFeed() {
    feed.close();
    await()
        .atMost(Duration.ofSeconds(10))
        .until(() ->
            Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("rowcast-feed")));
  }

  @Test
  void whatIsAppendedIsReadInItsOrder() throws Exception {
    var tail = begin();

    get(feed.append(entry(tail.last(), 7, 0, 1, 2)));
    get(feed.append(entry(at(tail, 7, 2), 7, 3)));
    get(feed.append(entry(at(tail, 7, 3), 9, 5, 8)));

    assertThat(readAll(tail, at(tail, 9, 8)).read())
        .containsExactly(json(7, 0), json(7, 1), json(7, 2), json(7, 3), json(9, 5), json(9, 8));
    assertThat(reader.lost()).isEmpty();
  }

  @Test
  void aReaderGoesOnFromTheMiddleOfAnEntry() throws Exception {
    var tail = begin();
    get(feed.append(entry(tail.last(), 7, 0, 1, 2)));
    get(feed.append(entry(at(tail, 7, 2), 8, 0)));
    awaitNow(at(tail, 8, 0));

    reader.goTo(at(tail, 7, 1));

    assertThat(reader.readAll(feed).read()).containsExactly(json(7, 2), json(8, 0));
  }

  @Test
  void positionsAreUnsigned() throws Exception {
    var tail = feed.begin("l", -3, "test");

    get(feed.append(entry(tail.last(), -2, 0, -1)));

    assertThat(readAll(tail, at(tail, -2, -1)).read()).containsExactly(json(-2, 0), json(-2, -1));
    assertThat(reader.place())
        .hasToString(tail.last().epoch() + ".18446744073709551614-18446744073709551615");
  }

  @Test
  void theTailSaysWhatTheLogEndsWith() throws Exception {
    assertThat(feed.tail()).isEmpty();
    var tail = begin();
    assertThat(feed.tail()).contains(tail);

    get(feed.append(entry(tail.last(), 7, 0, 1)));

    assertThat(feed.tail()).contains(new FeedTail(at(tail, 7, 1), "l", "rows of 7"));
  }

  @Test
  void aRepeatedAppendAddsNothing() throws Exception {
    var tail = begin();
    var first = entry(tail.last(), 7, 0, 1);
    var second = entry(at(tail, 7, 1), 8, 0);
    get(feed.append(first));
    get(feed.append(second));

    get(feed.append(first));
    get(feed.append(second));

    assertThat(readAll(tail, at(tail, 8, 0)).read())
        .containsExactly(json(7, 0), json(7, 1), json(8, 0));
    assertThat(meters.entriesOut.sum()).isEqualTo(2);
  }

  @Test
  void onlyWhatIsNewOfAnEntryIsAdded() throws Exception {
    var tail = begin();
    get(feed.append(entry(tail.last(), 7, 0, 1)));

    get(feed.append(entry(tail.last(), 7, 0, 1, 2, 3)));

    assertThat(readAll(tail, at(tail, 7, 3)).read())
        .containsExactly(json(7, 0), json(7, 1), json(7, 2), json(7, 3));
    assertThat(feed.tail().orElseThrow().last()).isEqualTo(at(tail, 7, 3));
  }

  @Test
  void anEntryThatDoesNotFollowIsRefused() throws Exception {
    var tail = begin();
    get(feed.append(entry(tail.last(), 7, 0)));

    assertThatThrownBy(() -> get(feed.append(entry(at(tail, 8, 0), 9, 0))))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOfSatisfying(
            FeedException.class, failure -> assertThat(failure.retryable()).isTrue());

    get(feed.append(entry(at(tail, 7, 0), 9, 0)));
    assertThat(readAll(tail, at(tail, 9, 0)).read()).containsExactly(json(7, 0), json(9, 0));
  }

  @Test
  void entriesWithoutChangesKeepTheChain() throws Exception {
    var tail = begin();
    get(feed.append(new FeedEntry(tail.last(), at(tail, 7, 0), "rows", List.of())));
    get(feed.append(entry(at(tail, 7, 0), 8, 0)));

    assertThat(readAll(tail, at(tail, 8, 0)).read()).containsExactly(json(8, 0));
    assertThat(reader.lost()).isEmpty();
  }

  @Test
  void theEntryAtOrBeforeAPlaceIsFound() throws Exception {
    var tail = begin();
    get(feed.append(entry(tail.last(), 7, 3, 4)));
    get(feed.append(entry(at(tail, 7, 4), 9, 0)));

    assertThat(feed.floor(at(tail, 9, 0)).orElseThrow().first()).isEqualTo(at(tail, 9, 0));
    assertThat(feed.floor(at(tail, 8, 0)).orElseThrow().last()).isEqualTo(at(tail, 7, 4));
    assertThat(feed.floor(at(tail, 7, 3)).orElseThrow().changes()).hasSize(2);
    assertThat(feed.floor(at(tail, 6, 0))).isEmpty();
  }

  @Test
  void appendsArePipelined() throws Exception {
    var tail = begin();
    var stages = new ArrayList<CompletionStage<Void>>();
    var previous = tail.last();
    for (var major = 100; major < 3_100; major++) {
      var entry = entry(previous, major, 0, 1);
      stages.add(feed.append(entry));
      previous = entry.last();
    }

    for (var stage : stages) {
      get(stage);
    }

    awaitNow(previous);
    reader.goTo(at(tail, 3_000, 0));
    assertThat(reader.readAll(feed).read()).hasSize(199).endsWith(json(3_099, 1));
  }

  @Test
  void anotherLogIsAnnouncedAndOldPlacesAreLost() throws Exception {
    var tail = begin();
    get(feed.append(entry(tail.last(), 7, 0)));
    awaitNow(at(tail, 7, 0));
    reader.goTo(at(tail, 7, 0));
    reader.readAll(feed);

    var next = feed.begin("l2", 2, "the lineage changed");
    get(feed.append(entry(next.last(), 3, 0)));

    awaitNow(at(next, 3, 0));
    assertThat(reader.broken())
        .containsExactly(new FeedReader.Broken(FeedStep.Reason.EPOCH, next.last()));
    reader.readAll(feed);
    assertThat(reader.lost())
        .extracting(FeedReader.Broken::reason)
        .containsExactly(FeedStep.Reason.EPOCH);
    assertThat(feed.next(at(tail, 7, 0))).isInstanceOf(FeedStep.Lost.class);
    assertThatThrownBy(() -> get(feed.append(entry(at(tail, 7, 0), 8, 0))))
        .hasCauseInstanceOf(FeedException.class);
  }

  @Test
  void aPlaceThatNeverWasInTheLogIsLost() throws Exception {
    var tail = begin();
    get(feed.append(entry(tail.last(), 7, 0)));
    get(feed.append(entry(at(tail, 7, 0), 9, 0)));
    awaitNow(at(tail, 9, 0));

    var step = feed.next(at(tail, 8, 0));
    assertThat(step instanceof FeedStep.Older ? feed.history(at(tail, 8, 0)) : step)
        .isInstanceOfSatisfying(
            FeedStep.Lost.class,
            lost -> assertThat(lost.reason()).isEqualTo(FeedStep.Reason.EPOCH));
    assertThat(feed.next(at(tail, 9, 0))).isInstanceOf(FeedStep.End.class);
  }

  /** A log under lineage {@code l}, to be gone on with at major 7. */
  protected FeedTail begin() throws InterruptedException {
    return feed.begin("l", 6, "test");
  }

  /** Reads the log from its beginning, once it goes so far. */
  protected FeedReader readAll(FeedTail from, Position until) throws InterruptedException {
    awaitNow(until);
    reader.goTo(from.last());
    return reader.readAll(feed);
  }

  protected void awaitNow(Position until) {
    await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(5))
        .until(() -> feed.now().filter(until::equals).isPresent());
  }

  protected static FeedEntry entry(Position previous, long major, long... minors) {
    var changes =
        LongStream.of(minors)
            .mapToObj(minor -> FeedChange.read(minor, json(major, minor).getBytes(UTF_8)))
            .toList();
    return new FeedEntry(
        previous, new Position(previous.epoch(), major, minors[0]), "rows of " + major, changes);
  }

  protected static Position at(FeedTail tail, long major, long minor) {
    return new Position(tail.last().epoch(), major, minor);
  }

  protected static String json(long major, long minor) {
    return "{\"type\":\"insert\",\"position\":\"x\",\"table\":\"public.t\",\"key\":{\"id\":"
        + Long.toUnsignedString(major)
        + "."
        + Long.toUnsignedString(minor)
        + "}}";
  }

  protected static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
  }
}
