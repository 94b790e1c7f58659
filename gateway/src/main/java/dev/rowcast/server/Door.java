package dev.rowcast.server;

import dev.rowcast.observe.Metrics;
import dev.rowcast.session.LiveReaders;
import dev.rowcast.session.Sessions;
import dev.rowcast.session.WebSocketSettings;
import io.netty.channel.ChannelFutureListener;
import org.jspecify.annotations.Nullable;

/**
 * What the handshakes of all loops share.
 *
 * <p>Thread-safe.
 */
final class Door {
  private final Sessions sessions;
  private final HttpPages pages;
  private final ConnectionLimit limit;
  private final DoorMeters meters;
  private final ServerSettings settings;
  private final ChannelFutureListener departure;
  private volatile @Nullable LiveReaders live;

  Door(Sessions sessions, HttpPages pages, Metrics metrics, ServerSettings settings) {
    this.sessions = sessions;
    this.pages = pages;
    this.settings = settings;
    limit = new ConnectionLimit(settings.limits());
    meters = new DoorMeters(metrics);
    departure = _ -> limit.depart();
  }

  /** Before the start. */
  void serve(LiveReaders readers) {
    live = readers;
  }

  /** Null when nothing is served at {@code /live}. */
  @Nullable LiveReaders live() {
    return live;
  }

  Sessions sessions() {
    return sessions;
  }

  HttpPages pages() {
    return pages;
  }

  ConnectionLimit limit() {
    return limit;
  }

  DoorMeters meters() {
    return meters;
  }

  WebSocketSettings settings() {
    return settings.websocket();
  }

  LimitSettings limits() {
    return settings.limits();
  }

  /** Whether operators' pages are beside the others. */
  boolean operatorsHere() {
    return settings.admin().listen().isEmpty();
  }

  /** One for all connections: it counts a closed socket. */
  ChannelFutureListener departure() {
    return departure;
  }
}
