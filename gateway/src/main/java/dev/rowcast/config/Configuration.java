package dev.rowcast.config;

import dev.rowcast.auth.AccessSettings;
import dev.rowcast.auth.OriginRules;
import dev.rowcast.capture.CaptureSettings;
import dev.rowcast.feed.FeedSettings;
import dev.rowcast.gateway.AuthSettings;
import dev.rowcast.gateway.GatewaySettings;
import dev.rowcast.postgres.DatabaseSettings;
import dev.rowcast.redis.RedisSettings;
import dev.rowcast.server.AdminSettings;
import dev.rowcast.server.LimitSettings;
import dev.rowcast.server.ProxySettings;
import dev.rowcast.server.RequestLimits;
import dev.rowcast.server.ServerSettings;
import dev.rowcast.server.TlsSettings;
import dev.rowcast.server.TransportSettings;
import dev.rowcast.session.LiveLimits;
import dev.rowcast.session.LiveSettings;
import dev.rowcast.session.OutboxSettings;
import dev.rowcast.session.WebSocketSettings;
import dev.rowcast.shape.FilterSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The settings of one start: what each key means, and where that came from.
 *
 * <p>Immutable.
 */
public final class Configuration {

  /** One effective setting; secrets are masked. */
  public record Line(String key, String value, Origin origin) {}

  private final Values values;
  private final GatewaySettings gateway;
  private final LogSettings log;

  private Configuration(Values values, GatewaySettings gateway, LogSettings log) {
    this.values = values;
    this.gateway = gateway;
    this.log = log;
  }

  /**
   * Reads all sources.
   *
   * @throws ConfigException with everything that is wrong in any of them
   */
  public static Configuration load(Sources sources) {
    var problems = new Problems();
    var written = new Layers(problems).read(sources);
    var values = Values.read(Keys.ALL, written, new Origin.Default(), problems);
    var reader = new Configuration.Reader(values, problems);
    var gateway = reader.gateway();
    problems.refuse();
    return new Configuration(
        values,
        gateway.orElseThrow(),
        new LogSettings(values.get(Keys.LOG_FORMAT), values.get(Keys.LOG_LEVEL)));
  }

  /** What the gateway is told. */
  public GatewaySettings gateway() {
    return gateway;
  }

  /** How the log is written. */
  public LogSettings log() {
    return log;
  }

  /** Every key with its effective value and where that came from. */
  public List<Line> lines() {
    return Keys.ALL.stream().map(this::line).toList();
  }

  /** What differs in {@code later}: one sentence a key, secrets masked. */
  public List<String> differences(Configuration later) {
    var differences = new ArrayList<String>();
    for (var key : Keys.ALL) {
      if (!values.get(key).equals(later.values.get(key))) {
        differences.add(
            key.name() + ": " + line(key).value() + " became " + later.line(key).value());
      }
    }
    return differences;
  }

  private <T> Line line(Key<T> key) {
    return values
        .written(key)
        .map(value -> new Line(key.name(), key.type().shown(value).toString(), value.origin()))
        .orElseGet(() -> new Line(key.name(), key.defaultWritten(), new Origin.Default()));
  }

  /** Makes the settings records of the values, and attributes what they refuse. */
  private record Reader(Values values, Problems problems) {

    Optional<GatewaySettings> gateway() {
      var database = built(this::database);
      var redis = built(this::redis);
      var auth = auth(database.flatMap(Function.identity()), redis.flatMap(Function.identity()));
      var feed = built(this::feed);
      var live =
          built(() ->
              new LiveSettings(
                  values.get(Keys.LIVE_TABLES),
                  values.get(Keys.LIVE_HEARTBEAT),
                  new FilterSettings(
                      values.get(Keys.LIVE_FILTER_MAX_SIZE),
                      values.get(Keys.LIVE_FILTER_MAX_TERMS),
                      values.get(Keys.LIVE_FILTER_MAX_VALUES)),
                  values.get(Keys.LIVE_SNAPSHOT_MAX_SIZE),
                  new LiveLimits(
                      values.get(Keys.LIVE_MAX_SUBSCRIPTIONS),
                      values.get(Keys.LIVE_MAX_REPLAY),
                      values.get(Keys.LIVE_RETURNS))));
      var server = server();
      if (database.isEmpty()
          || redis.isEmpty()
          || feed.isEmpty()
          || auth.isEmpty()
          || live.isEmpty()
          || server.isEmpty()) {
        return Optional.empty();
      }
      return built(() ->
          new GatewaySettings(
              database.get(),
              redis.get(),
              values.get(Keys.REDIS_EXPIRE),
              new CaptureSettings(
                  values.get(Keys.CAPTURE_MODE),
                  values.get(Keys.CAPTURE_MIGRATE),
                  values.get(Keys.CAPTURE_TABLES),
                  values.get(Keys.CAPTURE_MAX_ROW),
                  values.get(Keys.PROFILE).equals(Optional.of("rodan")),
                  new CaptureSettings.Wal(
                      values.get(Keys.CAPTURE_WAL_SLOT),
                      values.get(Keys.CAPTURE_WAL_PUBLICATION),
                      values.get(Keys.CAPTURE_WAL_WARN_RETAINED))),
              feed.get(),
              values.get(Keys.ROUTES),
              new AccessSettings(values.get(Keys.ACCESS_FACILITIES)),
              auth.get(),
              live.get(),
              server.get()));
    }

