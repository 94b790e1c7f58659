package dev.rowcast.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rowcast.auth.AccessRules;
import dev.rowcast.auth.AccessSettings;
import dev.rowcast.auth.FacilityRule;
import dev.rowcast.auth.Identities;
import dev.rowcast.auth.IdentityProvider;
import dev.rowcast.base.DataSize;
import dev.rowcast.base.Endpoint;
import dev.rowcast.base.Glob;
import dev.rowcast.base.Ticker;
import dev.rowcast.bus.BusMeters;
import dev.rowcast.bus.LocalBus;
import dev.rowcast.hub.Hub;
import dev.rowcast.message.Permission;
import dev.rowcast.message.Topic;
import dev.rowcast.observe.Health;
import dev.rowcast.observe.Metrics;
import dev.rowcast.session.LiveReaders;
import dev.rowcast.session.OutboxSettings;
import dev.rowcast.session.Sessions;
import dev.rowcast.session.WebSocketSettings;
import dev.rowcast.testing.Healthy;
import dev.rowcast.testing.WireClient;
import io.netty.util.ResourceLeakDetector;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A whole server in this process, on the in-process bus, wired as the product wires it. */
final class Rig implements AutoCloseable {
  static final WebSocketSettings WEBSOCKET =
      new WebSocketSettings(
          "/ws/",
          Optional.of("--heartbeat--"),
          Duration.ofSeconds(4),
          Duration.ofSeconds(25),
          WebSocketSettings.DEFAULTS.origins(),
          DataSize.ofKibibytes(64),
          1000,
          10,
          false,
          false,
          new OutboxSettings(
              DataSize.ofKibibytes(256),
              Duration.ofSeconds(30),
              OutboxSettings.WhenFull.CLOSE,
              List.of()));

  static {
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
  }

  final Metrics metrics = new Metrics();
  final Health health = new Health();
  final LocalBus bus = new LocalBus(new BusMeters(metrics), Ticker.SYSTEM);
  final HttpPages pages = new HttpPages().standard(health, metrics);
  final Server server;
  private final List<WireClient> clients = new ArrayList<>();

  Rig() {
    this(WEBSOCKET);
  }

  Rig(LimitSettings limits) {
    this(settings(WEBSOCKET, limits, TransportSettings.DEFAULTS, Duration.ZERO), Identities.NONE);
  }

  Rig(WebSocketSettings websocket) {
    this(
        settings(websocket, LimitSettings.DEFAULTS, TransportSettings.DEFAULTS, Duration.ZERO),
        Identities.NONE);
  }

  Rig(IdentityProvider provider) {
    this(
        settings(WEBSOCKET, LimitSettings.DEFAULTS, TransportSettings.DEFAULTS, Duration.ZERO),
        new Identities(List.of(provider)));
  }

  Rig(TransportSettings transport, Duration drain) {
    this(settings(WEBSOCKET, LimitSettings.DEFAULTS, transport, drain), Identities.NONE);
  }

  /** So many connections, and this time for a handshake; else the defaults. */
  static LimitSettings limits(int connections, Duration handshake) {
    var usual = LimitSettings.DEFAULTS;
    var request = usual.request();
    return new LimitSettings(
        connections,
        usual.perAddress(),
        usual.perUser(),
        usual.handshakesPerSecond(),
        usual.facilities(),
        new RequestLimits(
            handshake, request.head(), request.headers(), request.url(), request.body()));
  }

  /** Any free port, these limits. */
  static ServerSettings settings(LimitSettings limits) {
    return settings(WEBSOCKET, limits, TransportSettings.DEFAULTS, Duration.ZERO);
  }

  /** With a feed to be read at {@code /live}. */
  Rig(Duration drain, Function<Rig, LiveReaders> live) {
    this(
        settings(WEBSOCKET, LimitSettings.DEFAULTS, TransportSettings.DEFAULTS, drain),
        Identities.NONE,
        live);
  }

  private static ServerSettings settings(
      WebSocketSettings websocket,
      LimitSettings limits,
      TransportSettings transport,
      Duration drain) {
    return new ServerSettings(
        List.of(new Endpoint("127.0.0.1", 0)),
        websocket,
        limits,
        ProxySettings.DEFAULTS,
        transport,
        Optional.empty(),
        AdminSettings.DEFAULTS,
        drain);
  }

  Rig(ServerSettings settings, Identities identities) {
    this(settings, identities, null);
  }

  private Rig(
      ServerSettings settings, Identities identities, @Nullable Function<Rig, LiveReaders> live) {
    var websocket = settings.websocket();
    var hub = new Hub(bus, websocket.heartbeat(), metrics, Ticker.SYSTEM);
    bus.start(hub);
    var members =
        new FacilityRule(
            List.of(new Glob("members")),
            new FacilityRule.Audience.Authenticated(),
            FacilityRule.Otherwise.REFUSE,
            Set.of(Permission.values()));
    var everything =
        new FacilityRule(
            List.of(new Glob("*")),
            new FacilityRule.Audience.Anyone(),
            FacilityRule.Otherwise.DROP,
            Set.of(Permission.values()));
    var sessions =
        new Sessions(
            hub,
            new AccessRules(new AccessSettings(List.of(members, everything))),
            identities,
            metrics,
            websocket,
            Duration.ofHours(1),
            Ticker.SYSTEM);
    server = new Server(sessions, pages, metrics, health, settings, Ticker.SYSTEM);
    if (live != null) {
      server.serve(live.apply(this));
    }
    server.start();
  }

  /** A connection that has said nothing yet. */
  WireClient open() throws IOException {
    return open(server.port());
  }

  /** The same, to be closed by whoever asked; any thread may. */
  WireClient unmanaged() throws IOException {
    return WireClient.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
  }

  WireClient open(int port) throws IOException {
    var client = WireClient.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    clients.add(client);
    return client;
  }

  /** A WebSocket. */
  WireClient connect(String target) throws IOException {
    var client = open();
    var answer = client.upgrade(target);
    if (answer.status() != 101) {
      throw new AssertionError("no WebSocket: " + answer);
    }
    return client;
  }

  /** Clients who hear everything while others misbehave. */
  Healthy healthy() throws IOException {
    return new Healthy(this::connect, text -> publish(Healthy.FACILITY, text));
  }

  void publish(String facility, String text) {
    bus.publish(Topic.broadcast(facility), text.getBytes(UTF_8), Duration.ZERO)
        .toCompletableFuture()
        .join();
  }

  /** The value of a metric, as a scrape shows it. */
  double metric(String name) {
    return metrics
        .scrape()
        .lines()
        .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  @Override
  public void close() throws IOException {
    for (var client : clients) {
      client.close();
    }
    server.close();
    bus.close();
  }
}
