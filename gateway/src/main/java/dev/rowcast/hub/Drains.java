package dev.rowcast.hub;

import dev.rowcast.base.Ticker;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * The drains of a node's loops, and where they meet when more comes than can be sent one by one, so
 * that each finds as much as it can.
 *
 * <p>Thread-safe.
 *
 * <p>What is published next often waits for what was published before, and that has arrived when
 * the last loop has written it. Loops that drain whenever they find something get out of step: the
 * one takes half of the messages while the other still writes them, and each write is a system call
 * for half as much. So a loop that has more to do waits for those that have not finished, no longer
 * than it has just worked itself: a slow loop can make the others half as frequent, and no more.
 */
final class Drains {
  private final Ticker ticker;
  private final List<Drain> drains = new CopyOnWriteArrayList<>();
  private final AtomicInteger running = new AtomicInteger();

  Drains(Ticker ticker) {
    this.ticker = ticker;
  }

  /**
   * One more, which may be waited for and may wait.
   *
   * @param hasMore whether there is work; any thread asks
   * @param work takes what there is, or as much of it as is good at once; on the loop
   */
  Drain add(Loop loop, BooleanSupplier hasMore, Runnable work) {
    var drain = new Drain(this, loop, hasMore, work);
    drains.add(drain);
    return drain;
  }

  /** Has every loop do what there is for it. */
  void announce() {
    for (var drain : drains) {
      drain.announce();
    }
  }

  /** A loop drains, or is about to. */
  void enter() {
    running.incrementAndGet();
  }

  /** It has finished. Behind the last one all that wait go on, who has just finished included. */
  void leave() {
    if (running.decrementAndGet() == 0) {
      for (var drain : drains) {
        drain.goOn();
      }
    }
  }

  long nanoTime() {
    return ticker.nanoTime();
  }
}
