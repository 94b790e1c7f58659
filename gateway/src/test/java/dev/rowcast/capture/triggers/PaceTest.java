package dev.rowcast.capture.triggers;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class PaceTest {
  private static final Duration QUICK = Duration.ofNanos(500_000);

  private long now = 1_000_000_000L;
  private final Pace pace = new Pace(() -> now);

  @Test
  void aLoneBatchIsFollowedByALookAtOnceAndByAnAttemptToSleep() {
    assertThat(pace.afterBatch(false, QUICK)).isZero();
    assertThat(pace.linger()).isEmpty();
  }

  @Test
  void batchesThatFollowEachOtherAreGathered() {
    pace.afterBatch(false, QUICK);
    pass(Duration.ofMillis(1));

    assertThat(pace.afterBatch(false, QUICK)).isEqualTo(Pace.SHORTEST_GATHER);
    assertThat(pace.afterBatch(true, QUICK)).isZero();
  }

  @Test
  void theLongerABatchTakesTheMoreIsGatheredForTheNext() {
    pace.afterBatch(false, QUICK);
    pass(Duration.ofMillis(3));

    assertThat(pace.afterBatch(false, Duration.ofMillis(3))).isEqualTo(Duration.ofMillis(9));
    pass(Duration.ofMillis(9 + 30));
    assertThat(pace.afterBatch(false, Duration.ofMillis(30))).isEqualTo(Pace.LONGEST_GATHER);
  }

  @Test
  void aBatchLongAfterTheLastIsFollowedByALookAtOnce() {
    pace.afterBatch(false, QUICK);
    pass(Duration.ofMillis(10));
    pace.afterBatch(false, Duration.ofMillis(10));
    pass(Duration.ofMillis(20 + 10 + 5));

    assertThat(pace.afterBatch(false, Duration.ofMillis(10))).isZero();
  }

  @Test
  void looksThatFindNothingBecomeRarerUntilRowsAreFound() {
    var pauses = Stream.generate(pace::afterVainAttempt).limit(20).toList();

    assertThat(pauses.getFirst()).isEqualTo(Pace.FIRST);
    assertThat(pauses.get(9)).isEqualTo(Pace.FIRST);
    assertThat(pauses).isSorted();
    assertThat(pauses.getLast()).isEqualTo(Pace.SLOWEST);
    pace.afterBatch(false, QUICK);
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
    pace.afterBatch(false, QUICK);
  }

  private void pass(Duration duration) {
    now += duration.toNanos();
  }
}
