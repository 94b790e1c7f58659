package dev.rowcast.config;

import dev.rowcast.auth.AccessSettings;
import dev.rowcast.auth.FacilityRule;
import dev.rowcast.auth.FacilityRule.Audience.Anyone;
import dev.rowcast.auth.FacilityRule.Audience.Authenticated;
import dev.rowcast.auth.FacilityRule.Audience.Group;
import dev.rowcast.auth.Holes;
import dev.rowcast.auth.LiveRule;
import dev.rowcast.auth.OriginRules;
import dev.rowcast.base.DataSize;
import dev.rowcast.base.Endpoint;
import dev.rowcast.base.Glob;
import dev.rowcast.base.Network;
import dev.rowcast.base.Secret;
import dev.rowcast.capture.CaptureSettings;
import dev.rowcast.feed.FeedSettings;
import dev.rowcast.gateway.GatewaySettings;
import dev.rowcast.message.Permission;
import dev.rowcast.message.Topic;
import dev.rowcast.postgres.DatabaseSettings;
import dev.rowcast.redis.RedisSettings;
import dev.rowcast.routing.RouteSettings;
import dev.rowcast.server.AdminSettings;
import dev.rowcast.server.FacilityLimit;
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
import dev.rowcast.shape.Filter;
import dev.rowcast.shape.FilterSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The table of everything that can be set: what the parser, {@code rowcast config}, the environment
 * names, the guesses at misspelt keys and {@code docs/CONFIG.md} all read. Immutable.
 */
final class Keys {
  private static final WebSocketSettings WEB_SOCKET = WebSocketSettings.DEFAULTS;
  private static final FeedSettings FEED = FeedSettings.DEFAULTS;
  private static final LimitSettings LIMIT = LimitSettings.DEFAULTS;
  private static final TransportSettings SOCKETS = TransportSettings.DEFAULTS;

  static final Key<Optional<String>> PROFILE =
      Key.of(
          "profile",
          Types.nullable(Types.parsed("rodan", Keys::profile, name -> name)),
          Optional.empty(),
          GatewaySettings.class,
          "Settings made ready for an application; every other source goes over them.",
          "rodan");
  static final Key<List<Endpoint>> LISTEN =
      Key.of(
          "listen",
          Types.listOf(Types.endpoint()),
          ServerSettings.DEFAULTS.listen(),
          ServerSettings.class,
          "Addresses to listen on; port 0 is any free one.",
          "[\"127.0.0.1:8000\", \"[::1]:8000\"]");
  static final Key<Duration> DRAIN =
      Key.of(
          "drain",
          Types.duration(),
          ServerSettings.DEFAULTS.drain(),
          ServerSettings.class,
          "Over how long connections are ended when the gateway stops.",
          "10s");

  static final Key<Optional<Secret>> DATABASE_URL =
      Key.of(
          "database.url",
          Types.nullable(Types.url("postgresql://user@host:port/database?sslmode=…")),
          Optional.empty(),
          DatabaseSettings.class,
          "The database in libpq's form; what it leaves out comes from the PG* variables. Without"
              + " it the gateway serves facility messages alone.",
          "postgresql://app@localhost/app");
  static final Key<Optional<Secret>> DATABASE_PASSWORD =
      Key.of(
          "database.password",
          Types.nullable(Types.secret()),
          Optional.empty(),
          DatabaseSettings.class,
          "Goes before a password in the URL.",
          "@/run/secrets/database");
  static final Key<Optional<Path>> DATABASE_PASSWORD_FILE =
      Key.of(
          "database.password-file",
          Types.nullable(Types.path()),
          Optional.empty(),
          DatabaseSettings.class,
          "A file that holds the password and nothing else.",
          "/run/secrets/database");

  static final Key<Optional<Secret>> REDIS_URL =
      Key.of(
          "redis.url",
          Types.nullable(Types.url("redis://[user:password@]host:port/db, or none")),
          Optional.empty(),
          RedisSettings.class,
          "Where Redis is; also rediss:// (TLS) and redis+unix:///path?db=0. Without it, or with"
              + " none, one node is served from memory.",
          "redis://localhost:6379/0");
  static final Key<Optional<Secret>> REDIS_PASSWORD =
      Key.of(
          "redis.password",
          Types.nullable(Types.secret()),
          Optional.empty(),
          RedisSettings.class,
          "Goes before a password in the URL.",
          "@/run/secrets/redis");
  static final Key<Optional<Path>> REDIS_PASSWORD_FILE =
      Key.of(
          "redis.password-file",
          Types.nullable(Types.path()),
          Optional.empty(),
          RedisSettings.class,
          "A file that holds the password and nothing else.",
          "/run/secrets/redis");
  static final Key<String> REDIS_PREFIX =
      Key.of(
          "redis.prefix",
          Types.text("a text"),
          RedisSettings.DEFAULTS.prefix(),
          RedisSettings.class,
          "Goes before every channel and key, with a colon; empty for none.",
          "rodan");
  static final Key<Duration> REDIS_EXPIRE =
      Key.of(
          "redis.expire",
          Types.duration(),
          RedisSettings.DEFAULTS.expire(),
          RedisSettings.class,
          "How long the last value of a client's publication is kept; 0 for not at all. Holds for"
              + " the memory of a single node too.",
          "30m");