    private Optional<AuthSettings> auth(
        Optional<DatabaseSettings> database, Optional<RedisSettings> redis) {
      return new AuthSection(values, problems).settings(database, redis);
    }

    private Optional<DatabaseSettings> database() {
      var password = records().secret(Keys.DATABASE_PASSWORD, Keys.DATABASE_PASSWORD_FILE);
      return values.get(Keys.DATABASE_URL).map(url -> new DatabaseSettings(url, password));
    }

    private Optional<RedisSettings> redis() {
      var password = records().secret(Keys.REDIS_PASSWORD, Keys.REDIS_PASSWORD_FILE);
      return values
          .get(Keys.REDIS_URL)
          .filter(url -> !url.reveal().equals("none"))
          .map(url ->
              new RedisSettings(
                  url, password, values.get(Keys.REDIS_PREFIX), values.get(Keys.REDIS_EXPIRE)));
    }

    private FeedSettings feed() {
      return new FeedSettings(
          values.get(Keys.FEED_ENABLED),
          values.get(Keys.FEED_MAX_LENGTH),
          values.get(Keys.FEED_MAX_AGE),
          values.get(Keys.FEED_MAX_BYTES),
          values.get(Keys.FEED_MEMORY));
    }

    private Optional<ServerSettings> server() {
      var outbox =
          built(() ->
              new OutboxSettings(
                  values.get(Keys.OUTBOX_MAX_BYTES),
                  values.get(Keys.OUTBOX_MAX_AGE),
                  values.get(Keys.OUTBOX_WHEN_FULL),
                  values.get(Keys.OUTBOX_LATEST)));
      var webSocket =
          built(() ->
              new WebSocketSettings(
                  values.get(Keys.WEBSOCKET_PATH),
                  values.get(Keys.WEBSOCKET_HEARTBEAT),
                  values.get(Keys.WEBSOCKET_HEARTBEAT_EVERY),
                  values.get(Keys.WEBSOCKET_PING_EVERY),
                  new OriginRules(values.get(Keys.WEBSOCKET_ORIGINS)),
                  values.get(Keys.WEBSOCKET_MAX_MESSAGE),
                  values.get(Keys.WEBSOCKET_MESSAGES_PER_SECOND),
                  values.get(Keys.WEBSOCKET_PINGS_PER_SECOND),
                  values.get(Keys.WEBSOCKET_ALLOW_UNMASKED),
                  values.get(Keys.WEBSOCKET_COMPRESSION),
                  outbox.orElse(OutboxSettings.DEFAULTS)));
      var request =
          built(() ->
              new RequestLimits(
                  values.get(Keys.LIMIT_HANDSHAKE_TIMEOUT),
                  values.get(Keys.LIMIT_REQUEST_HEAD),
                  values.get(Keys.LIMIT_HEADERS),
                  values.get(Keys.LIMIT_URL),
                  values.get(Keys.LIMIT_REQUEST_BODY)));
      var limits =
          built(() ->
              new LimitSettings(
                  values.get(Keys.LIMIT_CONNECTIONS),
                  values.get(Keys.LIMIT_PER_ADDRESS),
                  values.get(Keys.LIMIT_PER_USER),
                  values.get(Keys.LIMIT_HANDSHAKES),
                  values.get(Keys.LIMIT_FACILITIES),
                  request.orElse(RequestLimits.DEFAULTS)));
      var transport =
          built(() ->
              new TransportSettings(
                  values.get(Keys.TRANSPORT_KIND),
                  values.get(Keys.TRANSPORT_LOOPS),
                  values.get(Keys.TRANSPORT_BACKLOG),
                  values.get(Keys.TRANSPORT_SEND_BUFFER),
                  values.get(Keys.TRANSPORT_UNSENT)));
      var token = records().secret(Keys.ADMIN_TOKEN, Keys.ADMIN_TOKEN_FILE);
      var admin = built(() -> new AdminSettings(token, values.get(Keys.ADMIN_LISTEN)));
      return built(() ->
          new ServerSettings(
              values.get(Keys.LISTEN),
              webSocket.orElse(WebSocketSettings.DEFAULTS),
              limits.orElse(LimitSettings.DEFAULTS),
              new ProxySettings(values.get(Keys.PROXIES_TRUSTED), values.get(Keys.PROXIES_HEADER)),
              transport.orElse(TransportSettings.DEFAULTS),
              tls(),
              admin.orElse(AdminSettings.DEFAULTS),
              values.get(Keys.DRAIN)));
    }

    private Optional<TlsSettings> tls() {
      var certificate = values.get(Keys.TLS_CERTIFICATE_FILE);
      var key = values.get(Keys.TLS_KEY_FILE);
      if (certificate.isPresent() != key.isPresent()) {
        var lonely = certificate.isPresent() ? Keys.TLS_CERTIFICATE_FILE : Keys.TLS_KEY_FILE;
        problems.add(
            values.origin(lonely.name()),
            "tls.certificate-file and tls.key-file must be set together");
      }
      return certificate.flatMap(file -> key.map(own -> new TlsSettings(file, own)));
    }

    private <T> Optional<T> built(Supplier<T> record) {
      return records().built(record);
    }

    private RecordBuilder records() {
      return new RecordBuilder(values, problems);
    }
  }
}
