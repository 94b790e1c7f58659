package dev.rowcast.server;

import dev.rowcast.base.Endpoint;
import dev.rowcast.session.WebSocketSettings;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Everything the server is told: the keys {@code listen}, {@code websocket}, {@code limits}, {@code
 * proxies}, {@code transport}, {@code tls}, {@code admin} and {@code drain}.
 *
 * <p>Immutable.
 *
 * @param listen one or more addresses; port 0 is any free one
 * @param tls for every listening socket; empty: plain
 * @param drain over how long connections are ended when the server stops
 */
public record ServerSettings(
    List<Endpoint> listen,
    WebSocketSettings websocket,
    LimitSettings limits,
    ProxySettings proxies,
    TransportSettings transport,
    Optional<TlsSettings> tls,
    AdminSettings admin,
    Duration drain) {
  /** 127.0.0.1:8000 and the defaults of every part. */
  public static final ServerSettings DEFAULTS =
      new ServerSettings(
          List.of(new Endpoint("127.0.0.1", 8000)),
          WebSocketSettings.DEFAULTS,
          LimitSettings.DEFAULTS,
          ProxySettings.DEFAULTS,
          TransportSettings.DEFAULTS,
          Optional.empty(),
          AdminSettings.DEFAULTS,
          Duration.ofSeconds(2));

  /** Refuses an empty list and a negative time. */
  public ServerSettings {
    listen = List.copyOf(listen);
    if (listen.isEmpty()) {
      throw new IllegalArgumentException("listen is empty, must name at least one HOST:PORT");
    }
    if (drain.isNegative() || drain.compareTo(Duration.ofMinutes(5)) > 0) {
      throw new IllegalArgumentException("drain is " + drain + ", must be from 0s to 5m");
    }
  }
}