  static final Key<CaptureSettings.Mode> CAPTURE_MODE =
      Key.of(
          "capture.mode",
          Types.word(CaptureSettings.Mode.class),
          CaptureSettings.DEFAULTS.mode(),
          CaptureSettings.class,
          "How changes are learnt: by triggers or by the write-ahead log. auto keeps what is"
              + " installed; where nothing is, it takes the log if the server and the role allow"
              + " it.",
          "triggers");
  static final Key<String> CAPTURE_WAL_SLOT =
      Key.of(
          "capture.wal.slot",
          Types.text("a name"),
          CaptureSettings.Wal.DEFAULTS.slot(),
          CaptureSettings.Wal.class,
          "The replication slot, one for all gateways; another database of the same server needs"
              + " another name.",
          "rowcast_app");
  static final Key<String> CAPTURE_WAL_PUBLICATION =
      Key.of(
          "capture.wal.publication",
          Types.text("a name"),
          CaptureSettings.Wal.DEFAULTS.publication(),
          CaptureSettings.Wal.class,
          "The publication of the captured tables.",
          "rowcast_app");
  static final Key<DataSize> CAPTURE_WAL_WARN_RETAINED =
      Key.of(
          "capture.wal.warn-retained",
          Types.size(),
          CaptureSettings.Wal.DEFAULTS.warnRetained(),
          CaptureSettings.Wal.class,
          "How much log the slot may keep PostgreSQL from removing before readiness warns.",
          "4GiB");
  static final Key<CaptureSettings.Migrate> CAPTURE_MIGRATE =
      Key.of(
          "capture.migrate",
          Types.word(CaptureSettings.Migrate.class),
          CaptureSettings.DEFAULTS.migrate(),
          CaptureSettings.class,
          "What serve does about missing or changed triggers: warn, re-create them, not look.",
          "apply");
  static final Key<DataSize> CAPTURE_MAX_ROW =
      Key.of(
          "capture.max-row",
          Types.size(),
          CaptureSettings.DEFAULTS.maxRow(),
          CaptureSettings.class,
          "A row whose JSON is larger keeps its key only and says truncated.",
          "256KiB");

  static final Key<List<Glob>> TABLE_MATCH =
      Key.required(
          "match",
          Types.listOf(Types.glob()),
          CaptureSettings.TableRule.class,
          "Tables, as schema.name.",
          "public.rodan_*");
  static final Key<List<Glob>> TABLE_EXCLUDE =
      Key.of(
          "exclude",
          Types.listOf(Types.glob()),
          List.of(),
          CaptureSettings.TableRule.class,
          "Tables that match and are left out all the same.",
          "[public.rodan_tempauthtoken]");
  static final Key<List<String>> TABLE_KEY =
      Key.of(
          "key",
          Types.listOf(Types.text("the name of a column")),
          List.of(),
          CaptureSettings.TableRule.class,
          "Columns that name a row; empty for the primary key.",
          "[uuid]");
  static final Key<List<String>> TABLE_COLUMNS =
      Key.of(
          "columns",
          Types.listOf(Types.text("the name of a column")),
          List.of(),
          CaptureSettings.TableRule.class,
          "Columns captured beside the key; empty for all.",
          "[project_id]");
  static final Key<CaptureSettings.OldRow> TABLE_OLD_ROW =
      Key.of(
          "old-row",
          Types.word(CaptureSettings.OldRow.class),
          CaptureSettings.OldRow.KEY,
          CaptureSettings.TableRule.class,
          "How much of the old row an update carries: its key when that changed, or all captured"
              + " columns.",
          "all");
  private static final List<Key<?>> TABLE_KEYS =
      List.of(TABLE_MATCH, TABLE_EXCLUDE, TABLE_KEY, TABLE_COLUMNS, TABLE_OLD_ROW);
  static final Key<List<CaptureSettings.TableRule>> CAPTURE_TABLES =
      Key.of(
          "capture.tables",
          Types.listOf(
              EntryType.withoutDefault(
                  "a rule for tables",
                  TABLE_KEYS,
                  values ->
                      new CaptureSettings.TableRule(
                          values.get(TABLE_MATCH),
                          values.get(TABLE_EXCLUDE),
                          values.get(TABLE_KEY),
                          values.get(TABLE_COLUMNS),
                          values.get(TABLE_OLD_ROW)))),
          CaptureSettings.DEFAULTS.tables(),
          CaptureSettings.class,
          "Which tables are captured; the first rule that matches a table decides.",
          "[{match: public.orders}]");

