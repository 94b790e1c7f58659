package dev.rowcast.capture;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class GatheringTest {
  private static final Duration SHORTEST = Duration.ofMillis(1);
  private static final Duration LONGEST = Duration.ofMillis(10);

  private long now = 1_000_000_000L;
  private final Gathering gathering = new Gathering(() -> now, 2, SHORTEST, LONGEST);

  @Test
  void aFirstBatchIsFollowedByNoWait() {
    assertThat(gathering.afterBatch(false, Duration.ofMillis(3))).isZero();
  }

  @Test
  void theWaitIsInProportionToWhatABatchTookAndBounded() {
    gathering.afterBatch(false, SHORTEST);
    pass(Duration.ofMillis(3));

    assertThat(gathering.afterBatch(false, Duration.ofMillis(3))).isEqualTo(Duration.ofMillis(6));
    pass(Duration.ofMillis(6));
    assertThat(gathering.afterBatch(false, Duration.ofNanos(1000))).isEqualTo(SHORTEST);
    pass(SHORTEST.plusSeconds(1));
    assertThat(gathering.afterBatch(false, Duration.ofSeconds(1))).isEqualTo(LONGEST);
  }

  @Test
  void whereMoreWaitsThanABatchHoldsThereIsNoWait() {
    gathering.afterBatch(false, SHORTEST);

    assertThat(gathering.afterBatch(true, SHORTEST)).isZero();
  }

  @Test
  void aBatchLongAfterTheLastIsFollowedByNoWait() {
    gathering.afterBatch(false, SHORTEST);
    pass(Duration.ofMillis(50));

    assertThat(gathering.afterBatch(false, SHORTEST)).isZero();
  }

  private void pass(Duration duration) {
    now += duration.toNanos();
  }
}
