package dev.rowcast.relay;

import dev.rowcast.base.Ticker;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one batch that are on their way, bounded in number and bytes.
 *
 * <p>{@link #board}, {@link #land} and what they tell belong to the relay's thread; {@link #leave}
 * is called by the bus's.
 */
final class Flight {
  static final int MAX_MESSAGES = 4096;
  static final long MAX_BYTES = 8L << 20;

  private final Ticker ticker;
  private final long deadline;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition left = lock.newCondition();
  private long boarded;
  private int messages;
  private long bytes;
  private @Nullable Throwable failure;

  /** With the {@code ticker}'s time at which waiting ends. */
  Flight(Ticker ticker, long deadline) {
    this.ticker = ticker;
    this.deadline = deadline;
  }

  /**
   * Waits for room for one more message; a single one larger than all room goes alone.
   *
   * @return false when the batch has failed and nothing more must be sent
   */
  boolean board(int size) throws InterruptedException {
    lock.lock();
    try {
      awaitWhile(() -> failure == null && messages > 0 && isFull(size));
      if (failure != null) {
        return false;
      }
      boarded++;
      messages++;
      bytes += size;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** A message was acknowledged, or failed. */
  void leave(int size, @Nullable Throwable cause) {
    lock.lock();
    try {
      messages--;
      bytes -= size;
      if (cause != null) {
        fail(cause);
      }
      left.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until every message has been answered, or the deadline has passed. */
  void land() throws InterruptedException {
    lock.lock();
    try {
      awaitWhile(() -> messages > 0);
    } finally {
      lock.unlock();
    }
  }

  /** How many messages were sent. */
  long boarded() {
    return boarded;
  }

  /** What went wrong first, or null. */
  @Nullable Throwable failure() {
    lock.lock();
    try {
      return failure;
    } finally {
      lock.unlock();
    }
  }

  private boolean isFull(int size) {
    return messages >= MAX_MESSAGES || bytes + size > MAX_BYTES;
  }

  /** Waits for others to leave; a flight that is still waiting at the deadline has failed. */
  private void awaitWhile(BooleanSupplier blocked) throws InterruptedException {
    while (blocked.getAsBoolean()) {
      if (left.awaitNanos(deadline - ticker.nanoTime()) <= 0 && blocked.getAsBoolean()) {
        fail(new TimeoutException(messages + " messages are unanswered after the deadline"));
        return;
      }
    }
  }

  private void fail(Throwable cause) {
    if (failure == null) {
      failure =
          cause instanceof CompletionException wrapped && wrapped.getCause() != null
              ? wrapped.getCause()
              : cause;
    }
  }
}