  static final Key<Optional<Boolean>> FEED_ENABLED =
      Key.of(
          "feed.enabled",
          Types.nullable(Types.yesOrNo()),
          FEED.enabled(),
          FeedSettings.class,
          "Whether row changes are kept as an ordered log; null: when live.tables exposes any.",
          "true");
  static final Key<Integer> FEED_MAX_LENGTH =
      Key.of(
          "feed.max-length",
          Types.number(),
          FEED.maxLength(),
          FeedSettings.class,
          "Entries of the log kept in Redis; one holds up to 1,000 changes.",
          "100000");
  static final Key<Duration> FEED_MAX_AGE =
      Key.of(
          "feed.max-age",
          Types.duration(),
          FEED.maxAge(),
          FeedSettings.class,
          "How long an entry is kept in Redis.",
          "1h");
  static final Key<DataSize> FEED_MAX_BYTES =
      Key.of(
          "feed.max-bytes",
          Types.size(),
          FEED.maxBytes(),
          FeedSettings.class,
          "Bytes of events kept in Redis, which needs about a tenth more.",
          "1GiB");
  static final Key<DataSize> FEED_MEMORY =
      Key.of(
          "feed.memory",
          Types.size(),
          FEED.memory(),
          FeedSettings.class,
          "Recent entries each node keeps, from which it serves readers; without Redis, all of the"
              + " log.",
          "16MiB");

  /** The operator's own filters have other limits than a stranger's. */
  private static final FilterSettings RULES = new FilterSettings(1 << 16, 1000, 10_000);

  static final Key<List<Glob>> LIVE_MATCH =
      Key.required(
          "match",
          Types.listOf(Types.glob()),
          LiveRule.class,
          "Tables, as schema.name.",
          "public.orders");
  static final Key<List<Glob>> LIVE_EXCLUDE =
      Key.of(
          "exclude",
          Types.listOf(Types.glob()),
          List.of(),
          LiveRule.class,
          "Tables that match and are left out all the same.",
          "[public.secrets]");
  static final Key<List<String>> LIVE_COLUMNS =
      Key.of(
          "columns",
          Types.listOf(Types.text("the name of a column")),
          List.of(),
          LiveRule.class,
          "Columns that are shown, beside the key; empty for all that are captured.",
          "[id, status]");
  static final Key<FacilityRule.Audience> LIVE_REQUIRE =
      Key.of(
          "require",
          Types.parsed("anyone | authenticated | group:NAME", Keys::audience, Keys::written),
          new Anyone(),
          LiveRule.class,
          "Who may read them.",
          "authenticated");
  static final Key<String> LIVE_ROWS =
      Key.of(
          "rows",
          Types.parsed("a row filter", Keys::rowRule, rule -> rule),
          "",
          LiveRule.class,
          "Which rows they may read: a filter as at /live, with {user}, {user.id}, {groups} and"
              + " {claims.NAME} for what is known of them; empty for all.",
          "owner=eq.{user.id}");
  private static final List<Key<?>> LIVE_KEYS =
      List.of(LIVE_MATCH, LIVE_EXCLUDE, LIVE_COLUMNS, LIVE_REQUIRE, LIVE_ROWS);
  static final Key<List<LiveRule>> LIVE_TABLES =
      Key.of(
          "live.tables",
          Types.listOf(
              EntryType.withoutDefault(
                  "a rule for tables",
                  LIVE_KEYS,
                  values ->
                      new LiveRule(
                          values.get(LIVE_MATCH),
                          values.get(LIVE_EXCLUDE),
                          values.get(LIVE_COLUMNS),
                          values.get(LIVE_REQUIRE),
                          values.get(LIVE_ROWS)))),
          LiveSettings.DEFAULTS.tables(),
          LiveSettings.class,
          "Which tables' changes may be read at /live; the first rule that matches a table decides,"
              + " and a table without one is not there.",
          "[{match: public.orders, columns: [id, status]}]");
  static final Key<Duration> LIVE_HEARTBEAT =
      Key.of(
          "live.heartbeat",
          Types.duration(),
          LiveSettings.DEFAULTS.heartbeat(),
          LiveSettings.class,
          "How often a stream or a WebSocket on which nothing happens says where it is.",
          "10s");
  static final Key<Integer> LIVE_MAX_SUBSCRIPTIONS =
      Key.of(
          "live.max-subscriptions",
          Types.number(),
          LiveLimits.DEFAULTS.maxSubscriptions(),
          LiveLimits.class,
          "How many tables and facilities one WebSocket at /live may listen to.",
          "20");
  static final Key<DataSize> LIVE_MAX_REPLAY =
      Key.of(
          "live.max-replay",
          Types.size(),
          LiveLimits.DEFAULTS.maxReplay(),
          LiveLimits.class,
          "Bytes of the log that are read for a subscription that goes on from a position; beyond"
              + " it, it is told to reload.",
          "16MiB");
  static final Key<Integer> LIVE_RETURNS =
      Key.of(
          "live.returns-per-second",
          Types.number(),
          LiveLimits.DEFAULTS.returnsPerSecond(),
          LiveLimits.class,
          "WebSockets at /live that are ended are told to come back spread over the time that this"
              + " rate gives.",
          "200");

