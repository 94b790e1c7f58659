package dev.rowcast.session;

import dev.rowcast.hub.Loop;
import dev.rowcast.protocol.LiveRequest.Reading;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The readers of {@code /live} on one event loop.
 *
 * <p>Confined to that loop, except {@link #grown}, which any thread may call.
 *
 * <p>Nothing is queued for a reader: it is a place in the feed, and whoever is awake and may write
 * reads on from there. So all that is handed to the loop is the news that there is something, once
 * until it has been taken.
 */
public final class LoopReaders {
  private final LiveReaders shared;
  private final Loop loop;
  private final Set<LiveStream> streams = new LinkedHashSet<>();
  private final AtomicBoolean announced = new AtomicBoolean();
  private long visitedAt;

  LoopReaders(LiveReaders shared, Loop loop) {
    this.shared = shared;
    this.loop = loop;
    this.visitedAt = shared.ticker().nanoTime();
  }

  /**
   * Begins to answer.
   *
   * @param head the head of the answer of a stream
   */
  public LiveStream open(LiveLine line, LiveAdmission.Admitted admitted, byte[] head) {
    assert loop.inLoop();
    var stream =
        switch (admitted.request().reading()) {
          case Reading.Stream() -> new EventStream(this, line, admitted, head);
          case Reading.Page(var patience) -> new EventPage(this, line, admitted, patience);
        };
    streams.add(stream);
    shared.open.increment();
    stream.begin();
    return stream;
  }

  /** The feed has more. */
  void grown() {
    if (!announced.getAndSet(true)) {
      try {
        loop.execute(this::wake);
      } catch (RejectedExecutionException _) {
        // The loop has ended, and with it everybody who could read.
      }
    }
  }

  private void wake() {
    announced.set(false);
    for (var stream : List.copyOf(streams)) {
      stream.pump();
    }
  }

  /** Visits all, a few times a second at most. */
  public void tick() {
    var now = shared.ticker().nanoTime();
    if (now - visitedAt < Duration.ofMillis(200).toNanos()) {
      return;
    }
    visitedAt = now;
    for (var stream : List.copyOf(streams)) {
      stream.visit(now);
    }
  }

  /** Ends all; their readers come back with their places. */
  public void drain() {
    for (var stream : List.copyOf(streams)) {
      stream.end();
    }
  }

  /** Requests whose connection is not closed yet. */
  public int count() {
    return streams.size();
  }

  void remove(LiveStream stream) {
    if (streams.remove(stream)) {
      shared.open.decrement();
    }
  }

  LiveReaders shared() {
    return shared;
  }

  Loop loop() {
    return loop;
  }
}
