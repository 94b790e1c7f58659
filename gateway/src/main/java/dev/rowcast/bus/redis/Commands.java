package dev.rowcast.bus.redis;

import dev.rowcast.base.Backoff;
import dev.rowcast.base.Ticker;
import dev.rowcast.bus.BusException;
import dev.rowcast.redis.Link;
import dev.rowcast.redis.RedisConnections;
import dev.rowcast.redis.RedisTarget;
import dev.rowcast.redis.RedisTimes;
import dev.rowcast.redis.RespSocket;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisException;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The connection on which we ask: PUBLISH, SETEX, GET; made anew whenever it breaks.
 *
 * <p>Thread-safe. One virtual thread connects and waits for the end. While there is no connection
 * every call fails at once, retryable; nothing is kept back for a later one. What waits for an
 * answer is bounded by bytes, and past that bound calls fail as well: a slow Redis never fills the
 * heap.
 */
final class Commands {
  /** What a command in flight costs besides its payload. */
  private static final int COMMAND_OVERHEAD = 512;

  /** Error codes after which the same command may succeed later by itself. */
  private static final Set<String> PASSING =
      Set.of(
          "OOM",
          "LOADING",
          "BUSY",
          "READONLY",
          "MASTERDOWN",
          "MISCONF",
          "NOREPLICAS",
          "TRYAGAIN",
          "CLUSTERDOWN");

  private final RedisConnections connections;
  private final RedisTarget target;
  private final Link link;
  private final RedisTimes times;
  private final Backoff backoff;
  private final Ticker ticker;
  private final AtomicLong bytesInFlight = new AtomicLong();

  /** Open until the first connection is there, or has failed. */
  private final CountDownLatch tried = new CountDownLatch(1);

  private volatile @Nullable Connected connected;
  private volatile boolean closed;
  private @Nullable Thread thread;

  /** One connection while it lasts. */
  private static final class Connected {
    final StatefulRedisConnection<byte[], byte[]> connection;
    final RedisAsyncCommands<byte[], byte[]> async;
    final CountDownLatch ended = new CountDownLatch(1);

    /* The watch's. */
    @Nullable CompletableFuture<String> ping;
    long pingedAt;

    /** When Redis last answered anything: a long queue that moves is not silence. */
    volatile long answeredAt;

    volatile String reason = "Redis closed the connection";

    Connected(StatefulRedisConnection<byte[], byte[]> connection) {
      this.connection = connection;
      this.async = connection.async();
    }

    void end(String why) {
      reason = why;
      ended.countDown();
    }
  }

  Commands(
      RedisConnections connections,
      RedisTarget target,
      Link link,
      RedisTimes times,
      Backoff backoff,
      Ticker ticker) {
    this.connections = connections;
    this.target = target;
    this.link = link;
    this.times = times;
    this.backoff = backoff;
    this.ticker = ticker;
  }

  void start() {
    thread = Thread.ofVirtual().name("rowcast-bus-commands").start(this::run);
  }

