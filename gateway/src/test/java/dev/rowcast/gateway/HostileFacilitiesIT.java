package dev.rowcast.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.auth.AccessSettings;
import dev.rowcast.auth.FacilityRule;
import dev.rowcast.base.Endpoint;
import dev.rowcast.base.Glob;
import dev.rowcast.base.Secret;
import dev.rowcast.message.Permission;
import dev.rowcast.redis.RedisSettings;
import dev.rowcast.server.ServerSettings;
import dev.rowcast.testing.Healthy;
import dev.rowcast.testing.RedisProcess;
import dev.rowcast.testing.WireClient;
import dev.rowcast.testing.WireClient.Frame;
import dev.rowcast.testing.WireClient.Silence;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Names chosen by an enemy are names at Redis and nothing else, and disturb nobody. */
@Timeout(120)
final class HostileFacilitiesIT {
  private static final Duration SOON = Duration.ofSeconds(20);

  /** Patterns, hash tags, protocol, quotes, other topics' names, formats, paths, directions. */
  private static final List<String> NAMES =
      List.of(
          "*",
          "[a-z]*",
          "{tag}a",
          "$5 PUBLISH x y",
          "\"quoted\" 'twice'",
          "rowcast:disconnect",
          "user:ann:desk",
          "%s%n${jndi:ldap://x}",
          "../../metrics",
          "a\u2028b\u202ec",
          "\ud83d\ude00",
          " ",
          "x".repeat(1024));

  private static GatewaySettings settings(RedisProcess redis, String prefix) {
    var usual = ServerSettings.DEFAULTS;
    var everything =
        new FacilityRule(
            List.of(new Glob("*")),
            new FacilityRule.Audience.Anyone(),
            FacilityRule.Otherwise.DROP,
            Set.of(Permission.values()));
    return new GatewaySettings(
        Optional.empty(),
        Optional.of(
            new RedisSettings(
                new Secret("redis://127.0.0.1:" + redis.port()),
                Optional.empty(),
                prefix,
                Duration.ofHours(1))),
        Duration.ofHours(1),
        GatewaySettings.DEFAULTS.capture(),
        GatewaySettings.DEFAULTS.feed(),
        List.of(),
        new AccessSettings(List.of(everything)),
        AuthSettings.DEFAULTS,
        GatewaySettings.DEFAULTS.live(),
        new ServerSettings(
            List.of(new Endpoint("127.0.0.1", 0)),
            usual.websocket(),
            usual.limits(),
            usual.proxies(),
            usual.transport(),
            usual.tls(),
            usual.admin(),
            Duration.ZERO));
  }

  private static String path(String facility) {
    return "/ws/" + URLEncoder.encode(facility, UTF_8).replace("+", "%20");
  }

  @Test
  void everyNameHearsItselfAndNothingElse() throws Exception {
    var prefix = "pre fix\r\n*{x}\u001b";
    try (var redis = RedisProcess.start();
        var gateway = new Gateway(settings(redis, prefix))) {
      gateway.start();
      var address = new InetSocketAddress(gateway.endpoint().host(), gateway.endpoint().port());
      var clients = new ArrayList<WireClient>();
      try (var healthy = Healthy.at(address)) {
        for (var name : NAMES) {
          var client = WireClient.open(address);
          clients.add(client);
          assertThat(
                  client
                      .upgrade(path(name) + "?subscribe-broadcast&publish-broadcast&echo")
                      .status())
              .as(name)
              .isEqualTo(101);
        }
        for (int i = 0; i < NAMES.size(); i++) {
          assertThat(heardOf(clients.get(i), "to " + i)).isEqualTo("to " + i);
        }
        for (var client : clients) {
          assertThat(client.next(Duration.ofMillis(50))).isEqualTo(new Silence());
        }
        for (var name : NAMES) {
          assertThat(redis.command("EXISTS", prefix + ":broadcast:" + name)).isEqualTo(":1\r\n");
        }
        assertThat(redis.command("DBSIZE")).isEqualTo(":" + (NAMES.size() + 1) + "\r\n");

        for (var refused : List.of("a%0d%0aPUBLISH%20x", "a%00b", "%1b%5b2J", "%c2%9b", "%ff")) {
          try (var client = WireClient.open(address)) {
            var answer = client.upgrade("/ws/" + refused + "?subscribe-broadcast");
            assertThat(answer.status()).as(refused).isEqualTo(400);
          }
        }
        try (var client = WireClient.open(address)) {
          var metrics = client.request("GET /metrics HTTP/1.1", List.of("Host: x")).body();
          assertThat(metrics.lines())
              .isNotEmpty()
              .allMatch(line ->
                  line.startsWith("# ")
                      || line.matches("[a-zA-Z_:]+(\\{[a-zA-Z0-9_=\",. +-]*})? [0-9.eE+NaInf-]+"));
          assertThat(metrics).doesNotContain("jndi").doesNotContain("tag}a");
        }
        healthy.haveHeardEverything();
      } finally {
        for (var client : clients) {
          client.close();
        }
      }
    }
  }

  /** Says it until it is heard: until then the subscription may not stand at Redis. */
  private static String heardOf(WireClient client, String text) throws IOException {
    var heard = new ArrayList<String>();
    await()
        .atMost(SOON)
        .until(() -> {
          client.text(text);
          if (client.next(Duration.ofMillis(300)) instanceof Frame frame) {
            heard.add(frame.asText());
          }
          return !heard.isEmpty();
        });
    while (client.next(Duration.ofMillis(50)) instanceof Frame frame) {
      heard.add(frame.asText());
    }
    assertThat(heard).containsOnly(text);
    return heard.getFirst();
  }
}
