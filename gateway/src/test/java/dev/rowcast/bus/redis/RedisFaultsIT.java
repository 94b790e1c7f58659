package dev.rowcast.bus.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.base.Secret;
import dev.rowcast.base.Ticker;
import dev.rowcast.bus.BusException;
import dev.rowcast.bus.BusMeters;
import dev.rowcast.bus.RecordingListener;
import dev.rowcast.message.Topic;
import dev.rowcast.observe.Health;
import dev.rowcast.observe.Metrics;
import dev.rowcast.redis.RedisSettings;
import dev.rowcast.testing.FaultProxy;
import dev.rowcast.testing.FaultProxy.Direction;
import dev.rowcast.testing.RedisProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What happens to a bus when Redis, or the way to it, misbehaves. */
class RedisFaultsIT {
  private static final Topic RODAN = Topic.broadcast("rodan");
  private static final Duration HOUR = Duration.ofHours(1);

  private final RecordingListener heard = new RecordingListener();
  private final BusMeters meters = new BusMeters(new Metrics());
  private final Health health = new Health();
  private RedisProcess redis;
  private FaultProxy proxy;
  private RedisBus bus;

  @BeforeEach
  void start() throws Exception {
    redis = RedisProcess.start();
    proxy = FaultProxy.before("127.0.0.1", redis.port());
    bus = bus("redis://127.0.0.1:" + proxy.port() + "/0");
  }

  @AfterEach
  void stop() throws Exception {
    bus.close();
    proxy.close();
    redis.close();
  }

  @Test
  void redisAbsentAtTheStartIsWaitedFor() throws Exception {
    redis.kill();
    bus.start(heard);
    var subscribed = bus.subscribe(RODAN).toCompletableFuture();
    assertThat(failure(bus.publish(RODAN, bytes("x"), HOUR))).matches(BusException::retryable);
    assertThat(health.isReady()).isFalse();
    assertThat(subscribed).isNotDone();

    redis.restart();

    subscribed.get(10, TimeUnit.SECONDS);
    publishUntilHeard("hello");
    await().until(health::isReady);
  }

  @Test
  void redisKilledAndRestartedEmptyIsHeardAgain() throws Exception {
    startAndSubscribe();
    publishUntilHeard("before");

    redis.kill();
    await().until(() -> !health.isReady());
    assertThat(failure(bus.publish(RODAN, bytes("x"), HOUR))).matches(BusException::retryable);
    redis.restart();
    get(bus.subscribe(RODAN));

    publishUntilHeard("after");
    assertThat(meters.reconnects.sum()).isGreaterThanOrEqualTo(2);
  }

