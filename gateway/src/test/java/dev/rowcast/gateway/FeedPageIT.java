package dev.rowcast.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.base.DataSize;
import dev.rowcast.base.Endpoint;
import dev.rowcast.base.Secret;
import dev.rowcast.feed.FeedSettings;
import dev.rowcast.server.AdminSettings;
import dev.rowcast.server.ServerSettings;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Who is answered at {@code /api/feed}. */
final class FeedPageIT {
  private static final String TOKEN = "a-token-for-tests-only";

  @Test
  void whoHasTheOperatorsTokenIsAnswered() throws Exception {
    try (var gateway = started(Optional.of(new Secret(TOKEN)))) {
      var answer = asked(gateway, "Bearer " + TOKEN);

      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.body()).isEqualTo("{\"error\":\"the feed is not there yet\"}\n");
    }
  }

  @Test
  void whoHasAnotherTokenIsNot() throws Exception {
    try (var gateway = started(Optional.of(new Secret(TOKEN)))) {
      assertThat(asked(gateway, "Bearer another").statusCode()).isEqualTo(401);
    }
  }

  @Test
  void withoutATokenThereIsNoSuchPage() throws Exception {
    try (var gateway = started(Optional.empty())) {
      assertThat(asked(gateway, "Bearer ").statusCode()).isEqualTo(404);
    }
  }

  private static HttpResponse<String> asked(Gateway gateway, String authorization)
      throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create(gateway.url() + "/api/feed"))
            .header("Authorization", authorization)
            .timeout(Duration.ofSeconds(30))
            .build();
    try (var client = HttpClient.newHttpClient()) {
      return client.send(request, HttpResponse.BodyHandlers.ofString());
    }
  }

  private static Gateway started(Optional<Secret> token) {
    var usual = GatewaySettings.DEFAULTS;
    var server = ServerSettings.DEFAULTS;
    var gateway =
        new Gateway(
            new GatewaySettings(
                usual.database(),
                usual.redis(),
                usual.keep(),
                usual.capture(),
                new FeedSettings(
                    Optional.of(true),
                    1000,
                    Duration.ofHours(1),
                    DataSize.ofMebibytes(1),
                    DataSize.ofMebibytes(1)),
                usual.routes(),
                usual.access(),
                usual.auth(),
                usual.live(),
                new ServerSettings(
                    List.of(new Endpoint("127.0.0.1", 0)),
                    server.websocket(),
                    server.limits(),
                    server.proxies(),
                    server.transport(),
                    server.tls(),
                    new AdminSettings(token, Optional.empty()),
                    Duration.ZERO)));
    gateway.start();
    return gateway;
  }
}
