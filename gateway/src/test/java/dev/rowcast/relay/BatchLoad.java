package dev.rowcast.relay;

import dev.rowcast.change.CapturedBatch;
import dev.rowcast.change.CommittedTransaction;
import dev.rowcast.change.Row;
import dev.rowcast.change.RowChange;
import dev.rowcast.change.TableName;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;

/**
 * Brings numbered batches to a relay as trigger capture does, again and again until each is
 * acknowledged, on a thread of its own.
 *
 * <p>Thread-safe.
 */
final class BatchLoad implements AutoCloseable {
  static final int CHANGES = 3;
  private static final Duration REST = Duration.ofMillis(20);
  private static final TableName TABLE = new TableName("public", "t");

  private final FeedRelay relay;
  private final Thread thread;
  private final AtomicLong confirmed = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();
  private volatile boolean paused;
  private volatile boolean stopped;

  BatchLoad(FeedRelay relay) {
    this.relay = relay;
    this.thread = Thread.ofVirtual().name("load").start(this::run);
  }

  /** The batch of this number; its changes' ids are their places among all changes. */
  static CapturedBatch batch(long number) {
    var changes =
        IntStream.range(0, CHANGES)
            .<RowChange>mapToObj(i ->
                new RowChange.Inserted(
                    TABLE, List.of("id"), new Row("{\"id\": " + id(number, i) + "}"), false))
            .toList();
    return new CapturedBatch(
        "lineage",
        number,
        List.of(new CommittedTransaction("1", Instant.EPOCH, number, 0, changes)),
        Long.toString(number));
  }

  static long id(long number, int index) {
    return (number - 1) * CHANGES + index;
  }

  /** How many batches are acknowledged. */
  long confirmed() {
    return confirmed.get();
  }

  /** How often one had to be brought again. */
  long failures() {
    return failures.get();
  }

  /** Brings nothing new until told otherwise. */
  void pause(boolean pause) {
    paused = pause;
  }

  /** Returns when so many more batches are acknowledged. */
  void awaitMore(int count) {
    var until = confirmed.get() + count;
    Awaitility.await("batch " + until)
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(5))
        .until(() -> confirmed.get() >= until);
  }

  private void run() {
    var unsure = true;
    try {
      while (!stopped || unsure) {
        if (paused && !stopped) {
          LockSupport.parkNanos(REST.toNanos());
          continue;
        }
        try {
          if (unsure) {
            var _ = relay.resume("lineage", confirmed.get() + 1);
          }
          relay.handle(batch(confirmed.get() + 1));
          confirmed.incrementAndGet();
          unsure = false;
        } catch (RuntimeException away) {
          failures.incrementAndGet();
          unsure = true;
          LockSupport.parkNanos(REST.toNanos());
        }
      }
    } catch (InterruptedException end) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends when the batch under way is acknowledged. */
  @Override
  public void close() {
    stopped = true;
    try {
      thread.join();
    } catch (InterruptedException never) {
      throw new IllegalStateException(never);
    }
  }
}
