package dev.rowcast.server;

import dev.rowcast.base.Ticker;
import dev.rowcast.session.LoopReaders;
import dev.rowcast.session.LoopSessions;
import dev.rowcast.session.LoopSockets;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one event loop's connections share at the door: their deadlines, and the way to sessions.
 *
 * <p>Confined to that loop, except the constructor and {@link #drain}.
 *
 * <p>Every handshake has the same time, so deadlines come in the order of arrival: a queue whose
 * head is looked at on each tick stands for one timer per connection.
 */
final class LoopDoor {
  private static final Logger log = LoggerFactory.getLogger(LoopDoor.class);

  private final EventLoop loop;
  private final LoopSessions sessions;
  private final Ticker ticker;
  private final long handshakeTimeout;
  private final ArrayDeque<DoorHandler> arrivals = new ArrayDeque<>();
  private final CountDownLatch drained = new CountDownLatch(1);
  private @Nullable LoopReaders readers;
  private @Nullable LoopSockets sockets;
  private boolean draining;

  LoopDoor(EventLoop loop, LoopSessions sessions, Duration handshakeTimeout, Ticker ticker) {
    this.loop = loop;
    this.sessions = sessions;
    this.handshakeTimeout = handshakeTimeout.toNanos();
    this.ticker = ticker;
  }

  /** Before the start: who reads at {@code /live} on this loop. */
  void serve(LoopReaders live) {
    readers = live;
  }

  /** Before the start: whose WebSockets are at {@code /live} on this loop. */
  void serve(LoopSockets live) {
    sockets = live;
  }

  /** Begins to tick. */
  void start() {
    var every = Math.min(sessions.tickEvery().toNanos(), handshakeTimeout / 4);
    var _ = loop.scheduleAtFixedRate(this::tick, every, every, TimeUnit.NANOSECONDS);
  }

  /** A connection has its handshake before it; see {@link DoorHandler#late}. */
  void arrived(DoorHandler handler) {
    handler.deadline = ticker.nanoTime() + handshakeTimeout;
    arrivals.add(handler);
  }

  /** The loop's own role: a bug in one visit must not end the visits of all. */
  private void tick() {
    try {
      visit();
    } catch (RuntimeException e) {
      log.error("a tick failed", e);
    }
  }

  private void visit() {
    var now = ticker.nanoTime();
    for (var first = arrivals.peek();
        first != null && (first.isGone() || first.deadline - now <= 0);
        first = arrivals.peek()) {
      arrivals.poll();
      first.late();
    }
    sessions.tick();
    if (readers != null) {
      readers.tick();
    }
    if (sockets != null) {
      sockets.tick();
    }
    if (draining && sessions.count() == 0 && (readers == null || readers.count() == 0)) {
      drained.countDown();
    }
  }

  /** Ends this loop's sessions over this time. */
  void drain(Duration over) {
    loop.execute(() -> {
      draining = true;
      sessions.drain(over);
      if (readers != null) {
        readers.drain();
      }
    });
  }

  /** The first of this loop's connections that fit, as of one moment. */
  CompletableFuture<List<ConnectionReport>> connections(
      Predicate<ConnectionReport> fits, int atMost) {
    return CompletableFuture.supplyAsync(
        () -> {
          var now = ticker.nanoTime();
          return sessions.lines().stream()
              .map(line -> ((SocketHandler) line).report(now))
              .filter(fits)
              .limit(atMost)
              .toList();
        },
        loop);
  }

  boolean isDraining() {
    return draining;
  }

  /** Completes when a draining loop has no session left. */
  CountDownLatch drained() {
    return drained;
  }

  /** Null when nothing is served at {@code /live}. */
  @Nullable LoopReaders readers() {
    return readers;
  }

  /** Null when there are no WebSockets at {@code /live}. */
  @Nullable LoopSockets sockets() {
    return sockets;
  }

  LoopSessions sessions() {
    return sessions;
  }
}
