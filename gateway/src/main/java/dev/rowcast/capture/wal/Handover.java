package dev.rowcast.capture.wal;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The bounded queue between the thread that reads the log and the one that delivers.
 *
 * <p>Thread-safe. Full (by bytes; a single part larger than all room goes alone): the reader waits,
 * PostgreSQL keeps the log, nothing is dropped. What waits here when the reader fails is dropped:
 * it is not confirmed and will be read again.
 */
final class Handover {
  private final long most;
  private final int batchChanges;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition room = lock.newCondition();
  private final Condition filled = lock.newCondition();
  private final Condition stopped = lock.newCondition();
  private final Deque<TransactionPart> parts = new ArrayDeque<>();
  private long size;
  private long unconfirmed;
  private long confirmed = Lsn.NONE;
  private long passed = Lsn.NONE;
  private @Nullable Throwable failure;
  private boolean ended;

  Handover(long most, int batchChanges) {
    this.most = most;
    this.batchChanges = batchChanges;
  }

  /** Adds a part; false when there was no room for {@code patience}. Called by the reader. */
  boolean offer(TransactionPart part, Duration patience) throws InterruptedException {
    lock.lock();
    try {
      var nanos = patience.toNanos();
      while (size > 0 && size + part.size() > most && !ended) {
        if (nanos <= 0) {
          return false;
        }
        nanos = room.awaitNanos(nanos);
      }
      parts.add(part);
      size += part.size();
      unconfirmed++;
      filled.signal();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes all that waits, up to a batch; waits for something at most {@code patience}.
   *
   * @return empty: nothing came
   * @throws SQLException why the reader failed
   */
  List<TransactionPart> take(Duration patience) throws SQLException, InterruptedException {
    lock.lock();
    try {
      var nanos = patience.toNanos();
      while (parts.isEmpty() && failure == null && !ended && nanos > 0) {
        nanos = filled.awaitNanos(nanos);
      }
      rethrow();
      var batch = new ArrayList<TransactionPart>();
      var changes = 0;
      while (!parts.isEmpty() && changes < batchChanges) {
        var part = parts.remove();
        size -= part.size();
        changes += part.transaction().changes().size();
        batch.add(part);
      }
      room.signal();
      return batch;
    } finally {
      lock.unlock();
    }
  }

  /** Whether more waits than one batch holds, or half of what there is room for. */
  boolean isFull() {
    lock.lock();
    try {
      return parts.size() >= batchChanges || size > most / 2;
    } finally {
      lock.unlock();
    }
  }

  /** These were delivered, and everything before them. */
  void confirm(List<TransactionPart> batch) {
    lock.lock();
    try {
      unconfirmed -= batch.size();
      batch.forEach(part -> confirmed = Lsn.later(confirmed, part.endLsn()));
    } finally {
      lock.unlock();
    }
  }

  /** How far everything is delivered. */
  long confirmed() {
    lock.lock();
    try {
      return confirmed;
    } finally {
      lock.unlock();
    }
  }

  /** There is nothing for us before this place but what was offered. Called by the reader. */
  void pass(long place) {
    lock.lock();
    try {
      passed = Lsn.later(passed, place);
    } finally {
      lock.unlock();
    }
  }

  /** How far there is nothing to deliver; none while something is on its way. */
  long passed() {
    lock.lock();
    try {
      return unconfirmed == 0 ? passed : Lsn.NONE;
    } finally {
      lock.unlock();
    }
  }

  /** Everything before a place is delivered, without a part that ends there. */
  void confirm(long place) {
    lock.lock();
    try {
      confirmed = Lsn.later(confirmed, place);
    } finally {
      lock.unlock();
    }
  }

  /** The reader cannot go on. */
  void fail(Throwable cause) {
    lock.lock();
    try {
      failure = failure == null ? cause : failure;
      signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Nobody waits any longer. */
  void end() {
    lock.lock();
    try {
      ended = true;
      signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits; ends early when the reader fails, and throws why, or when there is an end. */
  void pause(Duration pause) throws SQLException, InterruptedException {
    lock.lock();
    try {
      var nanos = pause.toNanos();
      while (failure == null && !ended && nanos > 0) {
        nanos = stopped.awaitNanos(nanos);
      }
      rethrow();
    } finally {
      lock.unlock();
    }
  }

  private void signalAll() {
    room.signalAll();
    filled.signalAll();
    stopped.signalAll();
  }

  private void rethrow() throws SQLException {
    switch (failure) {
      case null -> {}
      case SQLException sql -> throw sql;
      case RuntimeException bug -> throw bug;
      default -> throw new SQLException("the reader of the log ended", failure);
    }
  }
}
