package dev.rowcast.server;

import dev.rowcast.base.DataSize;
import java.time.Duration;

/**
 * What strangers may take: {@code limits}.
 *
 * <p>Immutable.
 *
 * @param connections WebSocket connections of this process, to be kept below the descriptor limit;
 *     one more is answered with 503
 * @param perAddress the same for one address; loopback is not counted, since behind a proxy on this
 *     machine everybody comes from there
 * @param handshakeTimeout from the accepted connection to the end of the handshake
 * @param requestHead request line and headers together; beyond it 431
 * @param headers number of header lines; beyond it 431
 */
public record LimitSettings(
    int connections, int perAddress, Duration handshakeTimeout, DataSize requestHead, int headers) {
  /** 18,000 connections, below the usual limit of 20,000 descriptors. */
  public static final LimitSettings DEFAULTS =
      new LimitSettings(18_000, 1_000, Duration.ofSeconds(10), DataSize.ofKibibytes(8), 100);

  /** Refuses limits under which nobody could connect. */
  public LimitSettings {
    atLeastOne("limits.connections", connections);
    atLeastOne("limits.per-address", perAddress);
    atLeastOne("limits.headers", headers);
    if (handshakeTimeout.compareTo(Duration.ofMillis(100)) < 0) {
      throw new IllegalArgumentException(
          "limits.handshake-timeout is " + handshakeTimeout + ", must be at least 100ms");
    }
    if (requestHead.bytes() < 1024 || requestHead.bytes() > 1 << 20) {
      throw new IllegalArgumentException(
          "limits.request-head is " + requestHead + ", must be from 1KiB to 1MiB");
    }
  }

  private static void atLeastOne(String key, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(key + " is " + value + ", must be at least 1");
    }
  }
}
