package dev.rowcast.hub;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Where the loops of a node meet between two drains when more comes than can be sent one by one, so
 * that each drain finds as much as it can.
 *
 * <p>Thread-safe.
 *
 * <p>What is published next often waits for what was published before, and that has arrived when
 * the last loop has written it. Loops that drain whenever they find something get out of step: the
 * one takes half of the messages while the other still writes them, and each write is a system call
 * for half as much. So a loop that has more to do waits for those that have not finished, by {@link
 * LoopShard} no longer than it has just worked itself: a slow loop can make the others half as
 * frequent, and no more.
 */
final class DrainBarrier {
  private final List<LoopShard> shards;
  private final AtomicInteger draining = new AtomicInteger();

  /** Of all that may be waited for, and may wait; the list may grow at any time. */
  DrainBarrier(List<LoopShard> shards) {
    this.shards = shards;
  }

  /** A loop drains, or is about to. */
  void enter() {
    draining.incrementAndGet();
  }

  /** It has finished. Behind the last one all that wait go on, who has just finished included. */
  void leave() {
    if (draining.decrementAndGet() == 0) {
      for (var shard : shards) {
        shard.goOn();
      }
    }
  }
}
