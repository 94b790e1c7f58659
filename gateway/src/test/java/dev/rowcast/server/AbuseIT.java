package dev.rowcast.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.rowcast.auth.Identities;
import dev.rowcast.auth.Identity;
import dev.rowcast.auth.IdentityProvider;
import dev.rowcast.auth.Recognition;
import dev.rowcast.base.DataSize;
import dev.rowcast.base.Network;
import dev.rowcast.message.Audience;
import dev.rowcast.message.Topic;
import dev.rowcast.session.WebSocketSettings;
import dev.rowcast.testing.WireClient;
import dev.rowcast.testing.WireClient.Frame;
import dev.rowcast.testing.WireClient.Seen;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** What strangers may try; and each time whoever behaves hears everything meanwhile. */
@Timeout(120)
final class AbuseIT {
  private static final Duration SOON = Duration.ofSeconds(30);

  /** More than any of these may leave behind. */
  private static final long MEMORY = 48L << 20;

  private static long memory() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private static Rig rig(Duration handshake) {
    return new Rig(Rig.limits(10_000, handshake));
  }

  /** What a client was told in the end: the code of the close frame, 0 for none. */
  private static int endOf(WireClient client) throws IOException {
    int code = 0;
    while (client.next(SOON) instanceof Frame frame) {
      code = frame.opcode() == Frame.CLOSE ? frame.closeCode().orElse(1005) : code;
    }
    assertThat(client.hasEnded()).isTrue();
    return code;
  }

  /** The next but heartbeats. */
  private static Seen heard(WireClient client) throws IOException {
    var seen = client.next(SOON);
    while (seen.equals(Frame.text("--heartbeat--"))) {
      seen = client.next(SOON);
    }
    return seen;
  }

  private static <T> List<T> atOnce(List<Callable<T>> tasks) throws Exception {
    var results = new ArrayList<T>();
    try (var executor = Executors.newFixedThreadPool(32, Thread.ofPlatform().daemon().factory())) {
      for (Future<T> done : executor.invokeAll(tasks)) {
        results.add(done.get());
      }
    }
    return results;
  }

  @Test
  void aHerdThatComesBackAtOnceIsServed() throws Exception {
    try (var rig = rig(Duration.ofSeconds(30));
        var healthy = rig.healthy()) {
      var connect =
          new Callable<WireClient>() {
            @Override
            public WireClient call() throws IOException {
              var client = rig.unmanaged();
              assertThat(client.upgrade("/ws/herd?subscribe-broadcast").status()).isEqualTo(101);
              return client;
            }
          };
      var crowd = Collections.nCopies(2_000, (Callable<WireClient>) connect);
      var before = atOnce(crowd);

      for (var client : before) {
        client.reset();
      }
      var after = atOnce(crowd);

      await().atMost(SOON).until(() -> rig.metric("rowcast_connections") == 2_005);
      rig.publish("herd", "welcome back");
      for (var client : after) {
        assertThat(client.next(SOON)).isIn(Frame.text("welcome back"), Frame.text("--heartbeat--"));
      }
      healthy.haveHeardEverything();
      for (var client : after) {
        client.close();
      }
    }
  }

  @Test
  void slowAndEndlessRequestsEndAtTheirLimits() throws Exception {
    try (var rig = rig(Duration.ofSeconds(1));
        var healthy = rig.healthy()) {
      var before = memory();
      var slow = new ArrayList<WireClient>();
      for (int i = 0; i < 150; i++) {
        slow.add(rig.open());
        var half = rig.open();
        half.raw("GET /ws/room HTTP/1.1\r\nHost: x\r\nUpgr".getBytes(ISO_8859_1));
        slow.add(half);
      }
      var pipelined = rig.open();
      pipelined.raw("GET /health/live HTTP/1.1\r\n\r\n".repeat(10_000).getBytes(ISO_8859_1));
      assertThat(pipelined.answer(SOON).status()).isIn(200, 400);
      assertThat(rig.metric("rowcast_http_requests_total")).isLessThan(5);
      var headers = rig.open();
      assertThat(statusOfHeadersWithoutEnd(headers)).isEqualTo(431);

      for (var client : slow) {
        assertThat(endOf(client)).isZero();
      }
      assertThat(memory() - before).isLessThan(MEMORY);
      healthy.haveHeardEverything();
    }
  }

