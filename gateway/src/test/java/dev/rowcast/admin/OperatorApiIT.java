package dev.rowcast.admin;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.auth.Identity;
import dev.rowcast.auth.IdentityProvider;
import dev.rowcast.auth.Recognition;
import dev.rowcast.testing.Healthy;
import dev.rowcast.testing.RedisProcess;
import dev.rowcast.testing.WireClient;
import dev.rowcast.testing.WireClient.Ended;
import dev.rowcast.testing.WireClient.Frame;
import dev.rowcast.testing.WireClient.Silence;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two gateways on one Redis, asked and ordered about by HTTP; whoever listens at one to the other
 * hears everything all the while.
 */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class OperatorApiIT {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final IdentityProvider BY_HEADER =
      handshake ->
          handshake
              .header("x-user")
              .<Recognition>map(name ->
                  Recognition.Known.lasting(
                      new Identity(
                          Optional.of(name), List.of("staff"), handshake.header("cookie"))))
              .orElseGet(Recognition.Unknown::new);

  private RedisProcess redis;
  private Node one;
  private Node two;
  private Healthy healthy;

  @BeforeAll
  void start() throws IOException {
    redis = RedisProcess.start();
    one = new Node(redis, "one", BY_HEADER);
    two = new Node(redis, "two", BY_HEADER);
    await().atMost(SOON).until(() -> one.health.isReady() && two.health.isReady());
    healthy = Healthy.at(one.address(), two.address());
  }

  @AfterAll
  void stop() throws Exception {
    try (var all = healthy) {
      all.haveHeardEverything();
    } finally {
      one.close();
      two.close();
      redis.close();
    }
  }

  private static String heard(WireClient client) throws IOException {
    return switch (client.next(SOON)) {
      case Frame frame when frame.opcode() == Frame.CLOSE ->
          "close " + frame.closeCode().orElse(1005) + " " + frame.closeReason();
      case Frame frame -> frame.asText();
      case Silence() -> "silence";
      case Ended() -> "end";
    };
  }

  /** Publishes until it is heard: until then the subscription may not stand at Redis. */
  private String heardOf(WireClient listener, String body) throws Exception {
    for (int i = 0; i < 100; i++) {
      assertThat(two.post("/api/publish", body).statusCode()).isEqualTo(200);
      if (listener.next(Duration.ofMillis(200)) instanceof Frame frame) {
        return frame.asText();
      }
    }
    return "nothing";
  }

  @Test
  void whatIsPublishedOnOneNodeIsHeardOnTheOther() throws Exception {
    var listener = one.connect("/ws/lobby?subscribe-broadcast", "ann");

    assertThat(
            heardOf(
                listener,
                "{\"facility\":\"lobby\",\"data\":{\"z\":1.10,\"a\":[12345678901234567890,"
                    + " \"\u00fc\"]}}"))
        .isEqualTo("{\"z\":1.10,\"a\":[12345678901234567890,\"\u00fc\"]}");
  }

  @Test
  void aTextGoesToItsAudienceAsItIsAndIsKept() throws Exception {
    var ann = one.connect("/ws/desk?subscribe-user", "ann");
    var bob = one.connect("/ws/desk?subscribe-user", "bob");
    var order =
        "{\"facility\":\"desk\",\"audience\":\"user:ann\",\"text\":\" as it is \",\"expire\":7}";

    assertThat(heardOf(ann, order)).isEqualTo(" as it is ");

    assertThat(redis.command("TTL", "app:user:ann:desk")).matches("(?s):[5-7]\r\n.*");
    assertThat(bob.next(Duration.ofMillis(100))).isEqualTo(new Silence());
  }

  @Test
  void aDisconnectedUserIsGoneOnEveryNodeAndNobodyElse() throws Exception {
    var here = one.connect("/ws/gone-a?subscribe-broadcast", "eve");
    var there = two.connect("/ws/gone-b?subscribe-broadcast", "eve");
    var silent = two.connect("/ws/gone-b", "eve");
    var other = two.connect("/ws/gone-b?subscribe-broadcast", "eve2");

    var answer = one.post("/api/disconnect", "{\"user\":\"eve\"}");

    assertThat(answer.body()).isEqualTo("{\"ok\":true,\"ended_here\":1}\n");
    for (var client : List.of(here, there, silent)) {
      assertThat(heard(client)).isEqualTo("close 4403 revoked");
      assertThat(heard(client)).isEqualTo("end");
    }
    assertThat(heardOf(other, "{\"facility\":\"gone-b\",\"text\":\"still\"}")).isEqualTo("still");
  }

  @Test
  void connectionsAreListedWithoutSecrets() throws Exception {
    one.connect("/ws/listed?subscribe-broadcast", "liz");
    one.connect("/ws/listed?publish-broadcast", "moe");

    var all = one.get("/api/connections?limit=1000").body();
    var liz = one.get("/api/connections?user=liz&facility=listed").body();

    assertThat(all).contains("\"user\":\"liz\"").contains("\"user\":\"moe\"");
    assertThat(all).doesNotContain("key-of-").doesNotContain(Node.TOKEN);
    assertThat(liz)
        .matches(
            "\\{\"open\":[0-9]+,\"connections\":\\[\\{\"user\":\"liz\",\"facility\":\"listed\","
                + "\"address\":\"127.0.0.1\",\"seconds\":[0-9]+,\"waiting_bytes\":0}]}\n");
    assertThat(one.get("/api/connections?limit=0").body()).contains("\"connections\":[]");
    assertThat(one.get("/api/connections?colour=red").statusCode()).isEqualTo(400);
    assertThat(one.get("/api/connections?limit=100000").statusCode()).isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Authorization: Bearer wrong",
        "Authorization: Basic YTpi",
        "Authorization: Bearer",
        "Authorization: Bearer a-token-for-tests-onl",
      })
  void withoutTheTokenNothingIsShownOrDone(String header) throws Exception {
    var headers = new ArrayList<>(List.of("Host: x", "Content-Length: 2"));
    if (!header.isEmpty()) {
      headers.add(header);
    }
    for (var line : List.of("POST /api/publish", "POST /api/disconnect", "GET /api/connections")) {
      var answer = one.open().request(line + " HTTP/1.1", headers);

      assertThat(answer.status()).isEqualTo(401);
      assertThat(answer.body()).contains("{\"error\":");
    }
    assertThat(one.open().request("GET /metrics HTTP/1.1", headers).status()).isEqualTo(401);
    assertThat(one.open().request("GET /health/live HTTP/1.1", headers).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "/api/publish | {} | facility is missing",
        "/api/publish | [] | must be a JSON object",
        "/api/publish | {\"facility\":\"a\" | not valid JSON",
        "/api/publish | {\"facility\":\"a\"} x | not valid JSON",
        "/api/publish | {\"facility\":\"a\",\"facility\":\"b\",\"text\":\"t\"} | not valid JSON",
        "/api/publish | {\"facility\":1,\"text\":\"t\"} | facility must be a string",
        "/api/publish | {\"facility\":\"a\\u000ab\",\"text\":\"t\"} | control characters",
        "/api/publish | {\"facility\":\"a\"} | one of data",
        "/api/publish | {\"facility\":\"a\",\"text\":\"t\",\"data\":1} | one of data",
        "/api/publish | {\"facility\":\"a\",\"text\":\"\"} | empty text",
        "/api/publish | {\"facility\":\"a\",\"text\":\"t\",\"audience\":\"all\"} | must be"
            + " broadcast",
        "/api/publish | {\"facility\":\"a:b\",\"text\":\"t\",\"audience\":\"user:u\"} | colon",
        "/api/publish | {\"facility\":\"a\",\"text\":\"t\",\"expire\":-1} | whole number of"
            + " seconds",
        "/api/publish | {\"facility\":\"a\",\"text\":\"t\",\"expire\":1e99} | whole number of"
            + " seconds",
        "/api/publish | {\"facility\":\"a\",\"text\":\"t\",\"secret\":\"x\"} | unknown field",
        "/api/disconnect | {} | user is missing",
        "/api/disconnect | {\"user\":\"\"} | user is missing",
        "/api/disconnect | {\"user\":null} | user must be a string",
      })
  void aMistakeIsToldInOneSentence(String path, String body, String sentence) throws Exception {
    var answer = one.post(path, body);

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).startsWith("{\"error\":\"").contains(sentence);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "POST | Content-Type: application/json | 411",
        "POST | Content-Type: application/json;Content-Length: many | 411",
        "POST | Content-Type: application/json;Content-Length: 2;Transfer-Encoding: chunked | 411",
        "POST | Content-Type: application/json;Content-Length: 2;Content-Length: 3 | 411",
        "POST | Content-Type: application/json;Content-Length: 65537 | 413",
        "POST | Content-Type: text/plain;Content-Length: 2 | 415",
        "POST | Content-Length: 2 | 415",
        "GET | Content-Type: application/json;Content-Length: 2 | 405",
      })
  void aBodyThatIsNotFitIsRefusedBeforeItIsRead(String method, String headers, int status)
      throws Exception {
    var lines = new ArrayList<>(List.of("Host: x", "Authorization: Bearer " + Node.TOKEN));
    lines.addAll(List.of(headers.split(";")));

    var answer = one.open().request(method + " /api/publish HTTP/1.1", lines);

    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.body()).startsWith("{\"error\":\"");
  }

  private static String head(int length, String... more) {
    return "POST /api/publish HTTP/1.1\r\nHost: x\r\nAuthorization: bearer "
        + Node.TOKEN
        + "\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: "
        + length
        + "\r\n"
        + String.join("", more)
        + "\r\n";
  }

  @Test
  void aBodyMayComeInPieces() throws Exception {
    var body = "{\"facility\":\"a\",\"text\":\"t\"}";
    var client = one.open();

    for (var octet : (head(body.length()) + body).getBytes(ISO_8859_1)) {
      client.raw(new byte[] {octet});
    }

    assertThat(client.answer(SOON).status()).isEqualTo(200);
  }

  @Test
  void whoExpectsToBeToldToGoOnIsTold() throws Exception {
    var body = "{\"facility\":\"a\",\"text\":\"t\"}";
    var client = one.open();

    client.raw(head(body.length(), "Expect: 100-continue\r\n").getBytes(ISO_8859_1));
    assertThat(client.answer(SOON).status()).isEqualTo(100);
    client.raw(body.getBytes(ISO_8859_1));

    assertThat(client.answer(SOON).status()).isEqualTo(200);
  }

  @Test
  void whatFollowsTheBodyIsRefused() throws Exception {
    var client = one.open();

    client.raw((head(2) + "{}GET / HTTP/1.1\r\n\r\n").getBytes(ISO_8859_1));

    assertThat(client.answer(SOON).status()).isEqualTo(400);
    assertThat(heard(client)).isEqualTo("end");
  }

  @Test
  void withRedisAwayThisNodesConnectionsEndAndTheCallerIsTold() throws Exception {
    try (var lonely = RedisProcess.start();
        var node = new Node(lonely, "lonely", BY_HEADER)) {
      await().atMost(SOON).until(() -> node.health.isReady());
      var client = node.connect("/ws/a", "ann");
      lonely.kill();
      await().atMost(SOON).until(() -> !node.health.isReady());

      var answer = node.post("/api/disconnect", "{\"user\":\"ann\"}");

      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.body()).contains("the others could not be told");
      assertThat(heard(client)).isEqualTo("close 4403 revoked");
      assertThat(node.post("/api/publish", "{\"facility\":\"a\",\"text\":\"t\"}").statusCode())
          .isEqualTo(503);
    }
  }
}
