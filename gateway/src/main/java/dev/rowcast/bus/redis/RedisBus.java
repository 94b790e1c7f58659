package dev.rowcast.bus.redis;

import dev.rowcast.base.Backoff;
import dev.rowcast.base.Pause;
import dev.rowcast.base.Ticker;
import dev.rowcast.bus.Bus;
import dev.rowcast.bus.BusException;
import dev.rowcast.bus.BusListener;
import dev.rowcast.bus.BusMeters;
import dev.rowcast.message.Topic;
import dev.rowcast.observe.Health;
import dev.rowcast.redis.Link;
import dev.rowcast.redis.RedisConnections;
import dev.rowcast.redis.RedisSettings;
import dev.rowcast.redis.RedisTarget;
import dev.rowcast.redis.RedisTimes;
import java.io.IOException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bus through Redis, under ws4redis's names: one connection to ask and one to listen a node.
 *
 * <p>Thread-safe. The listener is called on the thread that reads the subscription; stages complete
 * on that one or on the Redis client's, whose callers must not block in them.
 *
 * <p>Nothing that looks connected is believed. Both connections are asked for a sign of life every
 * half second, and we publish to ourselves: a subscription that misses its own canary is deaf and
 * is made anew, whatever its socket says.
 */
public final class RedisBus implements Bus {
  private static final Logger LOG = LoggerFactory.getLogger(RedisBus.class);
  private static final Duration LOOK = Duration.ofMillis(100);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);
  private static final Duration FIRST_CONNECTION = Duration.ofSeconds(1);

  private final Names names;
  private final BusMeters meters;
  private final Health.Probe probe;
  private final Ticker ticker;
  private final RedisTarget target;
  private final RedisConnections connections;
  private final Link asking;
  private final Link listening;
  private final Commands commands;
  private final Subscriptions subscriptions;
  private final Thread watch;
  private volatile boolean closed;

  /**
   * A bus that connects when it is started.
   *
   * @throws IllegalArgumentException when the URL is not one, or names a file of authorities that
   *     cannot be read; with a sentence for the operator
   */
  public RedisBus(
      RedisSettings settings,
      BusMeters meters,
      Health.Probe probe,
      Ticker ticker,
      RandomGenerator random) {
    this(settings, meters, probe, ticker, random, RedisTimes.DEFAULTS);
  }

  RedisBus(
      RedisSettings settings,
      BusMeters meters,
      Health.Probe probe,
      Ticker ticker,
      RandomGenerator random,
      RedisTimes times) {
    this.names = new Names(settings.prefix());
    this.meters = meters;
    this.probe = probe;
    this.ticker = ticker;
    this.target = RedisTarget.parse(settings.url(), settings.password());
    try {
      this.connections = new RedisConnections(target, times.connect());
    } catch (IOException unusable) {
      throw new IllegalArgumentException("redis.url: " + unusable.getMessage(), unusable);
    }
    this.asking = new Link("commands", target, meters.reconnects, this::report);
    this.listening = new Link("subscriptions", target, meters.reconnects, this::report);
    this.commands = new Commands(connections, target, asking, times, pauses(random), ticker);
    var node = HexFormat.of().toHexDigits(random.nextLong());
    this.subscriptions =
        new Subscriptions(
            target,
            new ChannelName(names.canary(node)),
            commands,
            listening,
            times,
            meters,
            pauses(random),
            ticker);
    this.watch = Thread.ofVirtual().name("rowcast-bus-watch").unstarted(this::watch);
  }

  @Override
  public void start(BusListener listener) {
    commands.start();
    subscriptions.start(listener);
    watch.start();
    // Who connects at once is to be heard; a Redis that is away holds nobody up for long.
    commands.awaitFirst(FIRST_CONNECTION);
  }

  @Override
  public CompletionStage<Void> subscribe(Topic topic) {
    return subscriptions.add(topic, new ChannelName(names.of(topic)));
  }

  @Override
  public void unsubscribe(Topic topic) {
    subscriptions.remove(new ChannelName(names.of(topic)));
  }

  @Override
  public CompletionStage<Void> publish(Topic topic, byte[] payload, Duration keep) {
    if (payload.length == 0) {
      return CompletableFuture.completedFuture(null);
    }
    var since = ticker.nanoTime();
    var name = names.of(topic);
    var answer =
        keep.isPositive()
            ? commands.publishAndKeep(name, payload, wholeSeconds(keep))
            : commands.publish(name, payload);
    var done = new CompletableFuture<Void>();
    var _ =
        answer.whenComplete((_, failure) -> {
          if (failure != null) {
            meters.failures.increment();
            done.completeExceptionally(failure);
            return;
          }
          meters.messagesOut.increment();
          meters.bytesOut.add(payload.length);
          meters.publishLatency.record(Duration.ofNanos(ticker.nanoTime() - since));
          if (keep.isPositive()) {
            subscriptions.kept(name, payload);
          }
          done.complete(null);
        });
    return done;
  }

  @Override
  public CompletionStage<Optional<byte[]>> lastValue(Topic topic) {
    var name = names.of(topic);
    return commands
        .get(name)
        .thenApply(value -> {
          value.ifPresent(bytes -> subscriptions.gave(name, bytes));
          return value.filter(bytes -> bytes.length > 0);
        });
  }

  @Override
  public long hearing() {
    return subscriptions.hearing();
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      watch.interrupt();
      subscriptions.close();
      commands.close();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    connections.close();
    probe.down("closed");
  }

  /** Each role's own, because a generator need not be shared between threads. */
  private static Backoff pauses(RandomGenerator random) {
    return new Backoff(FIRST_PAUSE, LONGEST_PAUSE, new SplittableRandom(random.nextLong()));
  }

  /** SETEX counts in whole seconds, and refuses zero. */
  private static long wholeSeconds(Duration keep) {
    var longest = Duration.ofDays(36_500);
    return keep.compareTo(longest) > 0
        ? longest.toSeconds()
        : keep.plusNanos(999_999_999).toSeconds();
  }

  private void watch() {
    var before = ticker.nanoTime();
    try {
      while (!closed) {
        Pause.of(LOOK);
        var now = ticker.nanoTime();
        if (now - before > 10 * LOOK.toNanos()) {
          // We were stopped, not Redis: its answers may lie unread in our own buffers.
          commands.forgive();
          subscriptions.forgive();
        }
        before = now;
        commands.watch();
        subscriptions.watch();
      }
    } catch (InterruptedException end) {
      LOG.trace("the watch ends", end);
    }
  }

  private synchronized void report() {
    var troubles =
        Stream.of(asking, listening).map(Link::trouble).flatMap(Optional::stream).toList();
    if (troubles.isEmpty()) {
      probe.up("connected to " + target);
    } else {
      probe.down(target + " is away; " + String.join("; ", troubles));
    }
  }

  static BusException closedFailure() {
    return new BusException("the bus is closed", false);
  }
}
