package dev.rowcast.hub;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/**
 * The work of one shard on its event loop, done again and again for as long as there is any.
 *
 * <p>Thread-safe; the work itself is done on the loop, one run after another.
 *
 * <p>Whoever hands work over announces it, behind the last of what came together, and that puts a
 * run on the loop unless there is one. Between two runs the loop looks at its sockets: else a
 * source that never pauses would keep those waiting that can be written to again. Who has more to
 * do lets the other loops finish first ({@link Drains}), for no longer than its own run took.
 */
final class Drain {
  /** Nanoseconds of a run that is worth waiting for the others. */
  private static final long WORTH_WAITING = 100_000;

  private final Drains all;
  private final Loop loop;
  private final Executor afterIo;
  private final BooleanSupplier hasMore;
  private final Runnable work;
  private final Runnable run = this::run;

  /** From the announcement on until nothing is left, the wait for others included. */
  private final AtomicBoolean announced = new AtomicBoolean();

  /** Whether there is more to do once the other loops have finished. */
  private final AtomicBoolean isWaiting = new AtomicBoolean();

  /** How often it has waited; tells a wait from the one before. Confined to the loop. */
  private long waits;

  Drain(Drains all, Loop loop, BooleanSupplier hasMore, Runnable work) {
    this.all = all;
    this.loop = loop;
    this.afterIo = loop::executeAfterIo;
    this.hasMore = hasMore;
    this.work = work;
  }

  /** Has the loop do what there is, if there is anything. */
  void announce() {
    announce(loop);
  }

  private void announce(Executor way) {
    if (hasMore.getAsBoolean() && !announced.get() && announced.compareAndSet(false, true)) {
      enter(way);
    }
  }

  /** Announced until its end: while it runs nobody puts the next one before the sockets. */
  private void run() {
    assert loop.inLoop();
    var began = all.nanoTime();
    try {
      work.run();
    } finally {
      if (hasMore.getAsBoolean()) {
        await(all.nanoTime() - began);
      } else {
        rest();
      }
    }
  }

  /** Nothing is left, unless it came just now. */
  private void rest() {
    announced.set(false);
    all.leave();
    announce(afterIo);
  }

  /** Goes on behind the others' runs, or after so many nanoseconds. */
  private void await(long atMost) {
    var number = ++waits;
    isWaiting.set(true);
    all.leave();
    if (atMost < WORTH_WAITING) {
      goOn();
    } else if (isWaiting.get()) {
      loop.executeAfter(atMost, () -> goOn(number));
    }
  }

  private void goOn(long number) {
    if (waits == number) {
      goOn();
    }
  }

  /** Runs again, if it waits for that. */
  void goOn() {
    if (isWaiting.get() && isWaiting.compareAndSet(true, false)) {
      enter(loop.inLoop() ? afterIo : loop);
    }
  }

  /** Asks for a run; from now on the other loops may wait for it. */
  private void enter(Executor way) {
    all.enter();
    try {
      way.execute(run);
    } catch (RejectedExecutionException _) {
      // The loop has ended, and with it everybody who could be told.
      all.leave();
    }
  }
}
