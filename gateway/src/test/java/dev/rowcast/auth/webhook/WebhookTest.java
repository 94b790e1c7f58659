package dev.rowcast.auth.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.rowcast.auth.Handshake;
import dev.rowcast.auth.Identity;
import dev.rowcast.auth.IdentityException;
import dev.rowcast.auth.Proof.Standing;
import dev.rowcast.auth.Recognition;
import dev.rowcast.message.CloseReason;
import dev.rowcast.message.Permission;
import dev.rowcast.testing.FakeTicker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against an application that really answers HTTP. */
final class WebhookTest {
  private static final Instant NOON = Instant.parse("2026-11-26T12:00:00Z");

  private final FakeTicker ticker = new FakeTicker();
  private final List<String> asked = new ArrayList<>();
  private final HttpServer application;
  private volatile int status = 200;
  private volatile String body = "{\"user\": \"ann\"}";
  private final CountDownLatch silence = new CountDownLatch(1);
  private volatile boolean silent;

  WebhookTest() throws IOException {
    application = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    application.createContext("/whoami", this::answer);
    application.setExecutor(task -> Thread.ofVirtual().start(task));
    application.start();
  }

  private void answer(HttpExchange exchange) throws IOException {
    var headers = exchange.getRequestHeaders();
    synchronized (asked) {
      asked.add(
          exchange.getRequestMethod()
              + " "
              + headers.getFirst("X-Forwarded-Method")
              + " "
              + headers.getFirst("X-Forwarded-Uri")
              + " from "
              + headers.getFirst("X-Forwarded-For")
              + " with "
              + headers.getFirst("Cookie")
              + " and "
              + headers.getFirst("X-Other"));
    }
    if (silent) {
      try {
        silence.await();
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }
    var bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, status == 204 ? -1 : bytes.length);
    if (status != 204) {
      exchange.getResponseBody().write(bytes);
    }
    exchange.close();
  }

  @AfterEach
  void stop() {
    silence.countDown();
    application.stop(0);
  }

  private Webhook webhook(Duration timeout) {
    return new Webhook(
        new WebhookSettings(
            URI.create("http://127.0.0.1:" + application.getAddress().getPort() + "/whoami"),
            List.of("Cookie", "authorization"),
            timeout,
            Duration.ofSeconds(5)),
        () -> NOON,
        ticker);
  }

  private Webhook webhook() {
    return webhook(Duration.ofSeconds(20));
  }

  private int asked() {
    synchronized (asked) {
      return asked.size();
    }
  }

  private static Handshake handshake(String cookie) {
    return new Handshake(
        "/ws/café room",
        "subscribe-user",
        Map.of("cookie", List.of(cookie), "x-other", List.of("not for you")),
        InetAddress.getLoopbackAddress());
  }

  @Test
  void theApplicationSaysWhoItIsAndWhatItMay() {
    body =
        """
        {"user": "ann", "groups": ["staff"], "session": "k", "allow": ["subscribe-user"],
         "expires_in": 60}\
        """;
    try (var webhook = webhook()) {
      var known = (Recognition.Known) webhook.identify(handshake("s=1"));

      assertThat(known.identity())
          .isEqualTo(new Identity(Optional.of("ann"), List.of("staff"), Optional.of("k")));
      assertThat(known.may()).isEqualTo(Set.of(Permission.SUBSCRIBE_USER));
      assertThat(known.expires()).contains(NOON.plusSeconds(60));
      assertThat(asked)
          .containsExactly(
              "GET GET /ws/caf%C3%A9%20room?subscribe-user from 127.0.0.1 with s=1 and null");
    }
  }

  @Test
  void everythingInAnAnswerIsOptional() {
    body = "{}";
    try (var webhook = webhook()) {
      assertThat(((Recognition.Known) webhook.identify(handshake("s=1"))).identity())
          .isEqualTo(Identity.ANONYMOUS);
    }
  }