  static final Key<Integer> LIVE_FILTER_MAX_SIZE =
      Key.of(
          "live.filter.max-size",
          Types.number(),
          FilterSettings.DEFAULTS.maxSize(),
          FilterSettings.class,
          "Characters of one row filter.",
          "1000");
  static final Key<Integer> LIVE_FILTER_MAX_TERMS =
      Key.of(
          "live.filter.max-terms",
          Types.number(),
          FilterSettings.DEFAULTS.maxTerms(),
          FilterSettings.class,
          "Comparisons in one row filter.",
          "10");
  static final Key<Integer> LIVE_FILTER_MAX_VALUES =
      Key.of(
          "live.filter.max-values",
          Types.number(),
          FilterSettings.DEFAULTS.maxValues(),
          FilterSettings.class,
          "Values of one in.(…).",
          "100");

  static final Key<DataSize> LIVE_SNAPSHOT_MAX_SIZE =
      Key.of(
          "live.snapshot.max-size",
          Types.size(),
          LiveSettings.DEFAULTS.maxSnapshot(),
          LiveSettings.class,
          "How large the rows of one reader may be that begins with since=snapshot; kept in a file"
              + " while a slow client takes them.",
          "64MiB");

  static final Key<List<Glob>> ROUTE_TABLES =
      Key.required(
          "tables",
          Types.listOf(Types.glob()),
          RouteSettings.class,
          "Tables, as schema.name.",
          "public.rodan_*");
  static final Key<List<Glob>> ROUTE_EXCLUDE =
      Key.of(
          "exclude",
          Types.listOf(Types.glob()),
          List.of(),
          RouteSettings.class,
          "Tables that match and are left out all the same.",
          "[public.rodan_tempauthtoken]");
  static final Key<String> ROUTE_FACILITY =
      Key.required(
          "facility",
          Types.text("a text"),
          RouteSettings.class,
          "The facility that hears of them.",
          "rodan");
  static final Key<String> ROUTE_AUDIENCE =
      Key.of(
          "audience",
          Types.text("broadcast, group:NAME, user:NAME or session:KEY"),
          "broadcast",
          RouteSettings.class,
          "Who of the facility.",
          "group:staff");
  static final Key<RouteSettings.Format> ROUTE_FORMAT =
      Key.of(
          "format",
          Types.word(RouteSettings.Format.class),
          RouteSettings.Format.JSON,
          RouteSettings.class,
          "How a change is written: rodan, as Rodan's own trigger writes it, or json.",
          "rodan");
  private static final List<Key<?>> ROUTE_KEYS =
      List.of(ROUTE_TABLES, ROUTE_EXCLUDE, ROUTE_FACILITY, ROUTE_AUDIENCE, ROUTE_FORMAT);
  static final Key<List<RouteSettings>> ROUTES =
      Key.of(
          "routes",
          Types.listOf(
              EntryType.withoutDefault(
                  "a route",
                  ROUTE_KEYS,
                  values ->
                      new RouteSettings(
                          values.get(ROUTE_TABLES),
                          values.get(ROUTE_EXCLUDE),
                          Topic.of(values.get(ROUTE_AUDIENCE), values.get(ROUTE_FACILITY)),
                          values.get(ROUTE_FORMAT)))),
          List.of(),
          RouteSettings.class,
          "Which changes become messages of which facility; a change takes every route that"
              + " matches.",
          "[{tables: public.orders, facility: orders}]");

