package dev.rowcast.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.rowcast.auth.Identities;
import dev.rowcast.auth.Identity;
import dev.rowcast.auth.IdentityException;
import dev.rowcast.auth.IdentityProvider;
import dev.rowcast.auth.Recognition;
import dev.rowcast.base.DataSize;
import dev.rowcast.base.Endpoint;
import dev.rowcast.base.Glob;
import dev.rowcast.base.Network;
import dev.rowcast.message.CloseReason;
import dev.rowcast.message.Topic;
import dev.rowcast.session.WebSocketSettings;
import dev.rowcast.testing.WireClient;
import dev.rowcast.testing.WireClient.Ended;
import dev.rowcast.testing.WireClient.Frame;
import dev.rowcast.testing.WireClient.Silence;
import io.netty.channel.uring.IoUring;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
final class ServerTest {
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final String ROOM = "/ws/room?subscribe-broadcast&publish-broadcast";

  private static String heard(WireClient client) throws IOException {
    for (int i = 0; i < 100; i++) {
      switch (client.next(SOON)) {
        case Frame frame when frame.opcode() == Frame.PING -> {}
        case Frame frame when frame.asText().equals("--heartbeat--") -> {}
        case Frame frame -> {
          return frame.opcode() == Frame.CLOSE
              ? "close " + frame.closeCode().orElse(1005) + " " + frame.closeReason()
              : frame.opcode() == Frame.PONG ? "pong " + frame.asText() : frame.asText();
        }
        case Silence() -> {
          return "silence";
        }
        case Ended() -> {
          return "end";
        }
      }
    }
    return "nothing but heartbeats";
  }

  /** What came until all of these had come; a last value may repeat one. */
  private static List<String> heardUntil(WireClient client, String... all) throws IOException {
    var heard = new ArrayList<String>();
    for (int i = 0; i < 10 && !heard.containsAll(List.of(all)); i++) {
      heard.add(heard(client));
    }
    return heard;
  }

  @ParameterizedTest
  @EnumSource(
      value = TransportSettings.Kind.class,
      names = {"EPOLL", "NIO"})
  void aMessageGoesFromOneClientToAnother(TransportSettings.Kind kind) throws IOException {
    var transport =
        new TransportSettings(kind, 2, 128, DataSize.ofKibibytes(64), DataSize.ofKibibytes(16));
    try (var rig = new Rig(transport, Duration.ZERO)) {
      var one = rig.connect(ROOM);
      var other = rig.connect(ROOM + "&echo");

      one.text("hello");
      other.text("world");

      assertThat(heardUntil(other, "hello", "world")).containsOnly("hello", "world");
      assertThat(heardUntil(one, "world")).endsWith("world");
    }
  }

  @Test
  void ioUringServesOrIsRefusedInOneSentence() throws IOException {
    var transport =
        new TransportSettings(
            TransportSettings.Kind.IO_URING, 1, 128, new DataSize(0), DataSize.ofKibibytes(16));
    if (!IoUring.isAvailable()) {
      assertThatThrownBy(() -> new Rig(transport, Duration.ZERO))
          .hasMessage("transport.kind is io_uring, which this machine lacks");
      return;
    }
    try (var rig = new Rig(transport, Duration.ZERO)) {
      var client = rig.connect(ROOM + "&echo");

      client.text("hello");

      assertThat(heard(client)).isEqualTo("hello");
    }
  }

  @Test
  void aMillionByteBurstArrivesWholeAndInOrder() throws IOException {
    try (var rig = new Rig()) {
      var client = rig.connect(ROOM);

      for (int i = 0; i < 2_000; i++) {
        rig.publish("room", i + "x".repeat(100));
      }

      for (int i = 0; i < 2_000; i++) {
        assertThat(heard(client)).isEqualTo(i + "x".repeat(100));
      }
    }
  }

  @Test
  void theLastValueIsSentOnConnect() throws IOException {
    try (var rig = new Rig()) {
      rig.connect(ROOM).text("kept");
      await().atMost(SOON).until(() -> rig.metric("rowcast_publications_total") == 1);
      rig.publish("room", "barrier");

      assertThat(heard(rig.connect(ROOM))).isEqualTo("kept");
    }
  }

