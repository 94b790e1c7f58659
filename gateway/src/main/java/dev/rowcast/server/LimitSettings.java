package dev.rowcast.server;

import dev.rowcast.base.Glob;
import java.util.List;

/**
 * What strangers may take: {@code limits}.
 *
 * <p>Immutable.
 *
 * @param connections WebSocket connections of this process, to be kept below the descriptor limit;
 *     one more is answered with 503
 * @param perAddress the same for one address, or for one network of 64 bits in IPv6, where an
 *     address costs nothing; loopback is not counted, since behind a proxy on this machine
 *     everybody comes from there
 * @param perUser the same for one user
 * @param handshakesPerSecond how often one address may ask for a WebSocket, ten seconds' worth at
 *     once; 0: unlimited; as what a client subscribes to is in its URL, this bounds how often it
 *     changes its subscriptions
 * @param facilities how many facilities may have listeners; of a facility the first entry that
 *     matches counts
 */
public record LimitSettings(
    int connections,
    int perAddress,
    int perUser,
    int handshakesPerSecond,
    List<FacilityLimit> facilities,
    RequestLimits request) {
  /** 18,000 connections, below the usual limit of 20,000 descriptors. */
  public static final LimitSettings DEFAULTS =
      new LimitSettings(
          18_000,
          1_000,
          100,
          100,
          List.of(new FacilityLimit(List.of(new Glob("*")), 18_000)),
          RequestLimits.DEFAULTS);

  /** Refuses limits under which nobody could connect. */
  public LimitSettings {
    facilities = List.copyOf(facilities);
    atLeastOne("limits.connections", connections);
    atLeastOne("limits.per-address", perAddress);
    atLeastOne("limits.per-user", perUser);
    if (handshakesPerSecond < 0 || handshakesPerSecond > 1_000_000) {
      throw new IllegalArgumentException(
          "limits.handshakes-per-second is " + handshakesPerSecond + ", must be from 0 to 1000000");
    }
  }

  static void atLeastOne(String key, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(key + " is " + value + ", must be at least 1");
    }
  }
}
