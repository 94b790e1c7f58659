package dev.rowcast.admin;

import dev.rowcast.auth.AccessRules;
import dev.rowcast.auth.AccessSettings;
import dev.rowcast.auth.FacilityRule;
import dev.rowcast.auth.Identities;
import dev.rowcast.auth.IdentityProvider;
import dev.rowcast.base.DataSize;
import dev.rowcast.base.Endpoint;
import dev.rowcast.base.Glob;
import dev.rowcast.base.Secret;
import dev.rowcast.base.Ticker;
import dev.rowcast.bus.BusMeters;
import dev.rowcast.bus.redis.RedisBus;
import dev.rowcast.hub.Hub;
import dev.rowcast.message.Permission;
import dev.rowcast.observe.Health;
import dev.rowcast.observe.Metrics;
import dev.rowcast.redis.RedisSettings;
import dev.rowcast.server.AdminSettings;
import dev.rowcast.server.HttpPages;
import dev.rowcast.server.LimitSettings;
import dev.rowcast.server.ProxySettings;
import dev.rowcast.server.RequestLimits;
import dev.rowcast.server.Server;
import dev.rowcast.server.ServerSettings;
import dev.rowcast.server.TransportSettings;
import dev.rowcast.session.Sessions;
import dev.rowcast.session.WebSocketSettings;
import dev.rowcast.testing.RedisProcess;
import dev.rowcast.testing.WireClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/** One gateway of several on one Redis, with users by provider; wired as the product wires it. */
final class Node implements AutoCloseable {
  static final String TOKEN = "a-token-for-tests-only";

  final Metrics metrics = new Metrics();
  final Health health = new Health();
  final Server server;
  private final RedisBus bus;
  private final HttpClient http = HttpClient.newHttpClient();
  private final List<WireClient> clients = new ArrayList<>();

  Node(RedisProcess redis, String name, IdentityProvider provider) {
    var keep = Duration.ofMinutes(5);
    bus =
        new RedisBus(
            new RedisSettings(
                new Secret("redis://127.0.0.1:" + redis.port()), Optional.empty(), "app", keep),
            new BusMeters(metrics),
            health.part("redis"),
            Ticker.SYSTEM,
            RandomGenerator.getDefault());
    var hub = new Hub(bus, Optional.empty(), metrics, Ticker.SYSTEM);
    var everything =
        new FacilityRule(
            List.of(new Glob("*")),
            new FacilityRule.Audience.Anyone(),
            FacilityRule.Otherwise.DROP,
            Set.of(Permission.values()));
    var sessions =
        new Sessions(
            hub,
            new AccessRules(new AccessSettings(List.of(everything))),
            new Identities(List.of(provider)),
            metrics,
            WebSocketSettings.DEFAULTS,
            keep,
            Ticker.SYSTEM);
    var disconnects = new Disconnects(sessions, hub, bus, name, metrics);
    var pages = new HttpPages().standard(health, metrics);
    server = new Server(sessions, pages, metrics, health, settings(), Ticker.SYSTEM);
    new OperatorApi(hub, server, disconnects, keep).addTo(pages);
    bus.start(disconnects);
    disconnects.start();
    server.start();
  }

  private static ServerSettings settings() {
    var limits = LimitSettings.DEFAULTS;
    var request = limits.request();
    return new ServerSettings(
        List.of(new Endpoint("127.0.0.1", 0)),
        WebSocketSettings.DEFAULTS,
        new LimitSettings(
            limits.connections(),
            limits.perAddress(),
            limits.perUser(),
            limits.handshakesPerSecond(),
            limits.facilities(),
            new RequestLimits(
                request.timeout(),
                request.head(),
                request.headers(),
                request.url(),
                DataSize.ofKibibytes(64))),
        ProxySettings.DEFAULTS,
        TransportSettings.DEFAULTS,
        Optional.empty(),
        new AdminSettings(Optional.of(new Secret(TOKEN)), Optional.empty()),
        Duration.ZERO);
  }

  /** Where it listens. */
  InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port());
  }

  /** A connection that has said nothing yet. */
  WireClient open() throws IOException {
    var client = WireClient.open(address());
    clients.add(client);
    return client;
  }

  /** The WebSocket of a user. */
  WireClient connect(String target, String user) throws IOException {
    var client = open();
    var answer = client.upgrade(target, "X-User: " + user, "Cookie: sessionid=key-of-" + user);
    if (answer.status() != 101) {
      throw new AssertionError("no WebSocket: " + answer);
    }
    return client;
  }

  HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
    return http.send(
        request(path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return http.send(request(path).build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
        .header("Authorization", "Bearer " + TOKEN)
        .timeout(Duration.ofSeconds(30));
  }

  @Override
  public void close() throws IOException {
    for (var client : clients) {
      client.close();
    }
    http.close();
    server.close();
    bus.close();
  }
}