  @Test
  void heartbeatsComeWithoutBeingAskedFor() throws IOException {
    try (var rig = new Rig()) {
      var client = rig.connect("/ws/room");

      assertThat(client.next(Duration.ofSeconds(6)))
          .isInstanceOfSatisfying(
              Frame.class, frame -> assertThat(frame.asText()).isEqualTo("--heartbeat--"));
    }
  }

  @Test
  void pingIsAnsweredAndCloseIsEchoed() throws IOException {
    try (var rig = new Rig()) {
      var client = rig.connect(ROOM);

      client.send(new Frame(true, 0, Frame.PING, true, new byte[] {'x'}));
      client.sendClose(4321, "bye");

      assertThat(heard(client)).isEqualTo("pong x");
      assertThat(heard(client)).isEqualTo("close 4321 ");
      assertThat(heard(client)).isEqualTo("end");
      await().atMost(SOON).until(() -> rig.metric("rowcast_connections") == 0);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "8100, close 1002 protocol error",
    "C180000000004142, close 1002 protocol error",
    "818100000000FF, close 1007 invalid UTF-8",
    "82FF0000000000100000, close 1009 message too big",
  })
  void brokenFramesGetTheirCode(String hex, String close) throws IOException {
    try (var rig = new Rig()) {
      var client = rig.connect(ROOM);

      client.raw(HexFormat.of().parseHex(hex));

      assertThat(heard(client)).isEqualTo(close);
      assertThat(heard(client)).isEqualTo("end");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "Upgrade: h2c, 400",
    "Sec-WebSocket-Version: 8, 400",
    "Sec-WebSocket-Key: abc, 400",
    "Origin: http://evil.example, 403",
    "Origin: null, 403",
  })
  void aBadHandshakeGetsItsStatus(String header, int status) throws IOException {
    try (var rig = new Rig()) {
      var client = rig.open();

      assertThat(client.upgrade(ROOM, header).status()).isEqualTo(status);
      assertThat(heard(client)).isEqualTo("end");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "GET /ws/room HTTP/1.1, 400",
    "POST /ws/room HTTP/1.1, 400",
    "GET /nowhere HTTP/1.1, 404",
    "POST /health/live HTTP/1.1, 405",
    "GET /health/live HTTP/1.1, 200",
    "HEAD /health/live HTTP/1.1, 200",
    "GET /health/live HTTP/1.0, 200",
    "GET /ws/%FF HTTP/1.1, 400",
    "BROKEN, 400",
  })
  void aPlainRequestGetsItsStatus(String line, int status) throws IOException {
    try (var rig = new Rig()) {
      assertThat(rig.open().request(line, List.of("Host: x")).status()).isEqualTo(status);
    }
  }

  @Test
  void aMissingVersionIs426() throws IOException {
    try (var rig = new Rig()) {
      var answer =
          rig.open()
              .request(
                  "GET " + ROOM + " HTTP/1.1",
                  List.of(
                      "Host: x",
                      "Upgrade: websocket",
                      "Connection: Upgrade",
                      "Sec-WebSocket-Key: " + WireClient.SAMPLE_KEY));

      assertThat(answer.status()).isEqualTo(426);
      assertThat(answer.header("Sec-WebSocket-Version")).hasValue("13");
    }
  }

  @Test
  void theSamePageOriginMayConnect() throws IOException {
    try (var rig = new Rig()) {
      var origin = "Origin: http://127.0.0.1:" + rig.server.port();

      assertThat(rig.open().upgrade(ROOM, origin).status()).isEqualTo(101);
    }
  }

