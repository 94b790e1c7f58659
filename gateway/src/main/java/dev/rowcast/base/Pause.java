package dev.rowcast.base;

import java.time.Duration;

/** The one place where a thread waits for time alone to pass. Stateless. */
public final class Pause {
  private Pause() {}

  /** Waits; only on a thread that may block. */
  public static void of(Duration duration) throws InterruptedException {
    Thread.sleep(duration);
  }
}
