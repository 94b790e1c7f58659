package dev.rowcast.bus.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.rowcast.base.Secret;
import dev.rowcast.base.Ticker;
import dev.rowcast.bus.BusException;
import dev.rowcast.bus.BusMeters;
import dev.rowcast.bus.RecordingListener;
import dev.rowcast.embedded.RedisOptions;
import dev.rowcast.message.Topic;
import dev.rowcast.observe.Health;
import dev.rowcast.observe.Metrics;
import dev.rowcast.redis.RedisSettings;
import dev.rowcast.testing.RedisProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every way to reach a Redis that is not an open TCP port. */
class RedisAccessIT {
  private static final Topic RODAN = Topic.broadcast("rodan");

  private final Health health = new Health();

  @Test
  void password() throws Exception {
    try (var redis = RedisProcess.start(RedisOptions.DEFAULTS.withPassword("p@ss:w/rd"))) {
      hearsItself("redis://:p%40ss%3Aw%2Frd@127.0.0.1:" + redis.port(), Optional.empty());
      hearsItself("redis://127.0.0.1:" + redis.port(), Optional.of(new Secret("p@ss:w/rd")));
    }
  }

  @Test
  void wrongPasswordIsSaidWithoutSayingIt() throws Exception {
    try (var redis = RedisProcess.start(RedisOptions.DEFAULTS.withPassword("right"));
        var bus = bus("redis://:wrong@127.0.0.1:" + redis.port(), Optional.empty())) {
      bus.start(new RecordingListener());

      await()
          .untilAsserted(() ->
              assertThat(health.reports().getFirst().detail())
                  .contains("WRONGPASS")
                  .doesNotContain("wrong@"));
      assertThat(health.isReady()).isFalse();
    }
  }

  @Test
  void aclUserWithNothingButWhatWeNeed() throws Exception {
    try (var redis = RedisProcess.start()) {
      redis.command(
          "ACL",
          "SETUSER",
          "rowcast",
          "on",
          ">secret",
          "~p:*",
          "&p:*",
          "-@all",
          "+publish",
          "+subscribe",
          "+unsubscribe",
          "+ping",
          "+setex",
          "+get",
          "+select");

      hearsItself("redis://rowcast:secret@127.0.0.1:" + redis.port(), Optional.empty());
    }
  }

  @Test
  void oneForbiddenTopicLeavesTheOthersAlone() throws Exception {
    try (var redis = RedisProcess.start()) {
      redis.command(
          "ACL", "SETUSER", "rowcast", "on", ">secret", "~*", "&p:broadcast:rodan", "+@all");
      try (var bus = bus("redis://rowcast:secret@127.0.0.1:" + redis.port(), Optional.empty())) {
        var heard = new RecordingListener();
        var forbidden = bus.subscribe(Topic.broadcast("forbidden")).toCompletableFuture();
        var allowed = bus.subscribe(RODAN).toCompletableFuture();
        bus.start(heard);

        allowed.get(10, TimeUnit.SECONDS);
        assertThatThrownBy(() -> forbidden.get(10, TimeUnit.SECONDS))
            .isInstanceOf(ExecutionException.class)
            .cause()
            .isInstanceOfSatisfying(
                BusException.class, refusal -> assertThat(refusal.retryable()).isFalse());
        await().until(health::isReady);
        publish(bus, "still heard");
        heard.awaitText(RODAN, "still heard");
      }
    }
  }

  @Test
  void unixSocketAndDatabase() throws Exception {
    try (var redis = RedisProcess.start()) {
      hearsItself("redis+unix://" + redis.socket() + "?db=5", Optional.empty());

      assertThat(redis.command("INFO", "keyspace")).contains("db5:keys=1").doesNotContain("db0");
    }
  }

  @Test
  void tlsIsCheckedUnlessAskedNotTo(@TempDir Path folder) throws Exception {
    var certificate = selfSigned(folder, "localhost");
    var tls = new RedisOptions.Tls(certificate, folder.resolve("key.pem"), certificate);
    try (var redis = RedisProcess.start(RedisOptions.DEFAULTS.withTls(tls))) {
      var tlsPort = redis.port();
      hearsItself("rediss://localhost:" + tlsPort + "?ca=" + certificate, Optional.empty());
      hearsItself("rediss://127.0.0.1:" + tlsPort + "?verify=ca&ca=" + certificate, none());
      hearsItself("rediss://127.0.0.1:" + tlsPort + "?verify=none", none());

      for (var refused : new String[] {"localhost", "127.0.0.1"}) {
        var ca = refused.equals("localhost") ? "" : "?ca=" + certificate;
        try (var bus = bus("rediss://" + refused + ":" + tlsPort + ca, none())) {
          bus.start(new RecordingListener());
          await()
              .untilAsserted(
                  () -> assertThat(health.reports().getFirst().detail()).contains("away"));
          assertThat(health.reports().getFirst().detail())
              .containsPattern("(?i)certificat|subject alternative");
        }
      }
    }
  }

  @Test
  void sentinelSaysWhereTheMasterIs(@TempDir Path folder) throws Exception {
    try (var redis = RedisProcess.start()) {
      var sentinelPort = RedisProcess.freePort();
      var sentinel = redis.sentinel(sentinelPort, folder);
      try {
        hearsItself(
            "redis-sentinel://127.0.0.1:1,127.0.0.1:" + sentinelPort + "/2?master=mymaster",
            none());
        assertThat(redis.command("INFO", "keyspace")).contains("db2:keys=1");
      } finally {
        sentinel.destroyForcibly().onExit().join();
      }
    }
  }

  private void hearsItself(String url, Optional<Secret> password) throws Exception {
    var heard = new RecordingListener();
    try (var bus = bus(url, password)) {
      bus.start(heard);
      bus.subscribe(RODAN).toCompletableFuture().get(10, TimeUnit.SECONDS);
      await().until(health::isReady);
      publish(bus, "hello");
      heard.awaitText(RODAN, "hello");
      assertThat(bus.lastValue(RODAN).toCompletableFuture().get(5, TimeUnit.SECONDS))
          .contains(bytes("hello"));
    }
  }

  private static void publish(RedisBus bus, String text) throws Exception {
    bus.publish(RODAN, bytes(text), Duration.ofHours(1))
        .toCompletableFuture()
        .get(5, TimeUnit.SECONDS);
  }

  private RedisBus bus(String url, Optional<Secret> password) {
    return new RedisBus(
        new RedisSettings(new Secret(url), password, "p", Duration.ofHours(1)),
        new BusMeters(new Metrics()),
        health.part("redis"),
        Ticker.SYSTEM,
        ThreadLocalRandom.current());
  }

  private static Path selfSigned(Path folder, String name) throws Exception {
    var certificate = folder.resolve("cert.pem");
    var openssl =
        new ProcessBuilder(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=" + name,
                "-addext",
                "subjectAltName=DNS:" + name,
                "-keyout",
                folder.resolve("key.pem").toString(),
                "-out",
                certificate.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("openssl.log").toFile())
            .start();
    assertThat(openssl.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(openssl.exitValue()).isZero();
    return certificate;
  }

  private static Optional<Secret> none() {
    return Optional.empty();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