  /** Returns once the first connection is there or has failed, or so much time is over. */
  void awaitFirst(Duration patience) {
    try {
      var _ = tried.await(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  boolean isConnected() {
    return connected != null;
  }

  /** PUBLISH; gives the number of subscriptions that were sent the message. */
  CompletionStage<Long> publish(byte[] name, byte[] payload) {
    return ask("publish", payload.length, commands -> commands.publish(name, payload));
  }

  /** PUBLISH and then SETEX, one behind the other; done when both are answered. */
  CompletionStage<Long> publishAndKeep(byte[] name, byte[] payload, long seconds) {
    return ask(
        "publish",
        payload.length,
        commands -> {
          var published = commands.publish(name, payload);
          var kept = setex(commands, name, seconds, payload);
          return published.thenCombine(kept, (receivers, _) -> receivers);
        });
  }

  /** GET. */
  CompletionStage<Optional<byte[]>> get(byte[] name) {
    return ask("read", name.length, commands -> commands.get(name).thenApply(Optional::ofNullable));
  }

  /** Sends the next PING or ends a connection that has not answered the last in time. */
  void watch() {
    var current = connected;
    if (current == null) {
      return;
    }
    var now = ticker.nanoTime();
    var ping = current.ping;
    if (ping != null && !ping.isDone()) {
      var silent = Math.min(now - current.pingedAt, now - current.answeredAt);
      if (silent > times.answer().toNanos()) {
        current.end("no answer for " + times.answer().toMillis() + " ms");
      }
      return;
    }
    if (ping == null || now - current.pingedAt >= times.ping().toNanos()) {
      current.pingedAt = now;
      try {
        current.ping = current.async.ping().toCompletableFuture();
      } catch (RedisException broken) {
        current.end(String.valueOf(broken.getMessage()));
      }
    }
  }

  /** The process was stopped for a while: what is due has to be asked anew. */
  void forgive() {
    var current = connected;
    if (current != null) {
      current.answeredAt = ticker.nanoTime();
    }
  }

  void close() throws InterruptedException {
    closed = true;
    var running = thread;
    if (running != null) {
      running.interrupt();
      running.join(Duration.ofSeconds(5));
    }
  }

  private void run() {
    while (!closed) {
      try {
        var node = RespSocket.resolve(target, times.connect());
        use(new Connected(connections.connect(node)), node);
        backoff.pause();
      } catch (IOException | RedisException away) {
        link.away(String.valueOf(away.getMessage()));
        tried.countDown();
        if (!pause()) {
          return;
        }
      } catch (InterruptedException end) {
        return;
      }
    }
  }

  private boolean pause() {
    try {
      backoff.pause();
      return true;
    } catch (InterruptedException end) {
      return false;
    }
  }

  private void use(Connected fresh, RedisTarget.Node node) throws InterruptedException {
    var since = ticker.nanoTime();
    fresh.connection.addListener(
        new RedisConnectionStateListener() {
          @Override
          public void onRedisDisconnected(RedisChannelHandler<?, ?> connection) {
            fresh.ended.countDown();
          }
        });
    fresh.answeredAt = since;
    try {
      connected = fresh;
      link.up();
      tried.countDown();
      while (!fresh.ended.await(times.ping().toMillis(), TimeUnit.MILLISECONDS)) {
        if (!fresh.connection.isOpen()) {
          break;
        }
        if (hasMoved(node)) {
          fresh.end("the master has moved");
        }
      }
      link.away(fresh.reason);
    } finally {
      connected = null;
      var _ = fresh.connection.closeAsync();
    }
    if (ticker.nanoTime() - since > times.stable().toNanos()) {
      backoff.reset();
    }
  }

  private boolean hasMoved(RedisTarget.Node node) {
    try {
      return !RespSocket.resolve(target, times.connect()).equals(node);
    } catch (IOException unknown) {
      return false;
    }
  }

  private <T> CompletionStage<T> ask(String what, int size, Question<T> question) {
    var current = connected;
    if (current == null) {
      return refused("cannot " + what + ": " + target + " is away", !closed);
    }
    var cost = (long) COMMAND_OVERHEAD + size;
    if (bytesInFlight.addAndGet(cost) > times.bytesInFlight()) {
      bytesInFlight.addAndGet(-cost);
      return refused("cannot " + what + ": too much waits for an answer of " + target, true);
    }
    var answer = new CompletableFuture<T>();
    try {
      var _ =
          question
              .ask(current.async)
              .whenComplete((value, failure) -> {
                bytesInFlight.addAndGet(-cost);
                if (failure == null) {
                  answer.complete(value);
                } else {
                  answer.completeExceptionally(translate(what, failure));
                }
              });
    } catch (RedisException broken) {
      bytesInFlight.addAndGet(-cost);
      answer.completeExceptionally(translate(what, broken));
    }
    return answer;
  }

  /**
   * The command itself, not its newer spelling: an ACL written for ws4redis knows only this one.
   */
  private static CompletionStage<String> setex(
      RedisAsyncCommands<byte[], byte[]> commands, byte[] name, long seconds, byte[] payload) {
    var codec = ByteArrayCodec.INSTANCE;
    return commands.dispatch(
        CommandType.SETEX,
        new StatusOutput<>(codec),
        new CommandArgs<>(codec).addKey(name).add(seconds).addValue(payload));
  }

  private BusException translate(String what, Throwable failure) {
    var cause = failure;
    while (!(cause instanceof RedisException) && cause.getCause() != null) {
      cause = cause.getCause();
    }
    var text = "cannot " + what + ": " + target + ": " + cause.getMessage();
    if (cause instanceof RedisCommandExecutionException) {
      var code = String.valueOf(cause.getMessage()).split(" ", 2)[0];
      return new BusException(text, PASSING.contains(code), cause);
    }
    return new BusException(text, !closed, cause);
  }

  private static <T> CompletionStage<T> refused(String why, boolean retryable) {
    return CompletableFuture.failedFuture(new BusException(why, retryable));
  }

  /** What to ask on the connection there is. */
  @FunctionalInterface
  private interface Question<T> {
    CompletionStage<T> ask(RedisAsyncCommands<byte[], byte[]> commands);
  }
}