  static final Key<String> WEBSOCKET_PATH =
      Key.of(
          "websocket.path",
          Types.text("a path that begins and ends with a slash"),
          WEB_SOCKET.path(),
          WebSocketSettings.class,
          "Before the facility in a client's URL.",
          "/live/ws/");
  static final Key<Optional<String>> WEBSOCKET_HEARTBEAT =
      Key.of(
          "websocket.heartbeat",
          Types.nullable(Types.text("a text")),
          WEB_SOCKET.heartbeat(),
          WebSocketSettings.class,
          "The text sent as a frame every few seconds, and dropped when a client sends it.",
          "\"--heartbeat--\"");
  static final Key<Duration> WEBSOCKET_HEARTBEAT_EVERY =
      Key.of(
          "websocket.heartbeat-every",
          Types.duration(),
          WEB_SOCKET.heartbeatEvery(),
          WebSocketSettings.class,
          "How often; ws4redis's clients count on at most 4 s.",
          "2s");
  static final Key<Duration> WEBSOCKET_PING_EVERY =
      Key.of(
          "websocket.ping-every",
          Types.duration(),
          WEB_SOCKET.pingEvery(),
          WebSocketSettings.class,
          "How often a WebSocket ping is sent; a client silent for twice as long is gone.",
          "1m");
  static final Key<List<String>> WEBSOCKET_ORIGINS =
      Key.of(
          "websocket.origins",
          Types.listOf(Types.parsed("same, any, or an origin", Keys::origin, origin -> origin)),
          WEB_SOCKET.origins().allowed(),
          WebSocketSettings.class,
          "Pages from which a browser may connect: of the same host, any, or those listed.",
          "[same, \"https://app.example.org\"]");
  static final Key<DataSize> WEBSOCKET_MAX_MESSAGE =
      Key.of(
          "websocket.max-message",
          Types.size(),
          WEB_SOCKET.maxMessage(),
          WebSocketSettings.class,
          "The largest message a client may send; beyond it the connection ends with 1009.",
          "1MiB");
  static final Key<Integer> WEBSOCKET_MESSAGES_PER_SECOND =
      Key.of(
          "websocket.messages-per-second",
          Types.number(),
          WEB_SOCKET.messagesPerSecond(),
          WebSocketSettings.class,
          "Frames a client may send, four seconds' worth at once; beyond it 1008; 0 for no limit.",
          "100");
  static final Key<Integer> WEBSOCKET_PINGS_PER_SECOND =
      Key.of(
          "websocket.pings-per-second",
          Types.number(),
          WEB_SOCKET.pingsPerSecond(),
          WebSocketSettings.class,
          "Pings a client may send, four seconds' worth at once; beyond it 1008; 0 for no limit.",
          "1");
  static final Key<Boolean> WEBSOCKET_ALLOW_UNMASKED =
      Key.of(
          "websocket.allow-unmasked",
          Types.yesOrNo(),
          WEB_SOCKET.allowUnmasked(),
          WebSocketSettings.class,
          "Accepts client frames without a mask, which RFC 6455 forbids; for old load testers"
              + " only.",
          "true");
  static final Key<Boolean> WEBSOCKET_COMPRESSION =
      Key.of(
          "websocket.compression",
          Types.yesOrNo(),
          WEB_SOCKET.compression(),
          WebSocketSettings.class,
          "Offers permessage-deflate without context takeover.",
          "true");
  static final Key<DataSize> OUTBOX_MAX_BYTES =
      Key.of(
          "websocket.outbox.max-bytes",
          Types.size(),
          WEB_SOCKET.outbox().maxBytes(),
          OutboxSettings.class,
          "What may wait here for one client that reads slowly.",
          "256KiB");
  static final Key<Duration> OUTBOX_MAX_AGE =
      Key.of(
          "websocket.outbox.max-age",
          Types.duration(),
          WEB_SOCKET.outbox().maxAge(),
          OutboxSettings.class,
          "How long nothing of it may move before the client counts as too slow.",
          "1m");
  static final Key<OutboxSettings.WhenFull> OUTBOX_WHEN_FULL =
      Key.of(
          "websocket.outbox.when-full",
          Types.word(OutboxSettings.WhenFull.class),
          WEB_SOCKET.outbox().whenFull(),
          OutboxSettings.class,
          "Past that: end the connection, or keep only the latest message of each topic.",
          "latest");
  static final Key<List<Glob>> OUTBOX_LATEST =
      Key.of(
          "websocket.outbox.latest",
          Types.listOf(Types.glob()),
          WEB_SOCKET.outbox().latest(),
          OutboxSettings.class,
          "Facilities for which latest holds whatever when-full says.",
          "[progress-*]");

  static final Key<List<Glob>> FACILITY_MATCH =
      Key.required("match", Types.listOf(Types.glob()), FacilityRule.class, "Facilities.", "rodan");
  static final Key<FacilityRule.Audience> FACILITY_FOR =
      Key.of(
          "for",
          Types.parsed("anyone | authenticated | group:NAME", Keys::audience, Keys::written),
          new Anyone(),
          FacilityRule.class,
          "To whom the entry grants.",
          "group:staff");
  static final Key<FacilityRule.Otherwise> FACILITY_OTHERWISE =
      Key.of(
          "otherwise",
          Types.word(FacilityRule.Otherwise.class),
          FacilityRule.Otherwise.DROP,
          FacilityRule.class,
          "What becomes of a parameter that is not granted: dropped silently as in ws4redis, or"
              + " the handshake refused with 403.",
          "refuse");
  static final Key<Set<Permission>> FACILITY_ALLOW =
      Key.required(
          "allow",
          Types.words(Permission.class),
          FacilityRule.class,
          "The parameters that are granted.",
          "[subscribe-broadcast]");
  private static final List<Key<?>> FACILITY_KEYS =
      List.of(FACILITY_MATCH, FACILITY_FOR, FACILITY_OTHERWISE, FACILITY_ALLOW);
  static final Key<List<FacilityRule>> ACCESS_FACILITIES =
      Key.of(
          "access.facilities",
          Types.listOf(
              EntryType.withoutDefault(
                  "a rule for facilities",
                  FACILITY_KEYS,
                  values ->
                      new FacilityRule(
                          values.get(FACILITY_MATCH),
                          values.get(FACILITY_FOR),
                          values.get(FACILITY_OTHERWISE),
                          values.get(FACILITY_ALLOW)))),
          AccessSettings.DEFAULTS.facilities(),
          AccessSettings.class,
          "Who may hear and say what; the first entry that matches decides, and a facility without"
              + " one grants subscribe-broadcast to anyone and publishing to nobody.",
          "[{match: lobby, allow: [subscribe-broadcast, publish-broadcast]}]");

