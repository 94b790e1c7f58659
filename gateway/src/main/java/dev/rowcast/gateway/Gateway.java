package dev.rowcast.gateway;

import dev.rowcast.admin.Disconnects;
import dev.rowcast.admin.OperatorApi;
import dev.rowcast.auth.AccessRules;
import dev.rowcast.auth.AccessSettings;
import dev.rowcast.auth.Identities;
import dev.rowcast.auth.IdentityProvider;
import dev.rowcast.auth.LiveRule;
import dev.rowcast.auth.LiveRules;
import dev.rowcast.auth.jwt.TokenVerifier;
import dev.rowcast.auth.jwt.Tokens;
import dev.rowcast.auth.webhook.Webhook;
import dev.rowcast.base.Endpoint;
import dev.rowcast.base.Lifecycle;
import dev.rowcast.base.Ticker;
import dev.rowcast.bus.Bus;
import dev.rowcast.bus.BusMeters;
import dev.rowcast.bus.LocalBus;
import dev.rowcast.bus.redis.RedisBus;
import dev.rowcast.capture.BatchHandler;
import dev.rowcast.capture.Capture;
import dev.rowcast.capture.CaptureSettings;
import dev.rowcast.capture.migrate.Migration;
import dev.rowcast.capture.triggers.OutboxSettings;
import dev.rowcast.capture.triggers.TriggerCapture;
import dev.rowcast.capture.wal.WalCapture;
import dev.rowcast.capture.wal.WalSettings;
import dev.rowcast.feed.Feed;
import dev.rowcast.feed.FeedListener;
import dev.rowcast.feed.FeedMeters;
import dev.rowcast.feed.LocalFeed;
import dev.rowcast.feed.redis.RedisFeed;
import dev.rowcast.hub.Hub;
import dev.rowcast.lookup.DjangoLookup;
import dev.rowcast.observe.Health;
import dev.rowcast.observe.Metrics;
import dev.rowcast.postgres.Database;
import dev.rowcast.postgres.DatabaseSettings;
import dev.rowcast.relay.FeedRelay;
import dev.rowcast.relay.Relay;
import dev.rowcast.routing.ChangeRouter;
import dev.rowcast.rows.Moments;
import dev.rowcast.rows.Questions;
import dev.rowcast.rows.Snapshots;
import dev.rowcast.rows.Tables;
import dev.rowcast.server.HttpPages;
import dev.rowcast.server.Server;
import dev.rowcast.session.Beginnings;
import dev.rowcast.session.GrantedTables;
import dev.rowcast.session.LiveReaders;
import dev.rowcast.session.LiveSockets;
import dev.rowcast.session.Sessions;
import dev.rowcast.session.ShapeAccess;
import dev.rowcast.shape.ShapeIndex;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All parts of one running gateway, wired: what happened on the left, who hears it on the right.
 *
 * <p>Confined to the thread that starts it.
 */
