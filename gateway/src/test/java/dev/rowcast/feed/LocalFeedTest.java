package dev.rowcast.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.base.Ticker;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

final class LocalFeedTest extends FeedContract {

  @Override
  protected Feed newFeed() {
    return new LocalFeed(SETTINGS, meters, Ticker.SYSTEM, ThreadLocalRandom.current());
  }

  @Test
  void whatDoesNotFitTheMemoryIsTrimmedAndItsReadersAreTold() throws Exception {
    var tail = begin();
    var previous = tail.last();
    for (var major = 7; major < 1_007; major++) {
      var entry = entry(previous, major, 0);
      get(feed.append(entry));
      previous = entry.last();
    }

    assertThat(feed.next(tail.last()))
        .isEqualTo(new FeedStep.Lost(FeedStep.Reason.TRIMMED, previous));
    assertThat(feed.next(at(tail, 1_000, 0))).isInstanceOf(FeedStep.Next.class);
  }
}
