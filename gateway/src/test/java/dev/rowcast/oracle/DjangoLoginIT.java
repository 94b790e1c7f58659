package dev.rowcast.oracle;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.embedded.EmbeddedPostgres;
import dev.rowcast.embedded.EmbeddedRedis;
import dev.rowcast.embedded.RedisOptions;
import dev.rowcast.testing.OutboxDatabase;
import dev.rowcast.testing.RedisWire;
import dev.rowcast.testing.WireClient;
import dev.rowcast.testing.WireClient.Frame;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * People log in to a real Django over its login view; their cookies open the channels of their
 * user, their groups and their session here, and nobody else's.
 */
final class DjangoLoginIT {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final String EVERYTHING =
      "?subscribe-user&subscribe-group&subscribe-session&subscribe-broadcast";

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  static Path folder;

  private static EmbeddedRedis redis;
  private static EmbeddedPostgres postgres;

  private final List<WireClient> sockets = new ArrayList<>();

  @BeforeAll
  static void start() {
    redis = EmbeddedRedis.start(RedisOptions.DEFAULTS);
    postgres = OutboxDatabase.server();
  }

  @AfterAll
  static void stop() {
    redis.close();
    postgres.close();
  }

  private static String yaml(LoginSite.Kind kind, OutboxDatabase database) {
    return """
    listen: 127.0.0.1:0
    redis: { url: "redis://127.0.0.1:%1$d/0" }
    access:
      facilities:
        - match: members
          for: authenticated
          otherwise: refuse
          allow: [subscribe-user]
        - match: "*"
          allow: [subscribe-broadcast, subscribe-group, subscribe-user, subscribe-session]
    auth:
      recheck: 1s
      django:
        engine: %2$s
        redis-url: "redis://127.0.0.1:%1$d/3"
        database-url: "%3$s"
        secret-key: a secret of the login site
        groups: %4$s
        cache: 100ms
    """
        .formatted(
            redis.port(),
            kind.isInRedis() ? "redis" : "database",
            postgres.url(database.name()),
            kind.hasWs4redis() ? "session" : "tables");
  }

  private static InetSocketAddress redisAddress() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), redis.port());
  }

  private WireClient connect(ServerUnderTest server, String target, String... cookie)
      throws IOException {
    var client = WireClient.open(server.address());
    sockets.add(client);
    assertThat(client.upgrade(target, cookie).status()).isEqualTo(101);
    return client;
  }

  private static String cookie(LoginSite.Visitor visitor) {
    return "Cookie: csrftoken=x; sessionid=" + visitor.sessionKey();
  }

  @ParameterizedTest
  @EnumSource(LoginSite.Kind.class)
  void aRealLoginOpensOnesOwnChannelsUntilItEnds(LoginSite.Kind kind) throws IOException {
    var database = OutboxDatabase.empty(postgres);
    var where = "127.0.0.1:" + postgres.port() + ":postgres:" + database.name();
    try (var site = LoginSite.start(kind, folder, where, redis.port());
        var server = RowcastServer.start(yaml(kind, database));
        var wire = RedisWire.open(redisAddress())) {
      var ann = site.login("ann");
      var annAtHome = site.login("ann");
      var bob = site.login("bob");
      var carol = site.login("carol");
      var facility = "desk-" + kind;
      var target = "/ws/" + facility + EVERYTHING;
      var annsSocket = connect(server, target, cookie(ann));
      var annsOther = connect(server, target, cookie(annAtHome));
      var bobsSocket = connect(server, target, cookie(bob));
      var carolsSocket = connect(server, target, cookie(carol));
      var stranger = connect(server, target);
      for (var channel :
          List.of(
              "user:ann:",
              "user:bob:",
              "user:carol:",
              "group:staff:",
              "group:night shift:",
              "session:" + ann.sessionKey() + ":",
              "session:" + bob.sessionKey() + ":",
              "broadcast:")) {
        await(channel).atMost(SOON).until(() -> wire.subscribers(channel + facility) == 1);
      }

      say(site, kind, wire, facility, "user:ann", "for ann");
      wire.call("PUBLISH", "user:bob:" + facility, "for bob");
      wire.call("PUBLISH", "group:staff:" + facility, "for staff");
      wire.call("PUBLISH", "group:night shift:" + facility, "for the night shift");
      wire.call("PUBLISH", "session:" + ann.sessionKey() + ":" + facility, "for ann here");
      wire.call("PUBLISH", "session:" + bob.sessionKey() + ":" + facility, "for bob here");
      wire.call("PUBLISH", "user:None:" + facility, "for nobody");
      wire.call("PUBLISH", "user::" + facility, "for nobody");
      wire.call("PUBLISH", "broadcast:" + facility, "for all");

      assertThat(heard(annsSocket))
          .containsExactly(
              "for ann", "for staff", "for the night shift", "for ann here", "for all");
      assertThat(heard(annsOther))
          .containsExactly("for ann", "for staff", "for the night shift", "for all");
      assertThat(heard(bobsSocket))
          .containsExactly("for bob", "for staff", "for bob here", "for all");
      assertThat(heard(carolsSocket)).containsExactly("for all");
      assertThat(heard(stranger)).containsExactly("for all");

      var annsCookie = cookie(ann);
      ann.logout();
      assertThat(closeCode(annsSocket)).isEqualTo(4403);
      site.run("password", "bob", "another secret", "deactivate", "carol");
      assertThat(closeCode(bobsSocket)).isEqualTo(4403);
      assertThat(closeCode(carolsSocket)).isEqualTo(4403);

      assertThat(members(server, annsCookie)).isEqualTo(403);
      assertThat(members(server, cookie(bob))).isEqualTo(403);
      assertThat(members(server, cookie(carol))).isEqualTo(403);
      assertThat(members(server, cookie(annAtHome))).isEqualTo(101);
      assertThat(members(server, "Cookie: sessionid=" + "x".repeat(32))).isEqualTo(403);
      assertThat(annsOther.next(Duration.ofMillis(1))).isInstanceOf(WireClient.Silence.class);
    } finally {
      for (var socket : sockets) {
        socket.close();
      }
    }
  }

  /** By ws4redis's own publisher where there is one. */
  private static void say(
      LoginSite site,
      LoginSite.Kind kind,
      RedisWire wire,
      String facility,
      String audience,
      String text)
      throws IOException {
    if (kind.hasWs4redis()) {
      site.run("publish", facility, audience, text);
    } else {
      wire.call("PUBLISH", audience + ":" + facility, text);
    }
  }

  private int members(ServerUnderTest server, String cookie) throws IOException {
    var client = WireClient.open(server.address());
    sockets.add(client);
    return client.upgrade("/ws/members?subscribe-user", cookie).status();
  }

  /** Everything up to what all hear. */
  private static List<String> heard(WireClient client) throws IOException {
    var heard = new ArrayList<String>();
    while (!heard.contains("for all")) {
      if (!(client.next(SOON) instanceof Frame frame)) {
        break;
      }
      if (frame.opcode() == Frame.TEXT) {
        heard.add(new String(frame.payload(), UTF_8));
      }
    }
    return heard;
  }

  private static int closeCode(WireClient client) throws IOException {
    while (client.next(SOON) instanceof Frame frame) {
      if (frame.closeCode().isPresent()) {
        return frame.closeCode().get();
      }
    }
    return 0;
  }
}
