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
 *
 * <p>What is sent in answer to a run comes soon behind it, and all together. So where more came
 * while the last run worked, the next one pauses for a third of that run's time and takes what
 * comes meanwhile along; where nothing came while it paused, the next does not. A lone message does
 * not wait: it finds a loop that has rested for longer than it worked, or had nothing more to do.
 */
final class Drain {
  /** Nanoseconds of a run that is worth waiting, for the others or for what comes next. */
  private static final long WORTH_WAITING = 100_000;

  /** The share of a run's time for which the next one pauses. */
  private static final int PAUSE_SHARE = 3;

  private final Drains all;
  private final Loop loop;
  private final Executor afterIo;
  private final BooleanSupplier hasMore;
  private final Runnable work;
  private final Runnable begin = this::begin;

  /** From the announcement on until nothing is left, the wait for others included. */
  private final AtomicBoolean announced = new AtomicBoolean();

  /** Whether there is more to do once the other loops have finished. */
  private final AtomicBoolean isWaiting = new AtomicBoolean();

  /** How often it has waited; tells a wait from the one before. Confined to the loop. */
  private long waits;

  /** Nanoseconds that the last run took. Confined to the loop, as is what follows. */
  private long took;

  /** When it ended. */
  private long ended;

  /** Whether more came while it worked, or paused. */
  private boolean moreCame;

  /** Whether more was announced since it pauses; set by any thread. */
  private volatile boolean isJoined;

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
    if (!hasMore.getAsBoolean()) {
      return;
    }
    if (!announced.get() && announced.compareAndSet(false, true)) {
      enter(way);
    } else if (!isJoined) {
      isJoined = true;
    }
  }

  private void begin() {
    assert loop.inLoop();
    if (moreCame && took >= WORTH_WAITING && all.nanoTime() - ended < took) {
      isJoined = false;
      ask(task -> loop.executeAfter(took / PAUSE_SHARE, task), this::endPause);
    } else {
      run();
    }
  }

  private void endPause() {
    moreCame = isJoined;
    run();
  }

  /** Announced until its end: while it runs nobody puts the next one before the sockets. */
  private void run() {
    var began = all.nanoTime();
    try {
      work.run();
    } finally {
      ended = all.nanoTime();
      took = ended - began;
      if (hasMore.getAsBoolean()) {
        moreCame = true;
        awaitOthers();
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

  /** Goes on behind the others' runs, or after as long as the last one of its own took. */
  private void awaitOthers() {
    var number = ++waits;
    isWaiting.set(true);
    all.leave();
    if (took < WORTH_WAITING) {
      goOn();
    } else if (isWaiting.get()) {
      loop.executeAfter(took, () -> goOn(number));
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
    ask(way, begin);
  }

  private void ask(Executor way, Runnable task) {
    try {
      way.execute(task);
    } catch (RejectedExecutionException _) {
      // The loop has ended, and with it everybody who could be told.
      all.leave();
    }
  }
}