  /** A million headers; whether the server said early that it had enough. */
  private static int statusOfHeadersWithoutEnd(WireClient client) throws IOException {
    client.raw("GET / HTTP/1.1\r\n".getBytes(ISO_8859_1));
    var lines = "A: b\r\n".repeat(2_000).getBytes(ISO_8859_1);
    client.raw(lines);
    var status = client.answer(SOON).status();
    try {
      for (int sent = 2_000; sent < 1_000_000; sent += 2_000) {
        client.raw(lines);
      }
    } catch (IOException _) {
      // The server has closed the connection: it need not take them all.
    }
    return status;
  }

  @Test
  void malformedFramesGetTheirCodeAndNoLineInTheLog() throws Exception {
    var log = (Logger) LoggerFactory.getLogger("dev.rowcast");
    var lines = new ListAppender<ILoggingEvent>();
    lines.start();
    log.addAppender(lines);
    try (var rig = rig(Duration.ofSeconds(10));
        var healthy = rig.healthy()) {
      for (var script : ConformanceIT.cases().toList()) {
        var code = script.answers().getLast().closeCode().orElseThrow();
        if (code == 1002 || code == 1007 || code == 1009) {
          try (var client = rig.connect("/ws/room?publish-broadcast")) {
            for (var piece : script.pieces()) {
              client.raw(piece);
            }
            assertThat(endOf(client)).as(script.toString()).isEqualTo(code);
          }
        }
      }
      var tiny = rig.connect("/ws/room?publish-broadcast");
      var fragment = new Frame(false, 0, Frame.CONTINUATION, true, new byte[] {'x'}).encoded();
      tiny.raw(new Frame(false, 0, Frame.TEXT, true, new byte[] {'x'}).encoded());
      tiny.raw(repeated(fragment, 10_000));
      assertThat(endOf(tiny)).isEqualTo(1008);

      healthy.haveHeardEverything();
    } finally {
      log.detachAppender(lines);
    }
    assertThat(lines.list).noneMatch(line -> line.getLevel().isGreaterOrEqual(Level.WARN));
  }

  @Test
  void whoeverFloodsIsEnded() throws Exception {
    try (var rig = rig(Duration.ofSeconds(10));
        var healthy = rig.healthy()) {
      var pinging = rig.connect("/ws/room?subscribe-broadcast");
      var talking = rig.connect("/ws/room?publish-broadcast");
      var ping = new Frame(true, 0, Frame.PING, true, new byte[100]).encoded();
      var text = new Frame(true, 0, Frame.TEXT, true, new byte[] {'x'}).encoded();

      pinging.raw(repeated(ping, 200));
      talking.raw(repeated(text, 10_000));

      assertThat(endOf(pinging)).isEqualTo(1008);
      assertThat(endOf(talking)).isEqualTo(1008);
      assertThat(rig.metric("rowcast_publications_total")).isLessThanOrEqualTo(4_500);
      healthy.haveHeardEverything();
    }
  }

  private static byte[] repeated(byte[] bytes, int times) {
    var all = new ByteArrayOutputStream();
    for (int i = 0; i < times; i++) {
      all.writeBytes(bytes);
    }
    return all.toByteArray();
  }

  @Test
  void whoeverChangesItsSubscriptionsAllTheTimeIsRefusedAfterAWhile() throws Exception {
    var usual = Rig.settings(Rig.limits(10_000, Duration.ofSeconds(10)));
    var limits =
        new LimitSettings(
            10_000, 1_000, 100, 5, usual.limits().facilities(), RequestLimits.DEFAULTS);
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
    try (var rig = new Rig(settings, Identities.NONE);
        var healthy = rig.healthy()) {
      int welcomed = 0;
      int refused = 0;
      for (int i = 0; i < 300; i++) {
        try (var client = rig.open()) {
          var target = "/ws/room" + i + "?subscribe-broadcast";
          switch (client.upgrade(target, "X-Forwarded-For: 203.0.113.66").status()) {
            case 101 -> welcomed++;
            case 503 -> refused++;
            default -> throw new AssertionError();
          }
        }
      }

      assertThat(welcomed).isGreaterThanOrEqualTo(50);
      assertThat(refused).isPositive();
      assertThat(rig.open().upgrade("/ws/room", "X-Forwarded-For: 203.0.113.67").status())
          .isEqualTo(101);
      healthy.haveHeardEverything();
    }
  }