public final class Gateway implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);

  private final Ticker ticker = Ticker.SYSTEM;
  private final InstantSource clock = InstantSource.system();
  private final RandomGenerator random = RandomGenerator.getDefault();
  private final Health health = new Health();
  private final Metrics metrics = new Metrics();
  private final Lifecycle running = new Lifecycle();

  private final GatewaySettings settings;
  private final AccessRules access;
  private final Identities identities;
  private final Bus bus;
  private final Disconnects disconnects;
  private final Server server;
  private final Optional<Feed> feed;
  private final LiveRules live;
  private Optional<TriggerWatch> triggers = Optional.empty();
  private Optional<LiveSockets> liveSockets = Optional.empty();
  private AccessSettings accessNow;
  private List<LiveRule> rulesNow;

  /** A gateway with its own pages and no others. */
  public Gateway(GatewaySettings settings) {
    this(settings, new HttpPages());
  }

  /** A gateway that also answers {@code pages}. */
  public Gateway(GatewaySettings settings, HttpPages pages) {
    var clients = settings.server().websocket();
    this.settings = settings;
    this.bus = bus();
    var hub = new Hub(bus, clients.heartbeat(), metrics, ticker);
    this.access = new AccessRules(settings.access());
    this.accessNow = settings.access();
    this.rulesNow = settings.live().tables();
    this.identities = identities();
    this.live = new LiveRules(settings.live().tables());
    this.feed = settings.hasFeed() ? Optional.of(feed()) : Optional.empty();
    var sessions = new Sessions(hub, access, identities, metrics, clients, settings.keep(), ticker);
    this.disconnects =
        new Disconnects(sessions, hub, bus, HexFormat.of().toHexDigits(random.nextLong()), metrics);
    this.server =
        new Server(
            sessions, pages.standard(health, metrics), metrics, health, settings.server(), ticker);
    if (settings.server().admin().token().isPresent()) {
      new OperatorApi(hub, server, disconnects, settings.keep()).addTo(pages);
      feed.ifPresent(log -> pages.operatorQuestion("/api/feed", new FeedPage(log)));
    }
  }

  /**
   * Starts everything and returns when connections are accepted. PostgreSQL and Redis may be away:
   * they are waited for in the background.
   *
   * @throws dev.rowcast.server.ServerException when an address cannot be listened on; nothing runs
   *     then
   */
  public void start() {
    try {
      running.started("identities", identities::close);
      bus.start(disconnects);
      running.started("bus", bus::close);
      disconnects.start();
      feed.ifPresent(this::serve);
      server.start();
      running.started("server", server::close);
      settings.database().ifPresentOrElse(this::capture, this::sayNothingIsCaptured);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** The first address connections are accepted at. */
  public Endpoint endpoint() {
    return server.endpoints().getFirst();
  }

  /** The same as a URL. */
  public String url() {
    return (settings.server().tls().isPresent() ? "https://" : "http://") + endpoint();
  }

  /**
   * Takes over what can change while running: the rules of access, for connections to come, what
   * the certificate's files hold, and which tables are captured and what is done about a
   * difference, which is looked at at once.
   *
   * @return the parts that differ and are only taken over by a new start
   */
  public List<String> reload(GatewaySettings next) {
    var differences = accessNow.differences(next.access());
    differences.forEach(difference -> LOG.info("access: {}", difference));
    accessNow = next.access();
    access.replace(next.access());
    live.replace(next.live().tables());
    if (!next.live().tables().equals(rulesNow)) {
      rulesNow = next.live().tables();
      liveSockets.ifPresent(LiveSockets::reconfigured);
    }
    server.reload();
    triggers.ifPresent(watch -> watch.look(next.capture()));
    var later = new ArrayList<String>();
    if (!next.database().equals(settings.database())) {
      later.add("database");
    }
    if (!next.redis().equals(settings.redis()) || !next.keep().equals(settings.keep())) {
      later.add("redis");
    }
    if (!next.capture().wal().equals(settings.capture().wal())) {
      later.add("capture.wal");
    }
    if (!next.feed().equals(settings.feed()) || next.hasFeed() != settings.hasFeed()) {
      later.add("feed");
    }
    if (!next.live().heartbeat().equals(settings.live().heartbeat())
        || !next.live().filter().equals(settings.live().filter())
        || !next.live().maxSnapshot().equals(settings.live().maxSnapshot())
        || !next.live().limits().equals(settings.live().limits())) {
      later.add("live, except live.tables");
    }
    if (!next.routes().equals(settings.routes())) {
      later.add("routes");
    }
    if (!next.auth().equals(settings.auth())) {
      later.add("auth");
    }
    if (!next.server().equals(settings.server())) {
      later.add("listen, drain, websocket, limits, proxies, transport, tls, admin");
    }
    return later;
  }

  /** Stops everything in the reverse order of its start; clients are told to come back. */
  @Override
  public void close() {
    running.close();
  }

  private Bus bus() {
    var meters = new BusMeters(metrics);
    if (settings.redis().isPresent()) {
      return new RedisBus(settings.redis().get(), meters, health.part("redis"), ticker, random);
    }
    LOG.info("no Redis is configured: one node, messages stay in this process's memory");
    return new LocalBus(meters, ticker);
  }

  private Identities identities() {
    var providers = new ArrayList<IdentityProvider>();
    settings
        .auth()
        .django()
        .ifPresent(site -> providers.add(new DjangoLookup(site, clock, ticker)));
    settings
        .auth()
        .jwt()
        .ifPresent(jwt -> providers.add(new Tokens(new TokenVerifier(jwt, clock, ticker), jwt)));
    settings
        .auth()
        .webhook()
        .ifPresent(webhook -> providers.add(new Webhook(webhook, clock, ticker)));
    return new Identities(providers, settings.auth().identities(), clock);
  }

  private Feed feed() {
    var meters = new FeedMeters(metrics);
    return settings
        .redis()
        .<Feed>map(redis ->
            new RedisFeed(redis, settings.feed(), meters, health.part("feed"), ticker, random))
        .orElseGet(() -> new LocalFeed(settings.feed(), meters, ticker, random));
  }

  private void serve(Feed log) {
    var questions = settings.database().map(where -> new Questions(new Database(where)));
    questions.ifPresent(asked -> running.started("rows", asked::close));
    var tables = questions.map(Tables::new);
    tables.ifPresent(columns -> {
      columns.start();
      running.started("columns", columns::close);
    });
    var beginnings =
        questions
            .map(asked ->
                new Beginnings(
                    log,
                    new Snapshots(asked, settings.live().maxSnapshot())::read,
                    new Moments(asked)::seen))
            .orElseGet(() -> Beginnings.withoutRows(log));
    var access = new ShapeAccess(live, tables, settings.live().filter());
    var readers =
        new LiveReaders(
            log,
            live,
            access,
            beginnings,
            identities,
            metrics,
            settings.live().heartbeat(),
            ticker);
    var sockets =
        new LiveSockets(
            log,
            new GrantedTables(access, beginnings),
            new ShapeIndex(),
            metrics,
            settings.live(),
            ticker,
            random);
    server.serve(readers);
    server.serve(sockets);
    log.start(FeedListener.both(readers, sockets));
    liveSockets = Optional.of(sockets);
    running.started("feed", log::close);
  }

  private void capture(DatabaseSettings where) {
    var database = new Database(where);
    watchTriggers(database);
    var capture =
        new InstalledCapture(() -> Migration.installed(database), mode -> capture(mode, database));
    var publishing = new Relay(new ChangeRouter(settings.routes()), bus, metrics, ticker);
    var relay =
        feed.<BatchHandler>map(log -> new FeedRelay(log, publishing, ticker)).orElse(publishing);
    var thread =
        Thread.ofVirtual()
            .name("rowcast-capture")
            .start(() -> {
              try {
                capture.run(relay);
              } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
              }
            });
    running.started(
        "capture",
        () -> {
          capture.close();
          thread.join();
        });
  }

  private Capture capture(CaptureSettings.Mode mode, Database database) {
    var log = settings.capture();
    return switch (mode) {
      case AUTO, TRIGGERS ->
          new TriggerCapture(database, OutboxSettings.DEFAULTS, health, metrics, ticker, random);
      case WAL ->
          new WalCapture(
              database,
              WalSettings.DEFAULTS.with(log.wal().warnRetained(), log.maxRow()),
              health,
              metrics,
              ticker,
              random);
    };
  }

  private void watchTriggers(Database database) {
    var watch =
        new TriggerWatch(
            capture -> new Migration(database, capture),
            settings.capture(),
            health.part("triggers"),
            metrics);
    triggers = Optional.of(watch);
    running.started("triggers", watch::close);
  }

  private void sayNothingIsCaptured() {
    LOG.info("no database is configured: facility messages alone, no row changes");
  }
}