  static final Key<Integer> LIMIT_CONNECTIONS =
      Key.of(
          "limits.connections",
          Types.number(),
          LIMIT.connections(),
          LimitSettings.class,
          "Connections of this process; one more is answered with 503.",
          "5000");
  static final Key<Integer> LIMIT_PER_ADDRESS =
      Key.of(
          "limits.per-address",
          Types.number(),
          LIMIT.perAddress(),
          LimitSettings.class,
          "The same for one client address, or one IPv6 network of 64 bits; loopback is not"
              + " counted.",
          "50");
  static final Key<Integer> LIMIT_PER_USER =
      Key.of(
          "limits.per-user",
          Types.number(),
          LIMIT.perUser(),
          LimitSettings.class,
          "The same for one user.",
          "10");
  static final Key<Integer> LIMIT_HANDSHAKES =
      Key.of(
          "limits.handshakes-per-second",
          Types.number(),
          LIMIT.handshakesPerSecond(),
          LimitSettings.class,
          "How often one client address may ask for a WebSocket, ten seconds' worth at once; 0 for"
              + " no limit; loopback is not counted.",
          "5");
  static final Key<List<Glob>> AT_MOST_MATCH =
      Key.required(
          "match", Types.listOf(Types.glob()), FacilityLimit.class, "Facilities.", "job-*");
  static final Key<Integer> AT_MOST =
      Key.required(
          "at-most",
          Types.number(),
          FacilityLimit.class,
          "How many of them may have listeners on this node.",
          "1000");
  private static final List<Key<?>> AT_MOST_KEYS = List.of(AT_MOST_MATCH, AT_MOST);
  static final Key<List<FacilityLimit>> LIMIT_FACILITIES =
      Key.of(
          "limits.facilities",
          Types.listOf(
              new EntryType<>(
                  "a limit of facilities",
                  AT_MOST_KEYS,
                  values -> new FacilityLimit(values.get(AT_MOST_MATCH), values.get(AT_MOST)),
                  limit ->
                      "{match: "
                          + AT_MOST_MATCH.type().written(limit.match())
                          + ", at-most: "
                          + limit.atMost()
                          + "}")),
          LIMIT.facilities(),
          LimitSettings.class,
          "How many facilities may have listeners; of a facility the first entry that matches"
              + " counts; one more is answered with 503.",
          "[{match: job-*, at-most: 1000}]");
  static final Key<Duration> LIMIT_HANDSHAKE_TIMEOUT =
      Key.of(
          "limits.handshake-timeout",
          Types.duration(),
          LIMIT.request().timeout(),
          RequestLimits.class,
          "From the accepted connection to the end of the handshake.",
          "5s");
  static final Key<DataSize> LIMIT_REQUEST_HEAD =
      Key.of(
          "limits.request-head",
          Types.size(),
          LIMIT.request().head(),
          RequestLimits.class,
          "Request line and headers together; beyond it 431.",
          "16KiB");
  static final Key<Integer> LIMIT_HEADERS =
      Key.of(
          "limits.headers",
          Types.number(),
          LIMIT.request().headers(),
          RequestLimits.class,
          "Number of header lines; beyond it 431.",
          "50");
  static final Key<DataSize> LIMIT_URL =
      Key.of(
          "limits.url",
          Types.size(),
          LIMIT.request().url(),
          RequestLimits.class,
          "Path and query; beyond it 414.",
          "2KiB");
  static final Key<DataSize> LIMIT_REQUEST_BODY =
      Key.of(
          "limits.request-body",
          Types.size(),
          LIMIT.request().body(),
          RequestLimits.class,
          "What a request to the API may send; beyond it 413.",
          "64KiB");

  static final Key<List<Network>> PROXIES_TRUSTED =
      Key.of(
          "proxies.trusted",
          Types.listOf(
              Types.parsed(
                  "a network such as 10.0.0.0/8 or 2001:db8::/32",
                  Network::parse,
                  Network::toString)),
          ProxySettings.DEFAULTS.trusted(),
          ProxySettings.class,
          "Proxies that are believed where a client comes from; everybody else's headers are"
              + " ignored.",
          "[127.0.0.1, 10.0.0.0/8]");
  static final Key<ProxySettings.Header> PROXIES_HEADER =
      Key.of(
          "proxies.header",
          Types.word(ProxySettings.Header.class),
          ProxySettings.DEFAULTS.header(),
          ProxySettings.class,
          "The header these proxies set: X-Forwarded-For with X-Forwarded-Proto, or Forwarded. The"
              + " right-most address that is not trusted itself is the client's.",
          "forwarded");

