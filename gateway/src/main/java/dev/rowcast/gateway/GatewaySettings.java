package dev.rowcast.gateway;

import dev.rowcast.auth.AccessSettings;
import dev.rowcast.bus.redis.RedisSettings;
import dev.rowcast.capture.CaptureSettings;
import dev.rowcast.postgres.DatabaseSettings;
import dev.rowcast.routing.RouteSettings;
import dev.rowcast.server.ServerSettings;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Everything a gateway is told, part by part.
 *
 * <p>Immutable.
 *
 * @param database empty: facility messages alone, no row changes
 * @param redis empty: one node, in memory
 * @param keep how long a client's publication is kept as the last value of its topic
 */
public record GatewaySettings(
    Optional<DatabaseSettings> database,
    Optional<RedisSettings> redis,
    Duration keep,
    CaptureSettings capture,
    List<RouteSettings> routes,
    AccessSettings access,
    AuthSettings auth,
    ServerSettings server) {
  /** The bus alone, one node, ws4redis's defaults. */
  public static final GatewaySettings DEFAULTS =
      new GatewaySettings(
          Optional.empty(),
          Optional.empty(),
          RedisSettings.DEFAULTS.expire(),
          CaptureSettings.DEFAULTS,
          List.of(),
          AccessSettings.DEFAULTS,
          AuthSettings.DEFAULTS,
          ServerSettings.DEFAULTS);

  /** Copies the routes. */
  public GatewaySettings {
    routes = List.copyOf(routes);
  }
}
