package dev.rowcast.server;

import java.net.InetAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many may be connected: in all, and from one address.
 *
 * <p>Thread-safe.
 */
final class ConnectionLimit {
  /** Sockets beyond the limit that are still listened to, to be told so. */
  private static final int ANTEROOM = 512;

  private final LimitSettings settings;
  private final AtomicInteger sockets = new AtomicInteger();
  private final AtomicInteger connections = new AtomicInteger();
  private final ConcurrentMap<InetAddress, Integer> byAddress = new ConcurrentHashMap<>();

  ConnectionLimit(LimitSettings settings) {
    this.settings = settings;
  }

  /** A socket was accepted; false when not even a refusal can be afforded. Always left later. */
  boolean arrive() {
    return sockets.incrementAndGet() <= settings.connections() + ANTEROOM;
  }

  /** A socket is closed. */
  void depart() {
    sockets.decrementAndGet();
  }

  /** Whether one more WebSocket from there is allowed; if so it counts until {@link #leave}. */
  boolean enter(InetAddress address) {
    if (connections.incrementAndGet() > settings.connections()) {
      connections.decrementAndGet();
      return false;
    }
    if (!address.isLoopbackAddress()
        && byAddress.merge(address, 1, Integer::sum) > settings.perAddress()) {
      leave(address);
      return false;
    }
    return true;
  }

  /** The WebSocket is closed. */
  void leave(InetAddress address) {
    connections.decrementAndGet();
    if (!address.isLoopbackAddress()) {
      byAddress.computeIfPresent(address, (_, count) -> count == 1 ? null : count - 1);
    }
  }

  /** WebSockets now counted. */
  int connections() {
    return connections.get();
  }
}
