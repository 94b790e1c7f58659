package dev.rowcast.session;

import dev.rowcast.base.DataSize;

/**
 * How much one WebSocket at {@code /live} may ask for: part of {@code live}.
 *
 * <p>Immutable.
 *
 * @param maxSubscriptions what one WebSocket may listen to at once
 * @param maxReplay bytes of the log that are read for a subscription that goes on from a position;
 *     beyond it, it is told to reload
 * @param returnsPerSecond clients that are sent away are told to come back spread over the time
 *     that this rate gives
 */
public record LiveLimits(int maxSubscriptions, DataSize maxReplay, int returnsPerSecond) {
  /** 100 subscriptions, 64 MiB of the log for each, 1,000 returns in a second. */
  public static final LiveLimits DEFAULTS = new LiveLimits(100, DataSize.ofMebibytes(64), 1000);

  /** Refuses limits that allow nothing. */
  public LiveLimits {
    if (maxSubscriptions < 1 || maxSubscriptions > 10_000) {
      throw new IllegalArgumentException(
          "live.max-subscriptions is " + maxSubscriptions + ", must be from 1 to 10000");
    }
    if (maxReplay.bytes() < 1024) {
      throw new IllegalArgumentException(
          "live.max-replay is " + maxReplay + ", must be at least 1KiB");
    }
    if (returnsPerSecond < 1) {
      throw new IllegalArgumentException(
          "live.returns-per-second is " + returnsPerSecond + ", must be at least 1");
    }
  }
}
