package dev.rowcast.session;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Which users were disconnected a moment ago, so that a handshake that began before does not slip
 * in after.
 *
 * <p>Thread-safe. Remembers each for {@link #KEEP}, longer than a handshake may take.
 */
final class Disconnections {
  static final Duration KEEP = Duration.ofMinutes(2);

  private final Map<String, Long> when = new HashMap<>();

  synchronized void add(String user, long now) {
    when.values().removeIf(at -> now - at > KEEP.toNanos());
    when.put(user, now);
  }

  /** Whether the user was disconnected at this time or later. */
  synchronized boolean isSince(String user, long time) {
    var at = when.get(user);
    return at != null && at - time >= 0;
  }
}