  static final Key<TransportSettings.Kind> TRANSPORT_KIND =
      Key.of(
          "transport.kind",
          Types.word(TransportSettings.Kind.class),
          SOCKETS.kind(),
          TransportSettings.class,
          "The kernel's interface to sockets.",
          "nio");
  static final Key<Integer> TRANSPORT_LOOPS =
      Key.of(
          "transport.loops",
          Types.number(),
          SOCKETS.loops(),
          TransportSettings.class,
          "Event loops; 0 for one a processor.",
          "2");
  static final Key<Integer> TRANSPORT_BACKLOG =
      Key.of(
          "transport.backlog",
          Types.number(),
          SOCKETS.backlog(),
          TransportSettings.class,
          "Connections the kernel may hold that are not accepted yet.",
          "1024");
  static final Key<DataSize> TRANSPORT_SEND_BUFFER =
      Key.of(
          "transport.send-buffer",
          Types.size(),
          SOCKETS.sendBuffer(),
          TransportSettings.class,
          "SO_SNDBUF of each connection; 0 for the kernel's own tuning.",
          "64KiB");
  static final Key<DataSize> TRANSPORT_UNSENT =
      Key.of(
          "transport.unsent",
          Types.size(),
          SOCKETS.unsent(),
          TransportSettings.class,
          "TCP_NOTSENT_LOWAT of each connection (epoll); 0 for no bound.",
          "16KiB");

  static final Key<Optional<Path>> TLS_CERTIFICATE_FILE =
      Key.of(
          "tls.certificate-file",
          Types.nullable(Types.path()),
          Optional.empty(),
          TlsSettings.class,
          "PEM: the server's certificate, then its chain. With it every address speaks TLS; read"
              + " again when it changes.",
          "/etc/rowcast/fullchain.pem");
  static final Key<Optional<Path>> TLS_KEY_FILE =
      Key.of(
          "tls.key-file",
          Types.nullable(Types.path()),
          Optional.empty(),
          TlsSettings.class,
          "Its private key, PEM in PKCS#8.",
          "/etc/rowcast/privkey.pem");

  static final Key<Optional<Endpoint>> ADMIN_LISTEN =
      Key.of(
          "admin.listen",
          Types.nullable(Types.endpoint()),
          AdminSettings.DEFAULTS.listen(),
          AdminSettings.class,
          "An address of their own for /metrics and /api; null: they are beside the others.",
          "127.0.0.1:8001");
  static final Key<Optional<Secret>> ADMIN_TOKEN =
      Key.of(
          "admin.token",
          Types.nullable(Types.secret()),
          AdminSettings.DEFAULTS.token(),
          AdminSettings.class,
          "What /metrics and /api ask for, as Authorization: Bearer TOKEN; without it there is no"
              + " /api.",
          "@/run/secrets/rowcast-admin");
  static final Key<Optional<Path>> ADMIN_TOKEN_FILE =
      Key.of(
          "admin.token-file",
          Types.nullable(Types.path()),
          Optional.empty(),
          AdminSettings.class,
          "A file that holds the token and nothing else.",
          "/run/secrets/rowcast-admin");

  static final Key<LogSettings.Format> LOG_FORMAT =
      Key.of(
          "log.format",
          Types.word(LogSettings.Format.class),
          LogSettings.DEFAULTS.format(),
          LogSettings.class,
          "For people, or one JSON object a line for programs.",
          "json");
  static final Key<LogSettings.Level> LOG_LEVEL =
      Key.of(
          "log.level",
          Types.word(LogSettings.Level.class),
          LogSettings.DEFAULTS.level(),
          LogSettings.class,
          "From which weight on events are written.",
          "debug");

