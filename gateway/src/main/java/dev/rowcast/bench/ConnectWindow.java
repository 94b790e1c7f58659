package dev.rowcast.bench;

import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many connections may be on their way at once: few at first, twice as many with each round
 * trip, until the bound is reached, as TCP begins to send (RFC 5681, section 3.1). Hundreds at once
 * would hold up the loops of a loader, and of a server, whose code is not compiled yet. Where a
 * schedule says when each begins, the bound holds from the start: none may be late because of this.
 *
 * <p>Thread-safe.
 */
final class ConnectWindow {
  private static final int FIRST = 8;

  private final int most;
  private final AtomicInteger width;
  private final Semaphore room;

  /** A window of {@code most} connections, at least one, to which it grows unless scheduled. */
  ConnectWindow(int most, boolean scheduled) {
    this.most = Math.max(1, most);
    this.width = new AtomicInteger(scheduled ? this.most : Math.min(FIRST, this.most));
    this.room = new Semaphore(width.get());
  }

  /** Waits until one more connection may be on its way. */
  void enter() throws InterruptedException {
    room.acquire();
  }

  /** An attempt to connect came to its end, well or not. */
  void leave() {
    var before = width.getAndUpdate(now -> Math.min(now + 1, most));
    room.release(before < most ? 2 : 1);
  }

  /** How many could enter at this moment. */
  int room() {
    return room.availablePermits();
  }
}
