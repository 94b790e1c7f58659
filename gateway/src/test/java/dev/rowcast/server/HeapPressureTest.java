package dev.rowcast.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.testing.FakeTicker;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class HeapPressureTest {
  private final FakeTicker ticker = new FakeTicker();
  private double occupancy;
  private int looks;
  private int collections;

  private final HeapPressure pressure =
      new HeapPressure(
          () -> {
            looks++;
            return occupancy;
          },
          () -> collections++,
          ticker);

  private boolean isHighAfter(Duration time) {
    ticker.advance(time);
    return pressure.isHigh();
  }

  @Test
  void newcomersAreRefusedFromNineteenTwentiethsOn() {
    occupancy = 0.949;
    assertThat(pressure.isHigh()).isFalse();

    occupancy = 0.95;
    assertThat(isHighAfter(Duration.ofSeconds(1))).isTrue();

    occupancy = 0.949;
    assertThat(isHighAfter(Duration.ofSeconds(1))).isFalse();
  }

  @Test
  void aCrowdLooksOnceASecond() {
    for (int i = 0; i < 1000; i++) {
      assertThat(pressure.isHigh()).isFalse();
    }
    assertThat(looks).isEqualTo(1);

    occupancy = 1;
    assertThat(isHighAfter(Duration.ofMillis(999))).isFalse();
    assertThat(isHighAfter(Duration.ofMillis(1))).isTrue();
    assertThat(looks).isEqualTo(2);
  }

  @Test
  void aCollectionIsAskedForEveryTenSecondsWhileSomebodyIsRefused() {
    assertThat(pressure.isHigh()).isFalse();
    assertThat(isHighAfter(Duration.ofMinutes(1))).isFalse();
    assertThat(collections).isZero();

    occupancy = 0.99;
    for (int second = 0; second < 10; second++) {
      assertThat(isHighAfter(Duration.ofSeconds(1))).isTrue();
    }
    assertThat(collections).isZero();
    for (int second = 0; second < 20; second++) {
      assertThat(isHighAfter(Duration.ofSeconds(1))).isTrue();
    }
    assertThat(collections).isEqualTo(2);

    occupancy = 0.1;
    assertThat(isHighAfter(Duration.ofMinutes(1))).isFalse();
    assertThat(collections).isEqualTo(2);
  }
}
