package dev.rowcast.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.auth.AccessRules;
import dev.rowcast.auth.AccessSettings;
import dev.rowcast.auth.Identities;
import dev.rowcast.base.Endpoint;
import dev.rowcast.base.Ticker;
import dev.rowcast.bus.BusMeters;
import dev.rowcast.bus.LocalBus;
import dev.rowcast.hub.Hub;
import dev.rowcast.observe.Health;
import dev.rowcast.observe.Metrics;
import dev.rowcast.session.Sessions;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Pages see the request, and are asked only by the methods they answer to. */
final class HttpPagesIT {
  private final Metrics metrics = new Metrics();
  private final LocalBus bus = new LocalBus(new BusMeters(metrics), Ticker.SYSTEM);
  private final Server server = server();
  private final HttpClient client = HttpClient.newHttpClient();

  @BeforeEach
  void start() {
    server.start();
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
    bus.close();
  }

  @Test
  void aPageAnswersGetWithItsText() throws Exception {
    var answer = ask("GET", "/plain?ignored");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("plain\n");
    assertThat(ask("POST", "/plain").headers().firstValue("allow")).contains("GET, HEAD");
  }

  @Test
  void aResourceSeesQueryAndHeaders() throws Exception {
    assertThat(ask("GET", "/echo?a=1&b=%20").body()).isEqualTo("GET a=1&b=%20 yes\n");
    assertThat(ask("HEAD", "/echo").body()).isEmpty();
  }

  @Test
  void anActionAnswersPostOnly() throws Exception {
    assertThat(ask("POST", "/change?uuid=1").body()).isEqualTo("POST uuid=1 yes\n");
    var refused = ask("GET", "/change?uuid=1");
    assertThat(refused.statusCode()).isEqualTo(405);
    assertThat(refused.headers().firstValue("allow")).contains("POST");
  }

  private HttpResponse<String> ask(String method, String target)
      throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + target))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .header("X-Asked", "yes")
            .timeout(Duration.ofSeconds(20))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private Server server() {
    var settings = ServerSettings.DEFAULTS;
    HttpPages.Resource echo =
        request ->
            HttpPages.Reply.text(
                200,
                request.method()
                    + " "
                    + request.query()
                    + " "
                    + request.single("x-asked").orElse("no"));
    var pages =
        new HttpPages()
            .page("/plain", () -> HttpPages.Reply.text(200, "plain"))
            .resource("/echo", echo)
            .action("/change", echo);
    var hub = new Hub(bus, settings.websocket().heartbeat(), metrics, Ticker.SYSTEM);
    return new Server(
        new Sessions(
            hub,
            new AccessRules(AccessSettings.DEFAULTS),
            Identities.NONE,
            metrics,
            settings.websocket(),
            Duration.ZERO,
            Ticker.SYSTEM),
        pages,
        metrics,
        new Health(),
        new ServerSettings(
            List.of(new Endpoint("127.0.0.1", 0)),
            settings.websocket(),
            settings.limits(),
            settings.proxies(),
            settings.transport(),
            settings.tls(),
            settings.admin(),
            Duration.ZERO),
        Ticker.SYSTEM);
  }
}
