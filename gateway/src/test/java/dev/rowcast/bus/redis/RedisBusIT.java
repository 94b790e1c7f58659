package dev.rowcast.bus.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.base.Secret;
import dev.rowcast.base.Ticker;
import dev.rowcast.bus.Bus;
import dev.rowcast.bus.BusContract;
import dev.rowcast.bus.BusMeters;
import dev.rowcast.observe.Health;
import dev.rowcast.observe.Metrics;
import dev.rowcast.redis.RedisSettings;
import dev.rowcast.testing.RedisProcess;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RedisBusIT extends BusContract {
  private static RedisProcess redis;
  private String prefix = "";

  @BeforeAll
  static void startRedis() throws Exception {
    redis = RedisProcess.start();
  }

  @AfterAll
  static void stopRedis() throws Exception {
    redis.close();
  }

  @Override
  protected Bus newBus() {
    prefix = "t" + Long.toHexString(ThreadLocalRandom.current().nextLong());
    return new RedisBus(
        new RedisSettings(
            new Secret("redis://127.0.0.1:" + redis.port() + "/3"),
            Optional.empty(),
            prefix,
            Duration.ofHours(1)),
        new BusMeters(new Metrics()),
        new Health().part("redis"),
        Ticker.SYSTEM,
        ThreadLocalRandom.current());
  }

  @Override
  protected void pass(Duration time) {
    var end = System.nanoTime() + time.toNanos();
    await().until(() -> System.nanoTime() >= end);
  }

  @Test
  void namesAreThoseOfWs4redisInTheConfiguredDatabase() throws Exception {
    done(bus.publish(RODAN, bytes("kept"), Duration.ofSeconds(90)));

    assertThat(redis.command("GET", prefix + ":broadcast:rodan")).isEqualTo("$-1\r\n");
    assertThat(redis.command("EVAL", inDatabase3("TTL"), "0")).isIn(":90\r\n", ":89\r\n");
    assertThat(redis.command("EVAL", inDatabase3("GET"), "0")).isEqualTo("$4\r\nkept\r\n");
  }

  @Test
  void aMessageOfAnOldPublisherIsHeard() throws Exception {
    done(bus.subscribe(RODAN));

    redis.command("PUBLISH", prefix + ":broadcast:rodan", "from Python");

    heard.awaitText(RODAN, "from Python");
  }

  @Test
  void oneConnectionToAskAndOneToListenHoweverManyTopics() throws Exception {
    for (var i = 0; i < 100; i++) {
      done(bus.subscribe(dev.rowcast.message.Topic.broadcast("f" + i)));
    }

    assertThat(redis.command("CLIENT", "LIST").lines().filter(line -> !line.contains("cmd=client")))
        .filteredOn(line -> line.contains("addr="))
        .hasSize(2);
  }

  private String inDatabase3(String verb) {
    return "redis.call('SELECT', 3) return redis.call('"
        + verb
        + "', '"
        + prefix
        + ":broadcast:rodan')";
  }
}
