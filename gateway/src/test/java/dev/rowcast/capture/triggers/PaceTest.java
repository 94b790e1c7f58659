package dev.rowcast.capture.triggers;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class PaceTest {
  private long now = 1_000_000_000L;
  private final Pace pace = new Pace(() -> now);

  @Test
  void aLoneBatchIsFollowedByALookAtOnceAndByAnAttemptToSleep() {
    assertThat(pace.afterBatch(false)).isZero();
    assertThat(pace.linger()).isEmpty();
  }

  @Test
  void batchesThatFollowEachOtherAreGathered() {
    pace.afterBatch(false);
    pass(Duration.ofMillis(1));

    assertThat(pace.afterBatch(false)).isEqualTo(Pace.GATHER);
    assertThat(pace.afterBatch(true)).isZero();
  }

  @Test
  void looksThatFindNothingBecomeRarerUntilRowsAreFound() {
    var pauses = Stream.generate(pace::afterVainAttempt).limit(20).toList();

    assertThat(pauses.getFirst()).isEqualTo(Pace.FIRST);
    assertThat(pauses.get(9)).isEqualTo(Pace.FIRST);
    assertThat(pauses).isSorted();
    assertThat(pauses.getLast()).isEqualTo(Pace.SLOWEST);
    pace.afterBatch(false);
    assertThat(pace.afterVainAttempt()).isEqualTo(Pace.FIRST);
  }

  @Test
  void aLeaderThatIsWokenAgainAndAgainStaysAwakeLonger() {
    sleepFor(Duration.ofMillis(1));
    assertThat(pace.linger()).contains(Pace.FIRST);
    pass(Duration.ofMillis(3));
    assertThat(pace.linger()).isEmpty();

    for (int i = 0; i < 10; i++) {
      sleepFor(Duration.ofMillis(1));
    }
    pass(Duration.ofMillis(15));
    assertThat(pace.linger()).isPresent();
    pass(Duration.ofMillis(2));
    assertThat(pace.linger()).isEmpty();
  }

  @Test
  void aLongSleepEndsLingering() {
    sleepFor(Duration.ofMillis(1));
    sleepFor(Duration.ofSeconds(1));

    assertThat(pace.linger()).isEmpty();
  }

  private void sleepFor(Duration duration) {
    pace.asleep();
    pass(duration);
    pace.woken();
    pace.afterBatch(false);
  }

  private void pass(Duration duration) {
    now += duration.toNanos();
  }
}