  /** All keys, in the order of the reference page. */
  static final List<Key<?>> ALL =
      concatenated(
          List.of(
              PROFILE,
              LISTEN,
              DRAIN,
              DATABASE_URL,
              DATABASE_PASSWORD,
              DATABASE_PASSWORD_FILE,
              REDIS_URL,
              REDIS_PASSWORD,
              REDIS_PASSWORD_FILE,
              REDIS_PREFIX,
              REDIS_EXPIRE,
              CAPTURE_MODE,
              CAPTURE_MIGRATE,
              CAPTURE_MAX_ROW,
              CAPTURE_TABLES,
              CAPTURE_WAL_SLOT,
              CAPTURE_WAL_PUBLICATION,
              CAPTURE_WAL_WARN_RETAINED,
              FEED_ENABLED,
              FEED_MAX_LENGTH,
              FEED_MAX_AGE,
              FEED_MAX_BYTES,
              FEED_MEMORY,
              ROUTES,
              WEBSOCKET_PATH,
              WEBSOCKET_HEARTBEAT,
              WEBSOCKET_HEARTBEAT_EVERY,
              WEBSOCKET_PING_EVERY,
              WEBSOCKET_ORIGINS,
              WEBSOCKET_MAX_MESSAGE,
              WEBSOCKET_MESSAGES_PER_SECOND,
              WEBSOCKET_PINGS_PER_SECOND,
              WEBSOCKET_ALLOW_UNMASKED,
              WEBSOCKET_COMPRESSION,
              OUTBOX_MAX_BYTES,
              OUTBOX_MAX_AGE,
              OUTBOX_WHEN_FULL,
              OUTBOX_LATEST,
              ACCESS_FACILITIES),
          AuthKeys.ALL,
          List.of(
              LIVE_TABLES,
              LIVE_HEARTBEAT,
              LIVE_FILTER_MAX_SIZE,
              LIVE_FILTER_MAX_TERMS,
              LIVE_FILTER_MAX_VALUES,
              LIVE_SNAPSHOT_MAX_SIZE,
              LIVE_MAX_SUBSCRIPTIONS,
              LIVE_MAX_REPLAY,
              LIVE_RETURNS,
              LIMIT_CONNECTIONS,
              LIMIT_PER_ADDRESS,
              LIMIT_PER_USER,
              LIMIT_HANDSHAKES,
              LIMIT_FACILITIES,
              LIMIT_HANDSHAKE_TIMEOUT,
              LIMIT_REQUEST_HEAD,
              LIMIT_HEADERS,
              LIMIT_URL,
              LIMIT_REQUEST_BODY,
              PROXIES_TRUSTED,
              PROXIES_HEADER,
              TRANSPORT_KIND,
              TRANSPORT_LOOPS,
              TRANSPORT_BACKLOG,
              TRANSPORT_SEND_BUFFER,
              TRANSPORT_UNSENT,
              TLS_CERTIFICATE_FILE,
              TLS_KEY_FILE,
              ADMIN_LISTEN,
              ADMIN_TOKEN,
              ADMIN_TOKEN_FILE,
              LOG_FORMAT,
              LOG_LEVEL));

  /** The lists of blocks, with the keys of one block. */
  static final Map<Key<?>, List<Key<?>>> ENTRIES =
      Map.of(
          CAPTURE_TABLES,
          TABLE_KEYS,
          ROUTES,
          ROUTE_KEYS,
          ACCESS_FACILITIES,
          FACILITY_KEYS,
          LIVE_TABLES,
          LIVE_KEYS,
          LIMIT_FACILITIES,
          AT_MOST_KEYS);

  private static final Map<String, Key<?>> BY_NAME = new TreeMap<>();
  private static final Map<String, Key<?>> BY_ENVIRONMENT = new TreeMap<>();

  static {
    for (var key : ALL) {
      BY_NAME.put(key.name(), key);
      BY_ENVIRONMENT.put(key.environmentName(), key);
    }
  }

  private Keys() {}

  private static List<Key<?>> concatenated(
      List<Key<?>> first, List<Key<?>> then, List<Key<?>> last) {
    return Stream.of(first, then, last).flatMap(List::stream).toList();
  }

  static Optional<Key<?>> named(String name) {
    return Optional.ofNullable(BY_NAME.get(name));
  }

  static Set<String> names() {
    return BY_NAME.keySet();
  }

  static Optional<Key<?>> ofEnvironment(String name) {
    return Optional.ofNullable(BY_ENVIRONMENT.get(name));
  }

  static Set<String> environmentNames() {
    return BY_ENVIRONMENT.keySet();
  }

  /** Whether keys stand below {@code name}, as {@code database.url} below {@code database}. */
  static boolean isBlock(String name) {
    return name.isEmpty() || names().stream().anyMatch(key -> key.startsWith(name + "."));
  }

  private static String profile(String name) {
    if (!Profile.NAMES.contains(name)) {
      throw new IllegalArgumentException(
          "there is no profile '" + name + "'; there is " + String.join(", ", Profile.NAMES));
    }
    return name;
  }

  private static String origin(String text) {
    return new OriginRules(List.of(text)).allowed().getFirst();
  }

  private static String rowRule(String text) {
    return switch (Filter.parse(text, RULES)) {
      case Filter.Parsed.Refused(var why) -> throw new IllegalArgumentException(why);
      case Filter.Parsed.Accepted(var filter) -> {
        filter.withValues(Keys::known);
        yield text;
      }
    };
  }

  private static List<String> known(String value) {
    if (Holes.isHole(value) && !Holes.isKnown(value)) {
      throw new IllegalArgumentException(
          value + " is not known: there are {user}, {user.id}, {groups} and {claims.NAME}");
    }
    return List.of(value);
  }

  private static FacilityRule.Audience audience(String text) {
    if (text.startsWith("group:") && text.length() > "group:".length()) {
      return new Group(text.substring("group:".length()));
    }
    return switch (text) {
      case "anyone" -> new Anyone();
      case "authenticated" -> new Authenticated();
      default ->
          throw new IllegalArgumentException(
              "'" + text + "' is not one of anyone, authenticated, group:NAME");
    };
  }

  private static String written(FacilityRule.Audience audience) {
    return switch (audience) {
      case Anyone() -> "anyone";
      case Authenticated() -> "authenticated";
      case Group(var name) -> "group:" + name;
    };
  }
}