  @Test
  void aCompressionBombIsStoppedAtTheLimit() throws Exception {
    var websocket =
        new WebSocketSettings(
            "/ws/",
            Optional.empty(),
            Duration.ofSeconds(4),
            Duration.ofSeconds(25),
            Rig.WEBSOCKET.origins(),
            DataSize.ofKibibytes(64),
            1000,
            10,
            false,
            true,
            Rig.WEBSOCKET.outbox());
    try (var rig = new Rig(websocket);
        var healthy = rig.healthy()) {
      var bomb = bomb();
      assertThat(bomb.length).isLessThan(64 * 1024);
      var before = memory();

      for (int i = 0; i < 20; i++) {
        var client = rig.open();
        client.upgrade(
            "/ws/room?publish-broadcast", "Sec-WebSocket-Extensions: permessage-deflate");
        client.send(new Frame(true, 4, Frame.TEXT, true, bomb));
        assertThat(endOf(client)).isEqualTo(1009);
      }

      assertThat(memory() - before).isLessThan(MEMORY);
      healthy.haveHeardEverything();
    }
  }

  /** 60 MB of one letter, as permessage-deflate has it on the wire. */
  private static byte[] bomb() {
    try (var deflater = new Deflater(9, true)) {
      var compressed = new ByteArrayOutputStream();
      var buffer = new byte[64 * 1024];
      var letters = new byte[1 << 20];
      for (int i = 0; i < 60; i++) {
        deflater.setInput(letters);
        int count;
        while ((count = deflater.deflate(buffer, 0, buffer.length, Deflater.NO_FLUSH)) > 0) {
          compressed.write(buffer, 0, count);
        }
      }
      var count = deflater.deflate(buffer, 0, buffer.length, Deflater.SYNC_FLUSH);
      compressed.write(buffer, 0, count - 4);
      return compressed.toByteArray();
    }
  }

  @Test
  void foreignPagesAndStrangersLearnNothing() throws Exception {
    var provider =
        (IdentityProvider)
            handshake ->
                handshake
                    .header("x-user")
                    .<Recognition>map(name ->
                        Recognition.Known.lasting(
                            new Identity(Optional.of(name), List.of(), Optional.empty())))
                    .orElseGet(Recognition.Unknown::new);
    try (var rig = new Rig(provider);
        var healthy = rig.healthy()) {
      var foreign = rig.open().upgrade("/ws/room", "Origin: https://evil.example");
      var opaque = rig.open().upgrade("/ws/room", "Origin: null");
      var twice =
          rig.open()
              .upgrade(
                  "/ws/room",
                  "Origin: http://127.0.0.1:" + rig.server.port(),
                  "Origin: https://evil.example");
      assertThat(List.of(foreign.status(), opaque.status(), twice.status())).containsOnly(403);

      var members = "/ws/members?subscribe-broadcast";
      assertThat(rig.open().upgrade(members).status()).isEqualTo(403);
      assertThat(rig.open().upgrade(members, "X-User: ann").status()).isEqualTo(101);

      var ann = rig.open();
      ann.upgrade("/ws/desk?subscribe-user", "X-User: ann");
      var bob = rig.open();
      bob.upgrade("/ws/desk?subscribe-user&subscribe-broadcast", "X-User: bob");
      var stranger = rig.open();
      stranger.upgrade(
          "/ws/desk?subscribe-user&subscribe-group&subscribe-session&subscribe-broadcast");
      var secret = "for ann".getBytes(ISO_8859_1);
      var topic = Topic.of(Audience.USER, "ann", "desk");
      rig.bus.publish(topic, secret, Duration.ZERO).toCompletableFuture().join();
      rig.publish("desk", "for all");
      assertThat(heard(ann)).isEqualTo(Frame.text("for ann"));
      assertThat(heard(bob)).isEqualTo(Frame.text("for all"));
      assertThat(heard(stranger)).isEqualTo(Frame.text("for all"));

      var known = rig.open().upgrade("/ws/desk?subscribe-broadcast", "Origin: null");
      var unknown = rig.open().upgrade("/ws/nowhere?subscribe-broadcast", "Origin: null");
      assertThat(known).isEqualTo(unknown);
      healthy.haveHeardEverything();
    }
  }
}
