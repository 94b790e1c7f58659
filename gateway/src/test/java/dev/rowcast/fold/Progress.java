package dev.rowcast.fold;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How many transactions of a story have ended, and how many may begin: by this, and not by time,
 * the parts of a story wait for each other.
 *
 * <p>Thread-safe.
 */
final class Progress {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition moved = lock.newCondition();
  private final int all;
  private int begun;
  private int ended;
  private int allowed;
  private boolean isOver;

  /** Of so many transactions, of which none may begin yet. */
  Progress(int all) {
    this.all = all;
  }

  /** Lets transactions begin up to the so manyth. */
  void allow(int count) {
    lock.lock();
    try {
      allowed = Math.max(allowed, Math.min(count, all));
      moved.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The number of the next transaction, once it may begin; -1 when there is none. */
  int begin() throws InterruptedException {
    lock.lock();
    try {
      while (!isOver && begun < all && begun >= allowed) {
        moved.await();
      }
      return isOver || begun >= all ? -1 : begun++;
    } finally {
      lock.unlock();
    }
  }

  /** A transaction has ended, however. */
  void end() {
    lock.lock();
    try {
      ended++;
      moved.signalAll();
    } finally {
      lock.unlock();
    }
  }

  int ended() {
    lock.lock();
    try {
      return ended;
    } finally {
      lock.unlock();
    }
  }

  /** Nobody waits any more. */
  void over() {
    lock.lock();
    try {
      isOver = true;
      moved.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until so many have ended, or all. */
  void await(int count) throws InterruptedException {
    lock.lock();
    try {
      while (!isOver && ended < Math.min(count, all)) {
        moved.await();
      }
    } finally {
      lock.unlock();
    }
  }

  /** The same, in this time. */
  boolean await(int count, Duration patience) throws InterruptedException {
    var left = patience.toNanos();
    lock.lock();
    try {
      while (!isOver && ended < Math.min(count, all)) {
        if (left <= 0) {
          return false;
        }
        left = moved.awaitNanos(left);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public String toString() {
    return ended() + " of " + all + " transactions";
  }
}
