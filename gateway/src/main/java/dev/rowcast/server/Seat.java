package dev.rowcast.server;

import java.net.InetAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket among the counted, from the check of its handshake to its end.
 *
 * <p>Confined to the connection's event loop.
 */
final class Seat {
  private final ConnectionLimit limit;
  private final InetAddress address;
  private final long since;
  private @Nullable String user;
  private @Nullable String facility;
  private boolean left;

  Seat(ConnectionLimit limit, InetAddress address, long since) {
    this.limit = limit;
    this.address = address;
    this.since = since;
  }

  /** Counts for this user too, if that is allowed. */
  boolean belongsTo(String name) {
    if (!limit.enterUser(name)) {
      return false;
    }
    user = name;
    return true;
  }

  /** Counts as a listener of this facility too, if that is allowed. */
  boolean listensTo(String name) {
    if (!limit.enterFacility(name)) {
      return false;
    }
    facility = name;
    return true;
  }

  /** Counts no more. */
  void leave() {
    if (!left) {
      left = true;
      limit.leave(this);
    }
  }

  InetAddress address() {
    return address;
  }

  /** When it was taken, by the ticker. */
  long since() {
    return since;
  }

  Optional<String> user() {
    return Optional.ofNullable(user);
  }

  Optional<String> facility() {
    return Optional.ofNullable(facility);
  }
}
