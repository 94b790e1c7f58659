package dev.rowcast.bench;

import dev.rowcast.base.Ticker;
import dev.rowcast.bench.report.Distribution;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Several writers that commit rows when they are due, each on a connection and a thread of its own.
 *
 * <p>Confined to the run's thread. What stands in a row's stamp is when it was due, not when its
 * writer got to it: a database that stalls shows as latency (no coordinated omission). The rows of
 * one topic come from one writer, so they are committed in the order of their numbers.
 */
final class WriteSchedule implements AutoCloseable {
  private final Plan plan;
  private final CommitTimes times;
  private final Ticker ticker;
  private final List<Committer> committers = new ArrayList<>();

  /** Connects all writers. */
  WriteSchedule(Plan plan, Supplier<Committer> committers, CommitTimes times, Ticker ticker) {
    this.plan = plan;
    this.times = times;
    this.ticker = ticker;
    try {
      for (int i = 0; i < plan.settings().publishing().writers(); i++) {
        this.committers.add(committers.get());
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * Writes some numbers of every topic, in turn, at the rate of the run; returns when all are
   * committed.
   *
   * @return how long the statements took
   * @throws BenchException when a writer failed; the others have stopped then
   */
  Histogram run(int from, int to) {
    var start = ticker.nanoTime();
    var failure = new AtomicReference<@Nullable RuntimeException>();
    var took = new ArrayList<Histogram>();
    var threads = new ArrayList<Thread>();
    for (int writer = 0; writer < committers.size(); writer++) {
      var own = Distribution.histogram();
      took.add(own);
      var first = writer;
      threads.add(
          Thread.ofPlatform()
              .daemon()
              .name("bench-writer-" + writer)
              .start(() -> write(first, from, to, start, own, failure)));
    }
    join(threads);
    var failed = failure.get();
    if (failed != null) {
      throw new BenchException("a writer failed: " + failed.getMessage(), failed);
    }
    var all = Distribution.histogram();
    took.forEach(all::add);
    return all;
  }

  private static void join(List<Thread> threads) {
    try {
      for (var thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      threads.forEach(Thread::interrupt);
      Thread.currentThread().interrupt();
      throw new BenchException("interrupted", e);
    }
  }

  private void write(
      int writer,
      int from,
      int to,
      long start,
      Histogram took,
      AtomicReference<@Nullable RuntimeException> failure) {
    var topics = plan.settings().load().topics();
    var gap = 1e9 / plan.settings().load().rate();
    try {
      for (int number = from; number < to; number++) {
        for (int topic = writer; topic < topics; topic += committers.size()) {
          var due = start + (long) (((long) (number - from) * topics + topic) * gap);
          if (!await(due) || failure.get() != null) {
            return;
          }
          var began = ticker.nanoTime();
          committers
              .get(writer)
              .commit(topic, plan.stamp().text(topic, number, due - plan.origin()));
          var returned = ticker.nanoTime();
          times.returned(topic, number, returned);
          Distribution.record(took, returned - began);
        }
      }
    } catch (RuntimeException e) {
      failure.compareAndSet(null, e);
    }
  }

  /** Waits for a moment; false: interrupted. */
  private boolean await(long due) {
    for (var wait = due - ticker.nanoTime(); wait > 0; wait = due - ticker.nanoTime()) {
      LockSupport.parkNanos(wait);
      if (Thread.currentThread().isInterrupted()) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() {
    committers.forEach(Committer::close);
    committers.clear();
  }
}
