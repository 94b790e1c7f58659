package dev.rowcast.oracle;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.embedded.EmbeddedRedis;
import dev.rowcast.embedded.RedisOptions;
import dev.rowcast.oracle.ServerUnderTest.Settings;
import dev.rowcast.testing.Browser;
import dev.rowcast.testing.RedisWire;
import dev.rowcast.testing.WireClient;
import dev.rowcast.testing.WireClient.Frame;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the programs of the package django-websocket-redis expect of a server: its RedisPublisher,
 * its {@code fetch_message}, clients of its own server on the same Redis, and its browser client.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class PackageClientsContract {
  private static final Duration LONG = Duration.ofSeconds(10);

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  static Path folder;

  private Oracle oracle;
  private EmbeddedRedis redis;

  /**
   * Starts the server that the programs are to work with, on a port or, if that is 0, on a free
   * one. It lets pages of every origin in.
   */
  abstract ServerUnderTest start(
      Oracle oracle, Settings settings, InetSocketAddress redis, int port) throws IOException;

  @BeforeAll
  void prepare() throws IOException {
    oracle = Oracle.require(folder);
    redis = EmbeddedRedis.start(RedisOptions.DEFAULTS);
  }

  @AfterAll
  void stop() {
    if (redis != null) {
      redis.close();
    }
  }

  private InetSocketAddress redisAddress() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), redis.port());
  }

  private ServerUnderTest start() throws IOException {
    return start(oracle, Settings.DEFAULTS, redisAddress(), 0);
  }

  @Test
  void itsRedisPublisherIsHeard() throws IOException {
    try (var server = start();
        var client = connected(server, "published", 1)) {
      oracle.publish(Settings.DEFAULTS, redisAddress(), "published", "broadcast", "from Django: é");

      assertThat(nextMessage(client)).isEqualTo("from Django: é");
    }
  }

  @Test
  void itsRedisPublisherIsHeardByWhoComesLater() throws IOException {
    try (var server = start()) {
      oracle.publish(Settings.DEFAULTS, redisAddress(), "kept", "broadcast", "kept by Django");

      try (var client = connected(server, "kept", 1)) {
        assertThat(nextMessage(client)).isEqualTo("kept by Django");
      }
    }
  }

  @Test
  void itsFetchMessageFindsWhatAClientSaid() throws IOException {
    try (var server = start();
        var client = connected(server, "fetched", 1)) {
      client.text("from a browser");
      assertThat(nextMessage(client)).isEqualTo("from a browser");

      Awaitility.await()
          .atMost(LONG)
          .untilAsserted(() ->
              assertThat(oracle.fetch(Settings.DEFAULTS, redisAddress(), "fetched"))
                  .isEqualTo(HexFormat.of().formatHex("from a browser".getBytes(UTF_8))));
    }
  }

  @Test
  void clientsOfItsServerAndOfThisOneHearEachOther() throws IOException {
    try (var old = oracle.start(Oracle.Kind.UWSGI, Settings.DEFAULTS, redisAddress());
        var server = start();
        var oldClient = connected(old, "mixed", 1);
        var client = connected(server, "mixed", 2)) {
      client.text("from here");
      assertThat(nextMessage(client)).isEqualTo("from here");
      assertThat(nextMessage(oldClient)).isEqualTo("from here");

      oldClient.text("from there");
      assertThat(nextMessage(oldClient)).isEqualTo("from there");
      assertThat(nextMessage(client)).isEqualTo("from there");
    }
  }

  @Test
  void itsBrowserClientHearsCountsHeartbeatsAndReconnects() throws IOException {
    var server = start();
    int port = server.address().getPort();
    try (var browser = Browser.require(folder.resolve("browser"));
        var page = ClientPage.serve(oracle.file("jquery.js"), oracle.file("ws4redis.js"))) {
      browser.open(page.url(port, "browsed"));
      browser.until("connected == 1");
      awaitSubscriber("browsed", 1);

      oracle.publish(Settings.DEFAULTS, redisAddress(), "browsed", "broadcast", "first");
      browser.until("received.join() == 'first'");
      browser.until("heartbeats >= 3");

      server.close();
      browser.until("disconnected >= 1");
      server = start(oracle, Settings.DEFAULTS, redisAddress(), port);
      browser.until("connected == 2");
      awaitSubscriber("browsed", 1);
      browser.until("received.join() == 'first,first'");

      browser.run("client.send_message('from the page')");
      browser.until("received.join() == 'first,first,from the page'");
    } finally {
      server.close();
    }
  }

  private void awaitSubscriber(String facility, int subscribers) throws IOException {
    try (var wire = RedisWire.open(redisAddress())) {
      Awaitility.await()
          .pollInSameThread()
          .atMost(LONG)
          .until(() -> wire.subscribers("broadcast:" + facility) >= subscribers);
    }
  }

  /** A client that Redis knows of, as the {@code subscribers}th of its facility. */
  private WireClient connected(ServerUnderTest server, String facility, int subscribers)
      throws IOException {
    var client = WireClient.open(server.address());
    var answer = client.upgrade("/ws/" + facility + "?subscribe-broadcast&publish-broadcast&echo");
    assertThat(answer.status()).isEqualTo(101);
    awaitSubscriber(facility, subscribers);
    return client;
  }

  private static String nextMessage(WireClient client) throws IOException {
    long deadline = System.nanoTime() + LONG.toNanos();
    while (System.nanoTime() < deadline) {
      if (client.next(LONG) instanceof Frame frame
          && frame.opcode() == Frame.TEXT
          && !frame.asText().equals("--heartbeat--")) {
        return frame.asText();
      }
    }
    return "nothing within " + LONG;
  }
}