  @ParameterizedTest
  @CsvSource({"204, Unknown", "404, Unknown", "401, Rejected", "403, Forbidden"})
  void aStatusIsAnAnswerToo(int code, String outcome) {
    status = code;
    try (var webhook = webhook()) {
      assertThat(webhook.identify(handshake("s=1")).getClass().getSimpleName()).isEqualTo(outcome);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "400 | {}",
        "302 | {}",
        "200 | no",
        "200 | []",
        "200 | {\"user\": 3}",
        "200 | {\"user\": \"\"}",
        "200 | {\"groups\": \"staff\"}",
        "200 | {\"allow\": [\"everything\"]}",
        "200 | {\"expires_in\": -1}"
      })
  void nonsenseIsNoAnswerAndOpensNoBreaker(int code, String text) {
    status = code;
    body = text;
    try (var webhook = webhook()) {
      for (int i = 0; i < Breaker.FAILURES + 1; i++) {
        var cookie = "s=" + i;
        assertThatThrownBy(() -> webhook.identify(handshake(cookie)))
            .isInstanceOf(IdentityException.class);
      }
      assertThat(asked()).isEqualTo(Breaker.FAILURES + 1);
    }
  }

  @Test
  void whoShowsNothingOfInterestIsNotAskedAbout() {
    try (var webhook = webhook()) {
      var nothing =
          new Handshake(
              "/ws/a", "", Map.of("host", List.of("x")), InetAddress.getLoopbackAddress());

      assertThat(webhook.identify(nothing)).isEqualTo(new Recognition.Unknown());
      assertThat(asked()).isZero();
    }
  }

  @Test
  void theSameQuestionIsAskedOnceInAWhile() {
    try (var webhook = webhook()) {
      webhook.identify(handshake("s=1"));
      webhook.identify(handshake("s=1"));
      assertThat(asked()).isEqualTo(1);
      webhook.identify(handshake("s=2"));
      assertThat(asked()).isEqualTo(2);
      ticker.advance(Duration.ofSeconds(5));
      webhook.identify(handshake("s=1"));
      webhook.forget();
      webhook.identify(handshake("s=1"));
      assertThat(asked()).isEqualTo(4);
    }
  }

  @Test
  void anApplicationThatFailsIsLeftAloneAndThenTriedOnce() {
    status = 503;
    try (var webhook = webhook()) {
      for (int i = 0; i < 3 * Breaker.FAILURES; i++) {
        var cookie = "s=" + i;
        assertThatThrownBy(() -> webhook.identify(handshake(cookie)))
            .isInstanceOf(IdentityException.class);
      }
      assertThat(asked()).isEqualTo(Breaker.FAILURES);

      ticker.advance(Breaker.PAUSE);
      assertThatThrownBy(() -> webhook.identify(handshake("s=a")))
          .isInstanceOf(IdentityException.class);
      assertThatThrownBy(() -> webhook.identify(handshake("s=b")))
          .isInstanceOf(IdentityException.class);
      assertThat(asked()).isEqualTo(Breaker.FAILURES + 1);

      status = 200;
      ticker.advance(Breaker.PAUSE);
      assertThat(webhook.identify(handshake("s=c"))).isInstanceOf(Recognition.Known.class);
      assertThat(webhook.identify(handshake("s=d"))).isInstanceOf(Recognition.Known.class);
    }
  }

  @Test
  void anApplicationThatSaysNothingIsGivenUp() {
    silent = true;
    try (var webhook = webhook(Duration.ofMillis(50))) {
      assertThatThrownBy(() -> webhook.identify(handshake("s=1")))
          .isInstanceOf(IdentityException.class)
          .hasMessageContaining("auth.webhook");
    }
  }

  @Test
  void theProofHoldsUntilTheApplicationSaysLess() {
    body = "{\"user\": \"ann\", \"groups\": [\"a\", \"b\"]}";
    try (var webhook = webhook()) {
      var proof = ((Recognition.Known) webhook.identify(handshake("s=1"))).proof().orElseThrow();

      assertThat(proof.standing()).isEqualTo(new Standing.Holds(Optional.empty()));
      body = "{\"user\": \"ann\", \"groups\": [\"b\", \"c\", \"a\"], \"expires_in\": 9}";
      webhook.forget();
      assertThat(proof.standing()).isEqualTo(new Standing.Holds(Optional.of(NOON.plusSeconds(9))));
      body = "{\"user\": \"ann\", \"groups\": [\"b\"]}";
      webhook.forget();
      assertThat(proof.standing()).isEqualTo(new Standing.Gone(CloseReason.REVOKED));
    }
  }

  @Test
  void aHeaderThatHttpForbidsIsNobodys() {
    try (var webhook = webhook()) {
      assertThat(webhook.identify(handshake("s=\r\nX-Admin: 1")))
          .isEqualTo(new Recognition.Unknown());
      assertThat(asked()).isZero();
    }
  }
}
