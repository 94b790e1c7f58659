package dev.rowcast.feed.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.feed.FeedChange;
import dev.rowcast.feed.FeedEntry;
import dev.rowcast.message.Position;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class OwnAppendsTest {
  private final OwnAppends own = new OwnAppends();

  @Test
  void whatFollowsAPlaceIsTakenAsFarAsItFollows() throws Exception {
    own.add(entry(7, 8));
    own.add(entry(8, 9));
    own.add(entry(10, 11));

    assertThat(take(7)).containsExactly(entry(7, 8).first(), entry(8, 9).first());
    assertThat(take(9)).isEmpty();
    assertThat(take(10)).as("what did not follow is forgotten").isEmpty();
  }

  @Test
  void whatThePlaceHasPassedIsLeftOut() throws Exception {
    own.add(entry(7, 8));
    own.add(entry(8, 9));

    assertThat(own.pass(at("e", 8))).isTrue();
    assertThat(own.pass(at("e", 8))).isFalse();
    assertThat(take(8)).containsExactly(entry(8, 9).first());
  }

  @Test
  void anotherLogsEntriesFollowNothingHere() throws Exception {
    own.add(entry(7, 8));

    assertThat(own.pass(at("other", 9))).isFalse();
    assertThat(own.take(at("other", 7), Duration.ZERO)).isEmpty();
  }

  @Test
  void beyondItsBoundEverythingIsForgotten() throws Exception {
    var large = (int) OwnAppends.MOST / 2;
    own.add(entry(7, 8, large));
    own.add(entry(8, 9, large));

    assertThat(take(7)).isEmpty();
    own.add(entry(9, 10, large));
    assertThat(take(9)).containsExactly(at("e", 10));
  }

  @Test
  void whoWaitsIsWokenByWhatComes() throws Exception {
    var adding = Thread.ofVirtual().start(() -> own.add(entry(7, 8)));

    var taken = own.take(at("e", 7), Duration.ofSeconds(20));

    assertThat(taken).hasSize(1);
    adding.join();
  }

  private List<Position> take(long place) throws InterruptedException {
    return own.take(at("e", place), Duration.ZERO).stream().map(FeedEntry::first).toList();
  }

  private static FeedEntry entry(long previous, long major) {
    return entry(previous, major, 0);
  }

  private static FeedEntry entry(long previous, long major, int size) {
    var json = "{\"type\":\"insert\",\"table\":\"public.t\",\"row\":\"" + "x".repeat(size) + "\"}";
    return new FeedEntry(
        at("e", previous), at("e", major), "", List.of(FeedChange.read(0, json.getBytes(UTF_8))));
  }

  private static Position at(String epoch, long major) {
    return new Position(epoch, major, 0);
  }
}
