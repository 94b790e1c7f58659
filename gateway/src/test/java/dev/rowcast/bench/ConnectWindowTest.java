package dev.rowcast.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ConnectWindowTest {

  @Test
  void twiceAsManyAreOnTheirWayAfterEachRoundUntilTheBound() throws InterruptedException {
    var window = new ConnectWindow(50, false);
    for (var width : new int[] {8, 16, 32, 50, 50}) {
      assertThat(window.room()).isEqualTo(width);

      for (int i = 0; i < width; i++) {
        window.enter();
      }
      assertThat(window.room()).isZero();
      for (int i = 0; i < width; i++) {
        window.leave();
      }
    }
  }

  @Test
  void aBoundBelowTheFirstWidthHolds() throws InterruptedException {
    var window = new ConnectWindow(1, false);

    window.enter();
    assertThat(window.room()).isZero();
    window.leave();
    assertThat(window.room()).isEqualTo(1);
  }

  @Test
  void whatIsScheduledHasTheWholeWindowFromTheStart() throws InterruptedException {
    var window = new ConnectWindow(50, true);

    assertThat(window.room()).isEqualTo(50);
    window.enter();
    window.leave();
    assertThat(window.room()).isEqualTo(50);
  }
}