  @Test
  void stoppedRedisIsNoticedAndItsCallersAreAnswered() throws Exception {
    startAndSubscribe();
    redis.stop();
    var waiting = bus.publish(RODAN, bytes("in doubt"), Duration.ZERO);
    var before = System.nanoTime();

    assertThat(failure(waiting)).matches(BusException::retryable);

    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(4));
    await().until(() -> !health.isReady());
    redis.wake();
    get(bus.subscribe(RODAN));
    publishUntilHeard("awake");
  }

  @Test
  void killedSubscriptionIsMadeAnewAndPublishingGoesOn() throws Exception {
    startAndSubscribe();

    redis.command("CLIENT", "KILL", "TYPE", "pubsub");

    get(bus.publish(RODAN, bytes("meanwhile"), HOUR));
    heard.awaitText(RODAN, "meanwhile");
    publishUntilHeard("after");
  }

  @Test
  void deafSubscriptionIsRebuiltWithinTwoSeconds() throws Exception {
    startAndSubscribe();
    publishUntilHeard("before");
    var accepted = proxy.accepted();
    var before = System.nanoTime();

    deafen();
    await().pollInterval(Duration.ofMillis(10)).until(() -> proxy.accepted() > accepted);
    get(bus.subscribe(RODAN));
    publishUntilHeard("after");

    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(2));
    assertThat(meters.deafRebuilds.sum()).isEqualTo(1);
    assertThat(meters.reconnects.sum()).isEqualTo(1);
  }

  @Test
  void lastValueIsDeliveredAgainOnlyWhereItChanged() throws Exception {
    var same = Topic.broadcast("same");
    var given = Topic.broadcast("given");
    var gone = Topic.broadcast("gone");
    redis.command("SETEX", "p:broadcast:given", "100", "as given");
    startAndSubscribe();
    get(bus.subscribe(same));
    get(bus.subscribe(given));
    get(bus.subscribe(gone));
    assertThat(get(bus.lastValue(given))).isPresent();
    get(bus.publish(RODAN, bytes("old"), HOUR));
    get(bus.publish(same, bytes("same"), HOUR));
    get(bus.publish(gone, bytes("gone"), HOUR));
    get(bus.publish(same, bytes("not kept"), Duration.ZERO));
    heard.awaitText(RODAN, "old");
    heard.awaitText(same, "not kept");
    heard.awaitText(gone, "gone");

    proxy.refuse();
    proxy.cut();
    redis.command("SETEX", "p:broadcast:rodan", "100", "new");
    redis.command("DEL", "p:broadcast:gone");
    proxy.heal();

    heard.awaitText(RODAN, "new");
    for (var topic : new Topic[] {same, given, gone}) {
      publishUntilHeard(topic, "end");
    }
    assertThat(heard.texts(RODAN)).containsExactly("old", "new");
    assertThat(heard.texts(same).stream().filter(text -> !text.equals("end")))
        .containsExactly("same", "not kept");
    assertThat(heard.texts(given)).containsOnly("end");
    assertThat(heard.texts(gone).stream().filter(text -> !text.equals("end")))
        .containsExactly("gone");
    assertThat(meters.resentValues.sum()).isEqualTo(1);
  }

  @Test
  void tenThousandTopicsAreHeardAgainAfterAnOutage() throws Exception {
    var topics = IntStream.range(0, 10_000).mapToObj(i -> Topic.broadcast("f" + i)).toList();
    startAndSubscribe();
    get(all(topics.stream().map(bus::subscribe).toList()));

    proxy.cut();
    await().until(() -> meters.reconnects.sum() >= 2 && health.isReady());
    get(all(topics.stream().map(bus::subscribe).toList()));
    assertThat(redis.command("PUBSUB", "NUMSUB", "p:broadcast:f0", "p:broadcast:f9999"))
        .contains(":1\r\n$17\r\np:broadcast:f9999\r\n:1\r\n");
    for (var batch = 0; batch < 10; batch++) {
      var from = batch * 1_000;
      get(
          all(
              topics.subList(from, from + 1_000).stream()
                  .map(topic -> bus.publish(topic, bytes(topic.name()), Duration.ZERO))
                  .toList()));
    }

    await().until(() -> heard.count() == 10_000);
    for (var topic : topics) {
      assertThat(heard.texts(topic)).containsExactly(topic.name());
    }
  }

  @Test
  void fullRedisFailsTheKeepingButStillPublishes() throws Exception {
    startAndSubscribe();
    redis.command("CONFIG", "SET", "maxmemory", "1");

    get(bus.publish(RODAN, bytes("not kept"), Duration.ZERO));
    var refusal = failure(bus.publish(RODAN, bytes("to keep"), HOUR));

    assertThat(refusal).matches(BusException::retryable).hasMessageContaining("OOM");
    heard.awaitText(RODAN, "to keep");
    assertThat(heard.texts(RODAN)).containsExactly("not kept", "to keep");
    assertThat(health.isReady()).isTrue();

    redis.command("CONFIG", "SET", "maxmemory", "0");
    get(bus.publish(RODAN, bytes("kept"), HOUR));
  }

  @Test
  void slowRedisIsUsedAndItsQueueIsBounded() throws Exception {
    startAndSubscribe();
    proxy.delay(Duration.ofMillis(250));

    var payload = new byte[1 << 20];
    var answers = new ArrayList<CompletionStage<Void>>();
    for (var i = 0; i < 200; i++) {
      answers.add(bus.publish(RODAN, payload, Duration.ZERO));
    }
    var refusedAtOnce =
        answers.stream()
            .filter(answer -> answer.toCompletableFuture().isCompletedExceptionally())
            .count();

    assertThat(refusedAtOnce).isBetween(130L, 140L);
    assertThat(failure(answers.getLast())).matches(BusException::retryable);
    proxy.heal();
    get(bus.subscribe(RODAN));
    publishUntilHeard("again");
  }

  @Test
  void halfASecondOfDelayIsNotAnOutage() throws Exception {
    startAndSubscribe();
    proxy.delay(Duration.ofMillis(250));

    var end = System.nanoTime() + Duration.ofSeconds(5).toNanos();
    await().atMost(Duration.ofSeconds(10)).until(() -> System.nanoTime() > end);

    get(bus.publish(RODAN, bytes("slow"), Duration.ZERO));
    heard.awaitText(RODAN, "slow");
    assertThat(meters.reconnects.sum()).isZero();
  }

  @Test
  void whatIsSentKeepsItsOrderAcrossAnOutage() throws Exception {
    startAndSubscribe();
    var sent = new ArrayList<String>();
    for (var i = 0; i < 300; i++) {
      if (i == 100) {
        proxy.cut();
      }
      publishUntilAcknowledged(Integer.toString(i));
      sent.add(Integer.toString(i));
    }
    get(bus.subscribe(RODAN));
    publishUntilHeard("end");

    var texts = heard.texts(RODAN).stream().filter(text -> !text.equals("end")).distinct().toList();
    assertThat(texts).isSubsetOf(sent);
    assertThat(texts).isSortedAccordingTo(java.util.Comparator.comparingInt(Integer::parseInt));
  }

  private void startAndSubscribe() throws Exception {
    bus.start(heard);
    get(bus.subscribe(RODAN));
    await().until(health::isReady);
  }

  /** Finds the subscription at Redis and lets the proxy hold back what only it would hear. */
  private void deafen() throws Exception {
    proxy.stallOne(subscriberPort(), Direction.TO_CLIENT);
  }

  private int subscriberPort() throws Exception {
    var line =
        redis
            .command("CLIENT", "LIST", "TYPE", "pubsub")
            .lines()
            .filter(text -> text.contains("addr="))
            .findFirst()
            .orElseThrow();
    var address = line.substring(line.indexOf("addr=") + 5).split(" ", 2)[0];
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
  }

  private void publishUntilHeard(String text) {
    publishUntilHeard(RODAN, text);
  }

  private void publishUntilHeard(Topic topic, String text) {
    await()
        .pollInterval(Duration.ofMillis(20))
        .atMost(Duration.ofSeconds(15))
        .until(() -> {
          failure(bus.publish(topic, bytes(text), Duration.ZERO));
          return heard.texts(topic).contains(text);
        });
  }

  private void publishUntilAcknowledged(String text) {
    await()
        .pollInterval(Duration.ofMillis(5))
        .atMost(Duration.ofSeconds(15))
        .until(() -> failure(bus.publish(RODAN, bytes(text), Duration.ZERO)) == null);
  }

  private RedisBus bus(String url) {
    return new RedisBus(
        new RedisSettings(new Secret(url), Optional.empty(), "p", HOUR),
        meters,
        health.part("redis"),
        Ticker.SYSTEM,
        ThreadLocalRandom.current());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static <T> T get(CompletionStage<T> stage)
      throws ExecutionException, InterruptedException, TimeoutException {
    return stage.toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  private static @Nullable BusException failure(CompletionStage<?> stage) throws Exception {
    try {
      get(stage);
      return null;
    } catch (ExecutionException failed) {
      return (BusException) failed.getCause();
    }
  }

  private static CompletionStage<Void> all(Iterable<CompletionStage<Void>> stages) {
    var futures = new ArrayList<CompletableFuture<Void>>();
    stages.forEach(stage -> futures.add(stage.toCompletableFuture()));
    return CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new));
  }
}
