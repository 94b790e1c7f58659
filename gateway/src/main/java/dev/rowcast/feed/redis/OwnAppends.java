package dev.rowcast.feed.redis;

import dev.rowcast.feed.FeedEntry;
import dev.rowcast.message.Position;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What this node has appended and Redis has acknowledged, on its way into the node's own memory:
 * Redis need not send it back.
 *
 * <p>Thread-safe. Whoever reads Redis's answers adds, in the order of the log; the follower takes.
 * Full, by bytes: all of it is forgotten, and the follower reads it from Redis, as it reads what
 * other nodes append.
 */
final class OwnAppends {
  static final long MOST = 8L << 20;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition added = lock.newCondition();
  private final Deque<FeedEntry> entries = new ArrayDeque<>();
  private long bytes;

  /** Redis has acknowledged this entry. */
  void add(FeedEntry entry) {
    lock.lock();
    try {
      if (bytes + entry.bytes() > MOST) {
        forget();
      }
      entries.add(entry);
      bytes += entry.bytes();
      added.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Forgets what lies at or before a place; whether there was any, so that this node appends. */
  boolean pass(Position place) {
    lock.lock();
    try {
      var any = false;
      while (!entries.isEmpty() && isPassed(entries.element(), place)) {
        remove();
        any = true;
      }
      return any;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes what follows a place without a gap; waits for it at most {@code patience}.
   *
   * @return empty: nothing came, or what came does not follow and is forgotten
   */
  List<FeedEntry> take(Position place, Duration patience) throws InterruptedException {
    lock.lock();
    try {
      var nanos = patience.toNanos();
      pass(place);
      while (entries.isEmpty() && nanos > 0) {
        nanos = added.awaitNanos(nanos);
        pass(place);
      }
      var following = new ArrayList<FeedEntry>();
      var end = place;
      while (!entries.isEmpty() && entries.element().previous().equals(end)) {
        var next = remove();
        following.add(next);
        end = next.last();
      }
      if (following.isEmpty()) {
        forget();
      }
      return following;
    } finally {
      lock.unlock();
    }
  }

  private static boolean isPassed(FeedEntry entry, Position place) {
    return entry.last().epoch().equals(place.epoch()) && entry.last().compareTo(place) <= 0;
  }

  private FeedEntry remove() {
    var first = entries.remove();
    bytes -= first.bytes();
    return first;
  }

  private void forget() {
    entries.clear();
    bytes = 0;
  }
}
