package dev.rowcast.server;

import dev.rowcast.base.Rate;
import dev.rowcast.base.Ticker;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many may be connected: in all, from one address, of one user, at one kind of facility; and
 * how often an address may try.
 *
 * <p>Thread-safe.
 */
final class ConnectionLimit {
  /** Sockets beyond the limit that are still listened to, to be told so. */
  private static final int ANTEROOM = 512;

  /** Sockets beyond these, accepted already, that may wait for their loop to turn them away. */
  private static final int AT_THE_DOOR = 16;

  private static final Duration BURST = Duration.ofSeconds(10);

  private final LimitSettings settings;
  private final int most;
  private final int anteroom;
  private final Ticker ticker;
  private final Rate handshakes;
  private final AtomicInteger sockets = new AtomicInteger();
  private final AtomicInteger connections = new AtomicInteger();
  private final Counts<Source> addresses = new Counts<>();
  private final Counts<String> users = new Counts<>();
  private final FacilityCounts facilities;

  /** When the next handshake of an address would be due; see {@link Rate}. */
  private final ConcurrentMap<Source, Long> due = new ConcurrentHashMap<>();

  private volatile int forgetAt = 1024;

  /**
   * Limits by these settings.
   *
   * @param descriptors how many sockets this process can open; the limit in all stays below it, so
   *     that the one too many gets an answer instead of silence
   */
  ConnectionLimit(LimitSettings settings, int descriptors, Ticker ticker) {
    this.settings = settings;
    this.ticker = ticker;
    this.handshakes = new Rate(settings.handshakesPerSecond(), BURST);
    this.facilities = new FacilityCounts(settings.facilities());
    if (descriptors - ANTEROOM >= settings.connections()) {
      anteroom = ANTEROOM;
      most = settings.connections();
    } else {
      anteroom = Math.clamp(descriptors / 8, 8, ANTEROOM);
      most = Math.clamp(descriptors - (long) anteroom, 1, settings.connections());
    }
  }

  /** WebSockets that may be open at once. */
  int most() {
    return most;
  }

  /** A socket was accepted. Always left later. */
  void arrive() {
    sockets.incrementAndGet();
  }

  /** Whether one more can be listened to, be it to be refused. */
  boolean hasRoom() {
    return sockets.get() <= most + anteroom;
  }

  /** Whether so many are there that no further one must be accepted before some have gone. */
  boolean isCrowded() {
    return sockets.get() > most + anteroom + AT_THE_DOOR;
  }

  /** A socket is closed. */
  void depart() {
    sockets.decrementAndGet();
  }

  /** Whether a handshake from there is not one too many in this time; counts it. */
  boolean mayKnock(InetAddress address) {
    if (settings.handshakesPerSecond() == 0 || address.isLoopbackAddress()) {
      return true;
    }
    if (due.size() > forgetAt) {
      forget();
    }
    var now = ticker.nanoTime();
    var next =
        due.compute(
            Source.of(address), (_, before) -> handshakes.next(before == null ? now : before, now));
    return !handshakes.isExceeded(next, now);
  }

  /** Drops who has been quiet long enough to start anew. */
  private void forget() {
    var now = ticker.nanoTime();
    due.values().removeIf(moment -> moment - now <= 0);
    forgetAt = Math.max(1024, 2 * due.size());
  }

  /** One more WebSocket from there, if that is allowed; it counts until {@link Seat#leave}. */
  Optional<Seat> enter(InetAddress address) {
    if (connections.incrementAndGet() > most) {
      connections.decrementAndGet();
      return Optional.empty();
    }
    if (!address.isLoopbackAddress()
        && !addresses.enter(Source.of(address), settings.perAddress())) {
      connections.decrementAndGet();
      return Optional.empty();
    }
    return Optional.of(new Seat(this, address, ticker.nanoTime()));
  }

  boolean enterUser(String user) {
    return users.enter(user, settings.perUser());
  }

  boolean enterFacility(String facility) {
    return facilities.enter(facility);
  }

  void leaveFacility(String facility) {
    facilities.leave(facility);
  }

  void leave(Seat seat) {
    connections.decrementAndGet();
    if (!seat.address().isLoopbackAddress()) {
      addresses.leave(Source.of(seat.address()));
    }
    seat.user().ifPresent(users::leave);
    seat.facility().ifPresent(facilities::leave);
  }

  /** WebSockets now counted. */
  int connections() {
    return connections.get();
  }

  /** Facilities with listeners. */
  int facilities() {
    return facilities.size();
  }

  /** Who counts as one client: an IPv4 address, or a network of 64 bits in IPv6. */
  private record Source(long high, boolean six) {
    static Source of(InetAddress address) {
      var bytes = address.getAddress();
      long high = 0;
      for (int i = 0; i < Math.min(8, bytes.length); i++) {
        high = high << 8 | (bytes[i] & 0xFF);
      }
      return new Source(high, bytes.length > 4);
    }
  }

  /** How many there are of each; who has none costs nothing. Thread-safe. */
  static final class Counts<K> {
    private final ConcurrentMap<K, Integer> counts = new ConcurrentHashMap<>();

    /** One more, unless that is more than {@code most}. */
    boolean enter(K key, int most) {
      var entered = new boolean[1];
      counts.compute(
          key,
          (_, count) -> {
            entered[0] = count == null || count < most;
            return entered[0] ? (count == null ? 0 : count) + 1 : count;
          });
      return entered[0];
    }

    void leave(K key) {
      counts.computeIfPresent(key, (_, count) -> count == 1 ? null : count - 1);
    }
  }
}
