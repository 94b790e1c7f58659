package dev.rowcast.gateway;

import dev.rowcast.auth.AccessSettings;
import dev.rowcast.capture.CaptureSettings;
import dev.rowcast.feed.FeedSettings;
import dev.rowcast.postgres.DatabaseSettings;
import dev.rowcast.redis.RedisSettings;
import dev.rowcast.routing.RouteSettings;
import dev.rowcast.server.ServerSettings;
import dev.rowcast.session.LiveSettings;
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
    FeedSettings feed,
    List<RouteSettings> routes,
    AccessSettings access,
    AuthSettings auth,
    LiveSettings live,
    ServerSettings server) {
  /** The bus alone, one node, ws4redis's defaults. */
  public static final GatewaySettings DEFAULTS =
      new GatewaySettings(
          Optional.empty(),
          Optional.empty(),
          RedisSettings.DEFAULTS.expire(),
          CaptureSettings.DEFAULTS,
          FeedSettings.DEFAULTS,
          List.of(),
          AccessSettings.DEFAULTS,
          AuthSettings.DEFAULTS,
          LiveSettings.DEFAULTS,
          ServerSettings.DEFAULTS);

  /** Copies the routes; refuses tables to be read from a feed that is switched off. */
  public GatewaySettings {
    routes = List.copyOf(routes);
    if (!live.tables().isEmpty() && !feed.enabled().orElse(true)) {
      throw new IllegalArgumentException(
          "feed.enabled is false, and the tables under live.tables are read from the feed");
    }
  }

  /** Whether there is a feed: when it is asked for, or when tables are read from it. */
  public boolean hasFeed() {
    return feed.enabled().orElse(!live.tables().isEmpty());
  }
}