  @Test
  void readinessTurnsRedWithItsPartsNamed() throws IOException {
    try (var rig = new Rig()) {
      assertThat(rig.open().request("GET /health/ready HTTP/1.1", List.of()).status())
          .isEqualTo(200);
      rig.health.part("redis").down("\"away\"");

      var answer = rig.open().request("GET /health/ready HTTP/1.1", List.of());

      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.body())
          .contains("{\"part\":\"redis\",\"state\":\"down\",\"detail\":\"\\\"away\\\"\"}");
    }
  }

  @Test
  void metricsAreServedWithSecurityHeaders() throws IOException {
    try (var rig = new Rig()) {
      rig.connect(ROOM);

      var answer = rig.open().request("GET /metrics HTTP/1.1", List.of());

      assertThat(answer.body()).contains("rowcast_connections 1.0");
      assertThat(answer.header("X-Content-Type-Options")).hasValue("nosniff");
    }
  }

  @Test
  void aPageThatFailsShowsNothingOfWhy() throws IOException {
    try (var rig = new Rig()) {
      rig.pages.page(
          "/broken",
          () -> {
            throw new IllegalStateException("secret");
          });

      var answer = rig.open().request("GET /broken HTTP/1.1", List.of());

      assertThat(answer.status()).isEqualTo(500);
      assertThat(answer.body()).isEqualTo("internal error\n");
    }
  }

  @Test
  void operatorsPagesAreOnTheirOwnAddressOnly() throws IOException {
    var any = new Endpoint("127.0.0.1", 0);
    var settings =
        new ServerSettings(
            List.of(any),
            Rig.WEBSOCKET,
            LimitSettings.DEFAULTS,
            ProxySettings.DEFAULTS,
            TransportSettings.DEFAULTS,
            Optional.empty(),
            new AdminSettings(Optional.empty(), Optional.of(any)),
            Duration.ZERO);
    try (var rig = new Rig(settings, Identities.NONE)) {
      var own = rig.server.endpoints().getLast().port();

      assertThat(rig.open().request("GET /metrics HTTP/1.1", List.of()).status()).isEqualTo(404);
      assertThat(rig.open(own).request("GET /metrics HTTP/1.1", List.of()).status()).isEqualTo(200);
      assertThat(rig.open(own).upgrade(ROOM).status()).isEqualTo(404);
    }
  }

  @Test
  void theIdentityIsLearntOffTheLoop() throws IOException {
    var ann = new Identity(Optional.of("ann"), List.of(), Optional.empty());
    IdentityProvider provider =
        handshake ->
            Thread.currentThread().isVirtual() && handshake.header("cookie").isPresent()
                ? Recognition.Known.lasting(ann)
                : new Recognition.Unknown();
    try (var rig = new Rig(provider)) {
      var members = "/ws/members?subscribe-user&publish-user&echo";

      assertThat(rig.open().upgrade(members).status()).isEqualTo(403);
      var client = rig.open();
      assertThat(client.upgrade(members, "Cookie: sessionid=1").status()).isEqualTo(101);
      client.text("mine");
      assertThat(heard(client)).isEqualTo("mine");
    }
  }

  @Test
  void whoIsRejectedIsConnectedAndToldWhy() throws IOException {
    IdentityProvider provider =
        _ -> new Recognition.Rejected(CloseReason.TOKEN_EXPIRED, "it has expired");
    try (var rig = new Rig(provider)) {
      var client = rig.open();

      var answer =
          client.upgrade(ROOM, "Sec-WebSocket-Protocol: rowcast.jwt.a.b.c, rowcast.ws, other");

      assertThat(answer.status()).isEqualTo(101);
      assertThat(answer.header("Sec-WebSocket-Protocol")).contains("rowcast.ws");
      assertThat(client.next(SOON))
          .isInstanceOfSatisfying(
              WireClient.Frame.class,
              frame -> {
                assertThat(frame.closeCode()).contains(4501);
                assertThat(frame.closeReason()).isEqualTo("token expired");
              });
    }
  }

  @Test
  void aTokenThatIsOfferedAloneIsNotRepeated() throws IOException {
    try (var rig = new Rig()) {
      var answer = rig.open().upgrade(ROOM, "Sec-WebSocket-Protocol: rowcast.jwt.a.b.c");

      assertThat(answer.status()).isEqualTo(101);
      assertThat(answer.header("Sec-WebSocket-Protocol")).isEmpty();
    }
  }

  @Test
  void anOutageOfWhoKnowsTheUsersIsA503() throws IOException {
    IdentityProvider provider =
        _ -> {
          throw new IdentityException("the database is away", true);
        };
    try (var rig = new Rig(provider)) {
      var answer = rig.open().upgrade(ROOM);

      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.header("Retry-After")).isPresent();
      assertThat(rig.metric("rowcast_identities_total")).isEqualTo(1);
    }
  }

  @Test
  void aProviderThatFailsRefusesWithoutSayingWhy() throws IOException {
    IdentityProvider provider =
        _ -> {
          throw new IllegalStateException("secret");
        };
    try (var rig = new Rig(provider)) {
      var answer = rig.open().upgrade(ROOM);

      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.body()).doesNotContain("secret");
    }
  }

  @Test
  void framesOrRequestsBeforeTheAnswerAreRefused() throws IOException {
    try (var rig = new Rig()) {
      var client = rig.open();
      var request =
          "GET /ws/room HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
              + "Sec-WebSocket-Key: "
              + WireClient.SAMPLE_KEY
              + "\r\n\r\n";

      client.raw((request + request).getBytes(ISO_8859_1));

      assertThat(client.answer(SOON).status()).isEqualTo(400);
      assertThat(heard(client)).isEqualTo("end");
    }
  }

  @Test
  void aRequestInSingleBytesIsRead() throws IOException {
    try (var rig = new Rig()) {
      var client = rig.open();
      for (var octet : "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(ISO_8859_1)) {
        client.raw(new byte[] {octet});
      }

      assertThat(client.answer(SOON).body()).isEqualTo("live\n");
    }
  }

  @Test
  void aHeadWithoutEndIsRefused() throws IOException {
    try (var rig = new Rig()) {
      var client = rig.open();

      client.raw(("GET / HTTP/1.1\r\nA: " + "b".repeat(9_000)).getBytes(ISO_8859_1));

      assertThat(client.answer(SOON).status()).isEqualTo(431);
    }
  }

  @Test
  void aHandshakeThatIsNotFinishedInTimeEnds() throws IOException {
    var limits = Rig.limits(100, Duration.ofMillis(300));
    try (var rig = new Rig(limits)) {
      var silent = rig.open();
      var slow = rig.open();
      slow.raw("GET / HT".getBytes(ISO_8859_1));
      var healthy = rig.connect(ROOM);

      assertThat(heard(silent)).isEqualTo("end");
      assertThat(heard(slow)).isEqualTo("end");
      rig.publish("room", "still here");
      assertThat(heard(healthy)).isEqualTo("still here");
    }
  }

  @Test
  void beyondTheLimitIs503AndThoseInsideAreUnharmed() throws IOException {
    var limits = Rig.limits(3, Duration.ofSeconds(10));
    try (var rig = new Rig(limits)) {
      var inside = new ArrayList<WireClient>();
      for (int i = 0; i < 3; i++) {
        inside.add(rig.connect(ROOM));
      }

      assertThat(rig.open().upgrade(ROOM).status()).isEqualTo(503);
      assertThat(rig.open().request("GET /health/live HTTP/1.1", List.of()).status())
          .isEqualTo(200);
      rig.publish("room", "hello");
      for (var client : inside) {
        assertThat(heard(client)).isEqualTo("hello");
      }
      inside.getFirst().close();
      await().atMost(SOON).until(() -> rig.open().upgrade(ROOM).status() == 101);
    }
  }

  @Test
  void oneUserMayHaveSoManyConnectionsAndNoMore() throws IOException {
    IdentityProvider provider =
        handshake ->
            handshake
                .header("x-user")
                .<Recognition>map(name ->
                    Recognition.Known.lasting(
                        new Identity(Optional.of(name), List.of(), Optional.empty())))
                .orElseGet(Recognition.Unknown::new);
    var limits =
        new LimitSettings(
            100, 100, 2, 0, LimitSettings.DEFAULTS.facilities(), RequestLimits.DEFAULTS);
    try (var rig = new Rig(Rig.settings(limits), new Identities(List.of(provider)))) {
      var first = rig.open();
      assertThat(first.upgrade(ROOM, "X-User: ann").status()).isEqualTo(101);
      assertThat(rig.open().upgrade(ROOM, "X-User: ann").status()).isEqualTo(101);

      assertThat(rig.open().upgrade(ROOM, "X-User: ann"))
          .satisfies(answer -> assertThat(answer.status()).isEqualTo(503))
          .satisfies(answer -> assertThat(answer.body()).contains("of this user"));

      assertThat(rig.open().upgrade(ROOM, "X-User: bob").status()).isEqualTo(101);
      assertThat(rig.open().upgrade(ROOM).status()).isEqualTo(101);
      first.close();
      await().atMost(SOON).until(() -> rig.open().upgrade(ROOM, "X-User: ann").status() == 101);
    }
  }

  @Test
  void behindATrustedProxyTheClientsOwnAddressIsLimited() throws IOException {
    var usual = Rig.settings(Rig.limits(100, Duration.ofSeconds(10)));
    var limits =
        new LimitSettings(100, 1, 100, 0, usual.limits().facilities(), RequestLimits.DEFAULTS);
    var settings =
        new ServerSettings(
            usual.listen(),
            usual.websocket(),
            limits,
            new ProxySettings(
                List.of(Network.parse("127.0.0.0/8")), ProxySettings.Header.X_FORWARDED_FOR),
            usual.transport(),
            usual.tls(),
            usual.admin(),
            usual.drain());
    try (var rig = new Rig(settings, Identities.NONE)) {
      var one = "X-Forwarded-For: 203.0.113.1";
      assertThat(rig.open().upgrade(ROOM, one).status()).isEqualTo(101);

      assertThat(rig.open().upgrade(ROOM, one).status()).isEqualTo(503);
      assertThat(rig.open().upgrade(ROOM, "X-Forwarded-For: 198.51.100.7, 203.0.113.1").status())
          .isEqualTo(503);
      assertThat(rig.open().upgrade(ROOM, "X-Forwarded-For: 203.0.113.2").status()).isEqualTo(101);
      var host = "127.0.0.1:" + rig.server.port();
      assertThat(
              rig.open()
                  .upgrade(
                      ROOM,
                      "X-Forwarded-For: 203.0.113.3",
                      "X-Forwarded-Proto: https",
                      "Origin: http://" + host)
                  .status())
          .isEqualTo(403);
    }
    try (var rig = new Rig(limits)) {
      assertThat(rig.open().upgrade(ROOM, "X-Forwarded-For: 203.0.113.1").status()).isEqualTo(101);
      assertThat(rig.open().upgrade(ROOM, "X-Forwarded-For: 203.0.113.1").status()).isEqualTo(101);
    }
  }

  @Test
  void facilitiesOfOnePatternAreCounted() throws IOException {
    var limits =
        new LimitSettings(
            100,
            100,
            100,
            0,
            List.of(
                new FacilityLimit(List.of(new Glob("job-*")), 2),
                new FacilityLimit(List.of(new Glob("*")), 100)),
            RequestLimits.DEFAULTS);
    try (var rig = new Rig(limits)) {
      var first = rig.connect("/ws/job-1?subscribe-broadcast");
      rig.connect("/ws/job-2?subscribe-broadcast");

      assertThat(rig.open().upgrade("/ws/job-3?subscribe-broadcast").status()).isEqualTo(503);
      rig.connect("/ws/job-2?subscribe-broadcast");
      rig.connect("/ws/job-4?publish-broadcast");
      rig.connect("/ws/other?subscribe-broadcast");
      assertThat(rig.metric("rowcast_facilities")).isEqualTo(3);

      first.close();
      await()
          .atMost(SOON)
          .until(() -> rig.open().upgrade("/ws/job-3?subscribe-broadcast").status() == 101);
    }
  }

  @Test
  void aLongUrlIs414() throws IOException {
    try (var rig = new Rig()) {
      var target = "/ws/room?" + "x".repeat(4096);

      assertThat(rig.open().upgrade(target).status()).isEqualTo(414);
      assertThat(rig.open().upgrade("/ws/room?" + "x".repeat(4000)).status()).isEqualTo(101);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = TransportSettings.Kind.class,
      names = {"EPOLL", "NIO"})
  void aClientThatDoesNotReadIsClosedWhileOthersGoOn(TransportSettings.Kind kind)
      throws IOException {
    var transport =
        new TransportSettings(kind, 1, 128, DataSize.ofKibibytes(64), DataSize.ofKibibytes(16));
    try (var rig = new Rig(transport, Duration.ZERO)) {
      var late = rig.connect(ROOM);
      var reader = rig.connect(ROOM);
      var sent = new ArrayList<String>();

      while (rig.metric("rowcast_connections_closed_total{reason=\"slow\"}") == 0
          && sent.size() < 2_000) {
        sent.add(sent.size() + "x".repeat(32_000));
        rig.publish("room", sent.getLast());
        assertThat(heard(reader)).isEqualTo(sent.getLast());
      }

      rig.publish("room", "after");
      assertThat(heard(reader)).isEqualTo("after");
      // What was kept for it when it was given up still reaches it, whole and in order.
      var known = new ArrayList<String>();
      var text = heard(late);
      for (; text.startsWith(known.size() + "x"); text = heard(late)) {
        known.add(text);
      }
      assertThat(text).isEqualTo("close 4600 too slow");
      assertThat(known).hasSizeGreaterThan(2).isEqualTo(sent.subList(0, known.size()));
    }
  }

  @Test
  void aStormOfConnectionsIsServedAndLeavesNothing() throws IOException {
    try (var rig = new Rig()) {
      var clients = new ArrayList<WireClient>();
      for (int i = 0; i < 300; i++) {
        clients.add(rig.connect(ROOM));
      }
      rig.publish("room", "hello");
      for (var client : clients) {
        assertThat(heard(client)).isEqualTo("hello");
      }

      for (var client : clients) {
        client.close();
      }

      await().atMost(SOON).until(() -> rig.metric("rowcast_connections") == 0);
      await().atMost(SOON).until(() -> rig.metric("rowcast_hub_topics") == 0);
    }
  }

  @Test
  void stoppingSaysGoodbyeToEverybodyAndIsReadyNoMore() throws Exception {
    var rig = new Rig(TransportSettings.DEFAULTS, Duration.ofMillis(500));
    try (rig) {
      var clients = new ArrayList<WireClient>();
      for (int i = 0; i < 20; i++) {
        clients.add(rig.connect(ROOM));
      }

      var closing = Thread.ofPlatform().start(rig.server::close);
      for (var client : clients) {
        assertThat(heard(client)).isEqualTo("close 1001 Websocket Closed");
        client.close();
      }
      closing.join(10_000);

      assertThat(closing.isAlive()).isFalse();
      assertThat(rig.health.isReady()).isFalse();
      assertThatThrownBy(rig::open).isInstanceOf(IOException.class);
    }
  }

  @Test
  void aTakenPortIsOneSentence() throws IOException {
    try (var rig = new Rig()) {
      var taken = new Endpoint("127.0.0.1", rig.server.port());
      var settings =
          new ServerSettings(
              List.of(taken),
              Rig.WEBSOCKET,
              LimitSettings.DEFAULTS,
              ProxySettings.DEFAULTS,
              TransportSettings.DEFAULTS,
              Optional.empty(),
              AdminSettings.DEFAULTS,
              Duration.ZERO);

      assertThatThrownBy(() -> new Rig(settings, Identities.NONE))
          .isInstanceOf(ServerException.class)
          .hasMessageStartingWith("cannot listen on 127.0.0.1:");
    }
  }

  @Test
  void unmaskedFramesAreAcceptedOnlyWhereAllowed() throws IOException {
    var websocket =
        new WebSocketSettings(
            "/ws/",
            Optional.empty(),
            Duration.ofSeconds(4),
            Duration.ofSeconds(25),
            Rig.WEBSOCKET.origins(),
            DataSize.ofKibibytes(64),
            0,
            0,
            true,
            false,
            Rig.WEBSOCKET.outbox());
    try (var rig = new Rig(websocket)) {
      var client = rig.connect(ROOM + "&echo");

      client.send(new Frame(true, 0, Frame.TEXT, false, "bare".getBytes(ISO_8859_1)));

      assertThat(heard(client)).isEqualTo("bare");
    }
  }

  @Test
  void aBurstCostsOneWriteForEachSocketAndDrain() throws IOException {
    try (var rig = new Rig()) {
      var client = rig.connect(ROOM);
      var other = rig.connect(ROOM);

      for (int i = 0; i < 5_000; i++) {
        rig.bus.publish(Topic.broadcast("room"), ("m" + i).getBytes(ISO_8859_1), Duration.ZERO);
      }
      for (int i = 0; i < 5_000; i++) {
        assertThat(heard(client)).isEqualTo("m" + i);
        assertThat(heard(other)).isEqualTo("m" + i);
      }

      assertThat(rig.metric("rowcast_hub_deliveries_total")).isEqualTo(10_000);
      assertThat(rig.metric("rowcast_hub_writes_total"))
          .isLessThanOrEqualTo(2 * rig.metric("rowcast_hub_drains_total"))
          .isLessThan(5_000);
    }
  }
}
