package dev.rowcast.bench;

import dev.rowcast.base.Ticker;
import dev.rowcast.bench.report.Report.Moment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;

/**
 * Looks at the counters and the server a few times a second, and tells whoever watches.
 *
 * <p>Thread-safe. A virtual thread looks.
 */
final class Watch implements AutoCloseable {
  private static final long PERIOD_MILLIS = 200;

  private record Phase(String name, ToLongFunction<Snapshot> done, long goal) {}

  private final Fleet fleet;
  private final Optional<ServerProcess> server;
  private final Progress progress;
  private final Ticker ticker;
  private final long origin;
  private final CountDownLatch over = new CountDownLatch(1);
  private final Thread thread;
  private final List<Moment> moments = new ArrayList<>();
  private volatile Phase phase = new Phase("", _ -> 0, 0);

  Watch(
      Fleet fleet, Optional<ServerProcess> server, Progress progress, Ticker ticker, long origin) {
    this.fleet = fleet;
    this.server = server;
    this.progress = progress;
    this.ticker = ticker;
    this.origin = origin;
    thread = Thread.ofVirtual().name("bench-watch").start(this::look);
  }

  void phase(String name, ToLongFunction<Snapshot> done, long goal) {
    look(phase);
    phase = new Phase(name, done, goal);
  }

  List<Moment> moments() {
    synchronized (moments) {
      return List.copyOf(moments);
    }
  }

  private void look() {
    try {
      while (!over.await(PERIOD_MILLIS, TimeUnit.MILLISECONDS)) {
        look(phase);
      }
    } catch (InterruptedException _) {
      // The run is over.
    }
  }

  private void look(Phase current) {
    var now = fleet.snapshot();
    synchronized (moments) {
      var reading = server.map(ServerProcess::tryRead).orElse(new ServerProcess.Reading(0, 0));
      moments.add(
          new Moment(
              (ticker.nanoTime() - origin) / 1e9,
              now.open(),
              now.get(Counter.HEARD),
              reading.rss(),
              reading.cpu() / 1e9));
      if (!current.name().isEmpty()) {
        progress.show(current.name(), current.done().applyAsLong(now), current.goal());
      }
    }
  }

  @Override
  public void close() {
    look(phase);
    over.countDown();
    try {
      thread.join(1_000);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
