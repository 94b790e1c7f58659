package dev.rowcast.cli;

import dev.rowcast.base.Pause;
import dev.rowcast.base.Ticker;
import dev.rowcast.bus.Bus;
import dev.rowcast.bus.BusException;
import dev.rowcast.bus.BusListener;
import dev.rowcast.bus.BusMeters;
import dev.rowcast.bus.redis.RedisBus;
import dev.rowcast.message.Topic;
import dev.rowcast.observe.Health;
import dev.rowcast.observe.Metrics;
import dev.rowcast.redis.RedisSettings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code rowcast publish}. */
@Command(
    name = "publish",
    description = "Publishes a message at a facility, as ws4redis's RedisPublisher does.",
    footer = {"", "Example: rowcast publish lobby hello --redis redis://localhost:6379/0"})
final class PublishCommand implements Runnable {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  @Mixin private ConfigOptions options = new ConfigOptions();
  @Mixin private LogOptions log = new LogOptions();

  @Parameters(index = "0", paramLabel = "FACILITY", description = "The facility.")
  private String facility = "";

  @Parameters(index = "1", paramLabel = "TEXT", description = "The message, verbatim.")
  private String text = "";

  @Option(
      names = "--audience",
      paramLabel = "WHO",
      description = "broadcast (default), user:NAME, group:NAME or session:KEY.")
  private String audience = "broadcast";

  @Option(
      names = "--expire",
      paramLabel = "S",
      description =
          "Seconds for which it is kept as the last value, 0 for not at all; redis.expire"
              + " by default.")
  private @Nullable Integer expire;

  @Override
  public void run() {
    log.apply();
    var settings = options.load().gateway();
    var redis =
        settings
            .redis()
            .orElseThrow(() ->
                new CommandException(
                    "publish needs the Redis that the gateway listens to; name it with --redis"
                        + " or redis.url",
                    ExitCode.WRONG_USAGE));
    var keep = expire == null ? settings.keep() : Duration.ofSeconds(expire);
    if (keep.isNegative()) {
      throw new CommandException(
          "--expire is " + expire + ", must not be negative", ExitCode.WRONG_USAGE);
    }
    publish(redis, topic(), keep);
  }

  private void publish(RedisSettings redis, Topic topic, Duration keep) {
    var probe = new Health().part("redis");
    try (var bus =
        new RedisBus(
            redis,
            new BusMeters(new Metrics()),
            probe,
            Ticker.SYSTEM,
            RandomGenerator.getDefault())) {
      bus.start(BusListener.DEAF);
      awaitRedis(bus, topic, probe);
      bus.publish(topic, text.getBytes(StandardCharsets.UTF_8), keep)
          .toCompletableFuture()
          .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException _) {
      throw new CommandException("not published: Redis does not answer");
    } catch (ExecutionException e) {
      var cause = e.getCause();
      throw new CommandException("not published: " + (cause == null ? e : cause).getMessage());
    } catch (InterruptedException _) {
      throw new CommandException("interrupted", ExitCode.INTERRUPTED);
    }
  }

  /** A question has no effect and may be repeated until Redis answers; a publication has one. */
  private static void awaitRedis(Bus bus, Topic topic, Health.Probe probe)
      throws InterruptedException, TimeoutException, ExecutionException {
    var deadline = Ticker.SYSTEM.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        bus.lastValue(topic).toCompletableFuture().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        return;
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof BusException away && away.retryable())) {
          throw e;
        }
        if (Ticker.SYSTEM.nanoTime() > deadline) {
          throw new CommandException("not published: " + probe.report().detail());
        }
        Pause.of(Duration.ofMillis(20));
      }
    }
  }

  private Topic topic() {
    try {
      return Topic.of(audience, facility);
    } catch (IllegalArgumentException e) {
      throw new CommandException("--" + e.getMessage(), ExitCode.WRONG_USAGE);
    }
  }
}
