package dev.rowcast.redis;

import java.time.Duration;

/**
 * How long we wait for Redis, and how much may wait.
 *
 * <p>Immutable.
 *
 * @param connect for a connection's whole beginning
 * @param ping between two signs of life that we ask for
 * @param answer for such a sign, before the connection is given up
 * @param deaf for our own canary on the subscription after Redis has acknowledged it
 * @param stable how long a connection must last before pauses begin small again
 * @param bytesInFlight what may wait for answers before calls are refused
 */
public record RedisTimes(
    Duration connect,
    Duration ping,
    Duration answer,
    Duration deaf,
    Duration stable,
    long bytesInFlight) {

  /** A sign of life every half second, given up after two. */
  public static final RedisTimes DEFAULTS =
      new RedisTimes(
          Duration.ofSeconds(2),
          Duration.ofMillis(500),
          Duration.ofSeconds(2),
          Duration.ofMillis(800),
          Duration.ofSeconds(1),
          64L << 20);
}
