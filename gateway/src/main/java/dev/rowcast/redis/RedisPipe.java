package dev.rowcast.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rowcast.base.Pause;
import dev.rowcast.base.Ticker;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to Redis on which commands are sent without waiting for the answers before them.
 *
 * <p>Thread-safe. Commands are written by their callers, in the order of the calls; answers are
 * read by one virtual thread, on which their stages complete, so whoever waits on a stage must not
 * do it there. A second virtual thread watches: it sends PING whenever nothing has been asked for a
 * while, and ends the connection when an answer is late or a sentinel names another master.
 *
 * <p>A pipe is used until it breaks and then thrown away. It never connects again by itself and
 * never sends a command twice: what waits for an answer when it breaks fails, and nobody knows
 * whether Redis has carried it out.
 */
public final class RedisPipe implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RedisPipe.class);
  private static final Duration LOOK = Duration.ofMillis(100);
  private static final byte[] PING = RespSocket.command("PING");

  private final RespSocket socket;
  private final RedisTarget target;
  private final RedisTarget.Node node;
  private final RedisTimes times;
  private final Ticker ticker;
  private final ReentrantLock writing = new ReentrantLock();
  private final Object lock = new Object();

  /* Guarded by lock. */
  private final Queue<CompletableFuture<RedisReply>> waiting = new ArrayDeque<>();
  private long askedAt;
  private long answeredAt;
  private Duration patience;
  private @Nullable String failure;

  private RedisPipe(
      RespSocket socket,
      RedisTarget target,
      RedisTarget.Node node,
      RedisTimes times,
      Ticker ticker) {
    this.socket = socket;
    this.target = target;
    this.node = node;
    this.times = times;
    this.ticker = ticker;
    this.patience = times.answer();
    this.answeredAt = ticker.nanoTime();
    this.askedAt = answeredAt;
  }

  /**
   * Connects, says who we are and selects the database. Blocks; for a thread of the control plane.
   *
   * @param name of the two threads, for people who look at a dump
   * @throws IOException when Redis is away, or refuses us; the message holds no secret
   */
  public static RedisPipe open(RedisTarget target, RedisTimes times, String name, Ticker ticker)
      throws IOException {
    var node = RespSocket.resolve(target, times.connect());
    var socket = new RespSocket(node, target);
    var pipe = new RedisPipe(socket, target, node, times, ticker);
    var late =
        Thread.ofVirtual()
            .name(name + "-connect")
            .start(() -> {
              try {
                Pause.of(times.connect().multipliedBy(2));
                socket.close();
              } catch (InterruptedException inTime) {
                LOG.trace("connected in time", inTime);
              }
            });
    try {
      socket.open(times.connect());
      if (target.database() != 0) {
        socket.write(RespSocket.command("SELECT", Integer.toString(target.database())));
        var _ = socket.readReply().text();
      }
    } catch (IOException away) {
      socket.close();
      throw away;
    } finally {
      late.interrupt();
    }
    Thread.ofVirtual().name(name + "-reader").start(pipe::read);
    Thread.ofVirtual().name(name + "-watch").start(pipe::watch);
    return pipe;
  }

  /** Sends a command; the stage fails with {@link IOException} when the connection ends before. */
  public CompletableFuture<RedisReply> send(byte[] command) {
    var answer = new CompletableFuture<RedisReply>();
    writing.lock();
    try {
      synchronized (lock) {
        if (failure != null) {
          answer.completeExceptionally(new IOException(failure));
          return answer;
        }
        if (waiting.isEmpty()) {
          askedAt = ticker.nanoTime();
        }
        waiting.add(answer);
      }
      socket.write(command);
    } catch (IOException broken) {
      fail(String.valueOf(broken.getMessage()));
    } finally {
      writing.unlock();
    }
    return answer;
  }

  /**
   * Sends a command and waits for its answer.
   *
   * @throws IOException when the connection ended first; an error that Redis answers is a reply
   */
  public RedisReply ask(String... words) throws IOException, InterruptedException {
    return await(send(RespSocket.command(words)));
  }

  /** Sends commands with nobody else's in between and waits for all answers. */
  public List<RedisReply> askAll(List<byte[]> commands) throws IOException, InterruptedException {
    var answers = new ArrayList<CompletableFuture<RedisReply>>(commands.size());
    writing.lock();
    try {
      for (var command : commands) {
        answers.add(send(command));
      }
    } finally {
      writing.unlock();
    }
    var replies = new ArrayList<RedisReply>(answers.size());
    for (var answer : answers) {
      replies.add(await(answer));
    }
    return replies;
  }

  /** Commands that Redis itself lets wait, for so long, are not late before. */
  public void allowBlocking(Duration longest) {
    synchronized (lock) {
      patience = times.answer().plus(longest);
    }
  }

  /** Why the connection has ended, or null while it lasts. */
  public @Nullable String failure() {
    synchronized (lock) {
      return failure;
    }
  }

  /** Ends the connection; the first reason stays, and everything that waits fails with it. */
  public void fail(String why) {
    List<CompletableFuture<RedisReply>> lost;
    String reason;
    synchronized (lock) {
      if (failure == null) {
        failure = why;
      }
      reason = failure;
      lost = List.copyOf(waiting);
      waiting.clear();
      lock.notifyAll();
    }
    socket.close();
    lost.forEach(answer -> answer.completeExceptionally(new IOException(reason)));
  }

  @Override
  public void close() {
    fail("closed");
  }

  /** The text form of an argument. */
  public static byte[] word(String text) {
    return text.getBytes(UTF_8);
  }

  private static RedisReply await(CompletableFuture<RedisReply> answer)
      throws IOException, InterruptedException {
    try {
      return answer.get();
    } catch (ExecutionException broken) {
      throw new IOException(
          Objects.requireNonNullElse(broken.getCause(), broken).getMessage(), broken);
    }
  }

  private void read() {
    try {
      while (true) {
        var reply = socket.readReply();
        CompletableFuture<RedisReply> answer;
        synchronized (lock) {
          answer = waiting.poll();
          answeredAt = ticker.nanoTime();
        }
        if (answer == null) {
          throw new IOException("Redis answers what nobody asked");
        }
        answer.complete(reply);
      }
    } catch (IOException ended) {
      fail(String.valueOf(ended.getMessage()));
    }
  }

  private void watch() {
    var before = ticker.nanoTime();
    var resolvedAt = before;
    try {
      while (failure() == null) {
        Pause.of(LOOK);
        var now = ticker.nanoTime();
        if (now - before > 10 * LOOK.toNanos()) {
          // We were stopped, not Redis: its answers may lie unread in our own buffers.
          forgive(now);
        }
        before = now;
        look(now);
        if (target.place() instanceof RedisTarget.Sentinels
            && now - resolvedAt > times.ping().toNanos()) {
          resolvedAt = now;
          followMaster();
        }
      }
    } catch (InterruptedException end) {
      LOG.trace("the watch ends", end);
    }
  }

  private void look(long now) {
    boolean ping;
    boolean late;
    synchronized (lock) {
      var since = Math.max(askedAt, answeredAt);
      late = !waiting.isEmpty() && now - since > patience.toNanos();
      ping = waiting.isEmpty() && now - answeredAt > times.ping().toNanos();
    }
    if (late) {
      fail("no answer for " + patience.toMillis() + " ms");
    } else if (ping) {
      var _ = send(PING);
    }
  }

  private void forgive(long now) {
    synchronized (lock) {
      answeredAt = now;
    }
  }

  private void followMaster() {
    try {
      if (!RespSocket.resolve(target, times.connect()).equals(node)) {
        fail("the master has moved");
      }
    } catch (IOException unknown) {
      LOG.debug("no sentinel answers", unknown);
    }
  }
}
