package dev.rowcast.testing;

import dev.rowcast.base.Ticker;
import java.time.Duration;

/** A clock that a test turns by hand. Confined to the test's thread. */
public final class FakeTicker implements Ticker {
  private long now = 1_000_000_000_000L;

  /** Turns the clock forward. */
  public void advance(Duration by) {
    now += by.toNanos();
  }

  @Override
  public long nanoTime() {
    return now;
  }
}
