package dev.rowcast.server;

import dev.rowcast.base.Ticker;
import dev.rowcast.observe.Metrics;
import dev.rowcast.protocol.HttpHead;
import dev.rowcast.session.FacilityPlaces;
import dev.rowcast.session.LiveReaders;
import dev.rowcast.session.Sessions;
import dev.rowcast.session.WebSocketSettings;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import java.util.Optional;
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
  private final HeapPressure pressure;
  private final DoorMeters meters;
  private final ServerSettings settings;
  private final ChannelFutureListener departure;
  private final Optional<OperatorToken> token;
  private final FacilityPlaces places =
      new FacilityPlaces() {
        @Override
        public boolean enter(String facility) {
          return limit.enterFacility(facility);
        }

        @Override
        public void leave(String facility) {
          limit.leaveFacility(facility);
        }
      };
  private volatile @Nullable LiveReaders live;

  Door(
      Sessions sessions, HttpPages pages, Metrics metrics, ServerSettings settings, Ticker ticker) {
    this.sessions = sessions;
    this.pages = pages;
    this.settings = settings;
    limit = new ConnectionLimit(settings.limits(), Descriptors.available(), ticker);
    metrics.gauge(
        "rowcast.connections.limit", "WebSocket connections that may be open", limit::most);
    metrics.gauge(
        "rowcast.facilities", "Facilities with listeners on this node", limit::facilities);
    pressure = HeapPressure.ofThisProcess(ticker);
    meters = new DoorMeters(metrics);
    departure = _ -> limit.depart();
    token = settings.admin().token().map(OperatorToken::new);
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

  HeapPressure pressure() {
    return pressure;
  }

  /** The same for conversations that change what they listen to. */
  FacilityPlaces places() {
    return places;
  }

  DoorMeters meters() {
    return meters;
  }

  WebSocketSettings settings() {
    return settings.websocket();
  }

  RequestLimits limits() {
    return settings.limits().request();
  }

  /** How clients come, as far as this server itself knows. */
  Optional<String> scheme() {
    return settings.tls().map(_ -> "https");
  }

  ProxySettings proxies() {
    return settings.proxies();
  }

  /** Whether this request may see what is for operators. */
  boolean isOperator(HttpHead request) {
    return token.isEmpty() || token.get().fits(request);
  }

  /** Whether operators' pages are beside the others. */
  boolean operatorsHere() {
    return settings.admin().listen().isEmpty();
  }

  /** A socket was accepted; it is counted until it is closed. */
  void arrived(Channel channel) {
    limit.arrive();
    channel.closeFuture().addListener(departure);
  }
}
