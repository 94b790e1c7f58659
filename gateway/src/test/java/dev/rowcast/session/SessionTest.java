package dev.rowcast.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.auth.AccessRules;
import dev.rowcast.auth.AccessSettings;
import dev.rowcast.auth.FacilityRule;
import dev.rowcast.auth.Handshake;
import dev.rowcast.auth.Identities;
import dev.rowcast.auth.Identity;
import dev.rowcast.auth.IdentityException;
import dev.rowcast.auth.IdentityProvider;
import dev.rowcast.auth.IdentitySettings;
import dev.rowcast.auth.OriginRules;
import dev.rowcast.auth.Proof;
import dev.rowcast.auth.Recognition;
import dev.rowcast.auth.SessionKeys;
import dev.rowcast.base.DataSize;
import dev.rowcast.base.Glob;
import dev.rowcast.hub.Encoding;
import dev.rowcast.hub.Hub;
import dev.rowcast.message.Audience;
import dev.rowcast.message.CloseReason;
import dev.rowcast.message.Permission;
import dev.rowcast.message.Topic;
import dev.rowcast.observe.Metrics;
import dev.rowcast.protocol.FacilityRequest;
import dev.rowcast.testing.CrankedLoop;
import dev.rowcast.testing.FakeTicker;
import dev.rowcast.testing.ManualBus;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class SessionTest {
  private static final Topic ROOM = Topic.broadcast("room");
  private static final Instant NOON = Instant.parse("2026-11-26T12:00:00Z");
  private static final Duration RECHECK = Duration.ofSeconds(60);
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final String ALL = "subscribe-broadcast&publish-broadcast";
  private static final Identity ANN =
      new Identity(Optional.of("ann"), List.of("staff", "night"), Optional.of("k1"));

  private final ManualBus bus = new ManualBus();
  private final CrankedLoop loop = new CrankedLoop();
  private final FakeTicker ticker = new FakeTicker();
  private Identity identity = Identity.ANONYMOUS;
  private @Nullable Recognition recognition;
  private IdentityProvider provider =
      _ -> recognition == null ? Recognition.Known.lasting(identity) : recognition;
  private Instant now = NOON;
  private final Metrics metrics = new Metrics();
  private Sessions sessions = sessions(settings(OutboxSettings.DEFAULTS, 1000));
  private LoopSessions home = home();

  private static WebSocketSettings settings(OutboxSettings outbox, int rate) {
    return new WebSocketSettings(
        "/ws/",
        Optional.of("--heartbeat--"),
        Duration.ofSeconds(4),
        Duration.ofSeconds(25),
        OriginRules.SAME,
        DataSize.ofKibibytes(1),
        rate,
        5,
        false,
        false,
        outbox);
  }

  private static OutboxSettings outbox(OutboxSettings.WhenFull whenFull) {
    return new OutboxSettings(DataSize.ofKibibytes(1), Duration.ofSeconds(12), whenFull, List.of());
  }

  private Sessions sessions(WebSocketSettings settings) {
    var hub = new Hub(bus, settings.heartbeat(), new Metrics(), ticker);
    bus.start(hub);
    var everything =
        new FacilityRule(
            List.of(new Glob("*")),
            new FacilityRule.Audience.Anyone(),
            FacilityRule.Otherwise.DROP,
            Set.of(Permission.values()));
    return new Sessions(
        hub,
        new AccessRules(new AccessSettings(List.of(everything))),
        new Identities(
            List.of(handshake -> provider.identify(handshake)),
            new IdentitySettings(RECHECK, SessionKeys.RAW),
            () -> now),
        metrics,
        settings,
        Duration.ofHours(1),
        ticker);
  }

  private LoopSessions home() {
    return sessions.onLoop(loop, new UnpooledByteBufAllocator(false));
  }

  private void use(WebSocketSettings settings) {
    sessions = sessions(settings);
    home = home();
  }

  /** A session, its line, and the words of a client. */
  private final class Client {
    final RecordingLine line = new RecordingLine();
    final Session session;

    Client(String facility, String query) {
      var request = FacilityRequest.of("/ws/" + facility, query, "/ws/").orElseThrow();
      var handshake =
          new Handshake("/ws/" + facility, query, Map.of(), InetAddress.getLoopbackAddress());
      session =
          home.open(line, (Admission.Admitted) sessions.admit(handshake, request), Encoding.PLAIN);
    }

    void says(String text) {
      frame(0x81, text.getBytes(UTF_8));
    }

    void frame(int first, byte[] payload) {
      var frame = ByteBuffer.allocate(payload.length + 8);
      frame.put((byte) first);
      if (payload.length < 126) {
        frame.put((byte) (0x80 | payload.length));
      } else {
        frame.put((byte) (0x80 | 126)).putShort((short) payload.length);
      }
      frame.putInt(0).put(payload).flip();
      session.received(frame);
    }
  }

  private Client live(String query) {
    var client = new Client("room", query);
    loop.run();
    return client;
  }

  private void hear(String text) {
    bus.hear(ROOM, text);
    loop.run();
  }

  private void pass(Duration time) {
    for (var left = time; left.isPositive(); left = left.minus(home.tickEvery())) {
      ticker.advance(home.tickEvery());
      home.tick();
      loop.run();
    }
  }

  @Test
  void publishesVerbatimTextAndBinaryAndKeepsThemAsLongAsToldTo() {
    var client = live(ALL);

    client.says("hello");
    client.frame(0x82, "bytes".getBytes(UTF_8));

    assertThat(bus.published())
        .containsExactly(
            new ManualBus.Published(ROOM, "hello", Duration.ofHours(1)),
            new ManualBus.Published(ROOM, "bytes", Duration.ofHours(1)));
  }

  @Test
  void anEmptyMessageAndAHeartbeatAreNotPublished() {
    var client = live(ALL);

    client.says("");
    client.says("--heartbeat--");

    assertThat(bus.published()).isEmpty();
  }

  @Test
  void whoMayNotPublishIsNotAnswered() {
    var client = live("subscribe-broadcast");

    client.says("hello");

    assertThat(bus.published()).isEmpty();
    assertThat(client.line.said()).isEmpty();
  }

  @Test
  void hearsWithoutEchoWhatDiffersFromItsLastFrame() {
    var client = live(ALL);
    client.says("first");
    client.says("second");

    hear("second");
    hear("first");
    hear("other");

    assertThat(client.line.said()).containsExactly("1 first", "1 other");
  }

  @Test
  void itsOwnFrameIsLeftOutOfABurstForItAlone() {
    var client = live(ALL);
    var other = live(ALL);
    client.says("own");

    bus.hear(ROOM, "a");
    bus.hear(ROOM, "own");
    bus.hear(ROOM, "b");
    loop.run();

    assertThat(client.line.said()).containsExactly("1 a", "1 b");
    assertThat(client.line.flushes).isEqualTo(other.line.flushes);
    assertThat(other.line.said()).containsExactly("1 a", "1 own", "1 b");
  }

  @Test
  void aHeartbeatMakesTheLastFrameForgotten() {
    var client = live(ALL);
    client.says("own");
    client.says("--heartbeat--");

    hear("own");

    assertThat(client.line.said()).containsExactly("1 own");
  }

  @Test
  void withEchoHearsItself() {
    var client = live(ALL + "&echo");
    client.says("own");

    hear("own");

    assertThat(client.line.said()).containsExactly("1 own");
  }

  @Test
  void lastValuesComeFirstInWs4redisOrderThenWhatCameMeanwhile() {
    identity = ANN;
    bus.holdReads();
    bus.keep(ROOM, "for all");
    bus.keep(Topic.of(Audience.GROUP, "night", "room"), "for the night");
    bus.keep(Topic.of(Audience.USER, "ann", "room"), "for ann");
    bus.keep(Topic.of(Audience.SESSION, "k1", "room"), "for k1");
    var client = live("subscribe-session&subscribe-user&subscribe-group&subscribe-broadcast");

    hear("meanwhile");
    assertThat(client.line.said()).isEmpty();
    bus.answerReads();
    loop.run();
    hear("later");

    assertThat(client.line.said())
        .containsExactly(
            "1 for all", "1 for the night", "1 for ann", "1 for k1", "1 meanwhile", "1 later");
  }

  @Test
  void aLastValueIsSentEvenIfItIsTheClientsOwn() {
    bus.holdReads();
    bus.keep(ROOM, "own");
    var client = live(ALL);
    client.says("own");

    bus.answerReads();
    loop.run();

    assertThat(client.line.said()).containsExactly("1 own");
  }

  @Test
  void anonymousHasNoTopicOfItsOwn() {
    live("subscribe-user&subscribe-group&subscribe-session&publish-user&publish-group")
        .says("hello");

    assertThat(bus.subscriptions()).isEmpty();
    assertThat(bus.published()).isEmpty();
  }

  @Test
  void aFacilityWithAColonHasNoTopicsOfMembers() {
    identity = ANN;

    new Client("a:b", "subscribe-broadcast&subscribe-group&subscribe-user");

    assertThat(bus.subscriptions().keySet()).containsExactly(Topic.broadcast("a:b"));
  }

  @Test
  void heartbeatsComeAtLeastEveryFourSecondsAndNotAllAtOnce() {
    var clients = new ArrayList<Client>();
    for (int i = 0; i < 40; i++) {
      clients.add(live(ALL));
    }

    pass(Duration.ofMillis(200));
    assertThat(clients.stream().filter(client -> !client.line.said().isEmpty()).count())
        .isBetween(1L, 3L);
    pass(Duration.ofMillis(3_800));

    assertThat(clients)
        .allSatisfy(client -> assertThat(client.line.said()).containsExactly("1 --heartbeat--"));
  }

  @Test
  void aSilentClientIsPingedAndThenLost() {
    var client = live(ALL);

    pass(Duration.ofSeconds(30));
    assertThat(client.line.said()).contains("9 ");
    assertThat(client.session.isOpen()).isTrue();
    pass(Duration.ofSeconds(25));

    assertThat(client.session.isOpen()).isFalse();
    assertThat(client.line.aborted).isTrue();
    assertThat(client.line.said()).noneMatch(said -> said.startsWith("8"));
    assertThat(bus.subscriptions()).isEmpty();
  }

  @Test
  void aClientThatAnswersPingsStays() {
    var client = live(ALL);

    for (int i = 0; i < 10; i++) {
      pass(Duration.ofSeconds(20));
      client.frame(0x8A, new byte[0]);
    }

    assertThat(client.session.isOpen()).isTrue();
  }

  @Test
  void aProcessThatWasSuspendedLosesNobody() {
    var client = live(ALL);

    ticker.advance(Duration.ofHours(1));
    pass(Duration.ofSeconds(5));

    assertThat(client.session.isOpen()).isTrue();
  }

  @Test
  void answersAPingWithItsPayload() {
    var client = live(ALL);

    client.frame(0x89, "abc".getBytes(UTF_8));

    assertThat(client.line.said()).containsExactly("10 abc");
  }

  @Test
  void aCloseIsAnsweredWithItsCodeAndAnEmptyOneWith1000() {
    var one = live(ALL);
    var other = live(ALL);

    one.frame(0x88, new byte[] {0x0B, (byte) 0xB8, 'x'});
    other.frame(0x88, new byte[0]);

    assertThat(one.line.said()).containsExactly("8 3000");
    assertThat(other.line.said()).containsExactly("8 1000");
    assertThat(one.line.finished).isTrue();
    assertThat(bus.subscriptions()).isEmpty();
  }

  @Test
  void aBrokenFrameEndsTheConnectionOnce() {
    var client = live(ALL);

    client.frame(0xF1, new byte[0]);
    client.says("ignored");
    client.session.end(CloseReason.SLOW);

    assertThat(client.line.said()).containsExactly("8 1002 protocol error");
    assertThat(bus.published()).isEmpty();
  }

  @Test
  void aMessageAboveTheLimitEndsWith1009() {
    var client = live(ALL);

    client.frame(0x81, new byte[1025]);

    assertThat(client.line.said()).containsExactly("8 1009 message too big");
  }

  @Test
  void aFloodOfPingsEndsWith1008() {
    var client = new Client("room", ALL);

    for (int i = 0; i < 20; i++) {
      client.frame(0x89, new byte[0]);
    }
    assertThat(client.line.said()).hasSize(20).containsOnly("10 ");
    ticker.advance(Duration.ofMillis(200));
    client.frame(0x89, new byte[0]);
    assertThat(client.session.isOpen()).isTrue();

    client.frame(0x89, new byte[0]);
    assertThat(client.line.said()).endsWith("8 1008 policy violation");
  }

  @Test
  void aFloodEndsWith1008() {
    use(settings(OutboxSettings.DEFAULTS, 10));
    var client = live(ALL);

    for (int i = 0; i < 40; i++) {
      client.says("m");
    }
    assertThat(client.session.isOpen()).isTrue();
    client.says("one too many");

    assertThat(client.line.said()).containsExactly("8 1008 policy violation");
    assertThat(bus.published()).hasSize(40);
  }

  @Test
  void atTheAllowedRateAClientMaySendForEver() {
    use(settings(OutboxSettings.DEFAULTS, 10));
    var client = live(ALL);

    for (int i = 0; i < 500; i++) {
      client.says("m");
      ticker.advance(Duration.ofMillis(100));
    }

    assertThat(client.session.isOpen()).isTrue();
  }

  @Test
  void aSlowClientEndsPastItsByteBudgetWhileOthersGoOn() {
    use(settings(outbox(OutboxSettings.WhenFull.CLOSE), 1000));
    var slow = live(ALL);
    var other = live(ALL);
    slow.line.stuck = true;

    for (int i = 0; i < 12; i++) {
      hear("x".repeat(100) + i);
    }

    assertThat(slow.session.isOpen()).isFalse();
    assertThat(slow.line.said()).last().isEqualTo("8 4600 too slow");
    assertThat(slow.line.said()).hasSizeBetween(9, 11);
    assertThat(other.line.said()).hasSize(12);
  }

  @Test
  void aClientThatLetsNothingMoveEndsPastTheAge() {
    use(settings(outbox(OutboxSettings.WhenFull.CLOSE), 1000));
    var slow = live(ALL);
    slow.line.stuck = true;
    hear("x");

    pass(Duration.ofSeconds(12));
    assertThat(slow.session.isOpen()).isTrue();
    pass(Duration.ofSeconds(8));

    assertThat(slow.line.said()).last().isEqualTo("8 4600 too slow");
  }

  @Test
  void aSlowClientMayGetTheLatestOfEachTopicInstead() {
    use(settings(outbox(OutboxSettings.WhenFull.LATEST), 1000));
    var slow = live(ALL);
    slow.line.stuck = true;

    for (int i = 0; i < 30; i++) {
      hear("x".repeat(100) + i);
    }
    slow.line.relieve();
    hear("after");

    assertThat(slow.session.isOpen()).isTrue();
    assertThat(slow.line.said()).endsWith("1 " + "x".repeat(100) + "29", "1 after");
    assertThat(slow.line.said()).hasSizeBetween(10, 13);
  }

  @Test
  void anEndThatNobodyAnswersIsCutShort() {
    var client = live(ALL);
    client.session.end(CloseReason.GOING_AWAY);

    pass(Duration.ofSeconds(13));

    assertThat(client.line.aborted).isTrue();
    assertThat(client.line.said()).containsExactly("8 1001 Websocket Closed");
  }

  @Test
  void tooManyUnacknowledgedPublicationsStopTheReading() {
    bus.holdAcknowledgements();
    var client = live(ALL);

    for (int i = 0; i < 256; i++) {
      client.says("m" + i);
    }
    assertThat(client.line.reading).isFalse();
    bus.acknowledge();
    loop.run();

    assertThat(client.line.reading).isTrue();
  }

  @Test
  void drainingEndsAllWithinItsTime() {
    var clients = new ArrayList<Client>();
    for (int i = 0; i < 50; i++) {
      clients.add(live(ALL));
    }

    home.drain(Duration.ofSeconds(2));
    pass(Duration.ofSeconds(1));
    assertThat(clients.stream().filter(client -> client.session.isOpen()).count())
        .isBetween(15L, 35L);
    pass(Duration.ofSeconds(1));

    assertThat(clients)
        .allSatisfy(
            client -> assertThat(client.line.said()).last().isEqualTo("8 1001 Websocket Closed"));
    clients.forEach(client -> client.session.closed());
    assertThat(home.count()).isZero();
    assertThat(bus.subscriptions()).isEmpty();
  }

  @Test
  void aUsersConnectionsEndOnEveryLoopAndNobodyElses() {
    var other = home();
    identity = ANN;
    var first = live("subscribe-user");
    home = other;
    var second = live("subscribe-broadcast");
    identity = Identity.ANONYMOUS;
    var stranger = live("subscribe-broadcast");

    var ended = sessions.disconnect("ann", CloseReason.REVOKED).toCompletableFuture();
    loop.run();

    assertThat(ended).isCompletedWithValue(2);
    assertThat(first.line.said()).endsWith("8 4403 revoked");
    assertThat(second.line.said()).endsWith("8 4403 revoked");
    assertThat(stranger.session.isOpen()).isTrue();
  }

  /** A client whose right ends then, and whose proof answers so. */
  private Client recognised(Optional<Instant> expires, Optional<Proof> proof) {
    recognition = new Recognition.Known(ANN, Set.of(Permission.values()), expires, proof);
    return live("subscribe-user");
  }

  /** Time passes for a client that answers pings. */
  private void stay(Client client, Duration time) {
    for (var left = time; left.isPositive(); left = left.minus(Duration.ofSeconds(2))) {
      pass(Duration.ofSeconds(2));
      if (client.session.isOpen()) {
        client.frame(0x8A, new byte[0]);
      }
    }
  }

  private void crankUntil(BooleanSupplier condition) {
    await()
        .atMost(SOON)
        .until(() -> {
          loop.run();
          return condition.getAsBoolean();
        });
  }

  private static boolean isAnswered(Client client) {
    return !Objects.requireNonNull(client.session.credential).isChecking();
  }

  @Test
  void aConnectionEndsWhenItsTokenDoes() {
    var client = recognised(Optional.of(NOON.plusSeconds(60)), Optional.empty());

    stay(client, Duration.ofSeconds(58));
    assertThat(client.session.isOpen()).isTrue();
    stay(client, Duration.ofSeconds(8));

    assertThat(client.line.said()).endsWith("8 4501 token expired");
  }

  @Test
  void aWallClockThatJumpsEndsNobody() {
    var client = recognised(Optional.of(NOON.plusSeconds(3600)), Optional.empty());

    now = NOON.plus(Duration.ofDays(1));
    stay(client, Duration.ofSeconds(20));

    assertThat(client.session.isOpen()).isTrue();
  }

  @Test
  void aProofIsLookedAtAgainWithinTheIntervalAndEndsWhoIsGone() {
    var standing = new AtomicReference<Proof.Standing>(new Proof.Standing.Holds(Optional.empty()));
    var asked = new AtomicInteger();
    var client =
        recognised(
            Optional.empty(),
            Optional.of(() -> {
              asked.incrementAndGet();
              return standing.get();
            }));

    stay(client, RECHECK.multipliedBy(2).dividedBy(3));
    assertThat(asked).hasValue(0);
    stay(client, RECHECK.dividedBy(3).plusSeconds(8));
    crankUntil(() -> asked.get() == 1 && isAnswered(client));
    assertThat(client.session.isOpen()).isTrue();

    standing.set(new Proof.Standing.Gone(CloseReason.REVOKED));
    stay(client, RECHECK.plusSeconds(8));
    crankUntil(() -> !client.session.isOpen());

    assertThat(asked).hasValue(2);
    assertThat(client.line.said()).endsWith("8 4403 revoked");
  }

  @Test
  void anOutageOfTheApplicationEndsNobody() {
    var asked = new AtomicInteger();
    var client =
        recognised(
            Optional.empty(),
            Optional.of(() -> {
              asked.incrementAndGet();
              throw new IdentityException("away", true);
            }));

    stay(client, RECHECK.plusSeconds(8));
    crankUntil(() -> asked.get() >= 1 && isAnswered(client));
    stay(client, Duration.ofSeconds(8));
    crankUntil(() -> asked.get() >= 2 && isAnswered(client));

    assertThat(client.session.isOpen()).isTrue();
  }

  @Test
  void aLaterAnswerPutsTheEndOff() {
    var asked = new AtomicInteger();
    var client =
        recognised(
            Optional.of(NOON.plus(RECHECK).plusSeconds(20)),
            Optional.of(() -> {
              asked.incrementAndGet();
              return new Proof.Standing.Holds(Optional.of(NOON.plusSeconds(600)));
            }));

    stay(client, RECHECK.plusSeconds(8));
    crankUntil(() -> asked.get() == 1 && isAnswered(client));
    stay(client, Duration.ofSeconds(40));

    assertThat(client.session.isOpen()).isTrue();
  }

  @Test
  void anEndThatCannotBePutOffComesAlsoInAnOutage() {
    var client =
        recognised(
            Optional.of(NOON.plusSeconds(20)),
            Optional.of(() -> {
              throw new IdentityException("away", true);
            }));

    stay(client, Duration.ofSeconds(28));
    crankUntil(() -> !client.session.isOpen());

    assertThat(client.line.said()).endsWith("8 4501 token expired");
  }

  @Test
  void aSessionThatWasPutOffMeanwhileIsLookedAtBeforeItEnds() {
    var asked = new AtomicInteger();
    var client =
        recognised(
            Optional.of(NOON.plusSeconds(10)),
            Optional.of(() -> {
              asked.incrementAndGet();
              return new Proof.Standing.Holds(Optional.of(NOON.plusSeconds(600)));
            }));

    stay(client, Duration.ofSeconds(20));
    crankUntil(() -> asked.get() >= 1 && isAnswered(client));
    stay(client, Duration.ofSeconds(20));

    assertThat(client.session.isOpen()).isTrue();
  }

  @Test
  void aHandshakeThatBeganBeforeTheDisconnectEndsAfterIt() {
    identity = ANN;
    var request = FacilityRequest.of("/ws/room", "subscribe-user", "/ws/").orElseThrow();
    var handshake = new Handshake("/ws/room", "", Map.of(), InetAddress.getLoopbackAddress());
    var admitted = (Admission.Admitted) sessions.admit(handshake, request);
    var _ = sessions.disconnect("ann", CloseReason.REVOKED);
    var line = new RecordingLine();

    home.open(line, admitted, Encoding.PLAIN);
    loop.run();

    assertThat(line.said()).containsExactly("8 4403 revoked");
    ticker.advance(Duration.ofMillis(1));
    assertThat(live("subscribe-user").session.isOpen()).isTrue();
  }

  @Test
  void whoIsRejectedIsToldWhyOnceConnected() {
    recognition = new Recognition.Rejected(CloseReason.UNRECOGNISED, "no");
    var request = FacilityRequest.of("/ws/room", ALL, "/ws/").orElseThrow();
    var handshake = new Handshake("/ws/room", ALL, Map.of(), InetAddress.getLoopbackAddress());
    var line = new RecordingLine();

    var admission = sessions.admit(handshake, request);
    assertThat(admission).isEqualTo(new Admission.TurnedAway(CloseReason.UNRECOGNISED));
    var session = home.turnAway(line, CloseReason.UNRECOGNISED);
    assertThat(line.said()).isEmpty();
    loop.run();

    assertThat(line.said()).containsExactly("8 4401 not recognised");
    assertThat(session.isOpen()).isFalse();
  }

  @Test
  void whatTheApplicationAllowsNarrowsWhatTheRulesGrant() {
    recognition =
        new Recognition.Known(
            ANN, Set.of(Permission.SUBSCRIBE_USER), Optional.empty(), Optional.empty());
    var request =
        FacilityRequest.of("/ws/room", "subscribe-user&subscribe-group&publish-user", "/ws/")
            .orElseThrow();
    var handshake = new Handshake("/ws/room", "", Map.of(), InetAddress.getLoopbackAddress());

    var admitted = (Admission.Admitted) sessions.admit(handshake, request);

    assertThat(admitted.listens()).containsExactly(Topic.of(Audience.USER, "ann", "room"));
    assertThat(admitted.speaks()).isEmpty();
  }

  @Test
  void whomNobodyCanAskAboutIsTurnedBackForNow() {
    provider =
        _ -> {
          throw new IdentityException("the database is away", true);
        };
    var request = FacilityRequest.of("/ws/room", ALL, "/ws/").orElseThrow();
    var handshake = new Handshake("/ws/room", ALL, Map.of(), InetAddress.getLoopbackAddress());

    assertThat(sessions.admit(handshake, request)).isEqualTo(new Admission.Unavailable());
  }
}
