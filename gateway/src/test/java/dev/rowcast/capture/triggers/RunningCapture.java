package dev.rowcast.capture.triggers;

import dev.rowcast.base.Ticker;
import dev.rowcast.capture.BatchHandler;
import dev.rowcast.change.CapturedBatch;
import dev.rowcast.change.RowChange;
import dev.rowcast.observe.Health;
import dev.rowcast.observe.Metrics;
import dev.rowcast.postgres.Database;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.random.RandomGenerator;

/**
 * A capture on a thread of its own, and what it delivered.
 *
 * <p>Thread-safe.
 */
final class RunningCapture implements AutoCloseable {
  final Metrics metrics = new Metrics();
  private final Health health = new Health();
  private final List<CapturedBatch> batches = new CopyOnWriteArrayList<>();
  private final TriggerCapture capture;
  private final Thread thread;

  private RunningCapture(Database database, OutboxSettings settings, BatchHandler handler) {
    this.capture =
        new TriggerCapture(
            database, settings, health, metrics, Ticker.SYSTEM, RandomGenerator.getDefault());
    this.thread = Thread.ofVirtual().name("capture").unstarted(() -> run(handler));
  }

  static RunningCapture start(Database database) {
    return start(database, OutboxSettings.DEFAULTS, _ -> {});
  }

  /** A batch is remembered when {@code handler} has returned. */
  static RunningCapture start(Database database, OutboxSettings settings, BatchHandler handler) {
    var running = new RunningCapture(database, settings, handler);
    running.thread.start();
    return running;
  }

  private void run(BatchHandler handler) {
    try {
      capture.run(batch -> {
        handler.handle(batch);
        batches.add(batch);
      });
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  List<CapturedBatch> batches() {
    return List.copyOf(batches);
  }

  List<RowChange> changes() {
    return batches.stream()
        .flatMap(batch -> batch.transactions().stream())
        .flatMap(transaction -> transaction.changes().stream())
        .toList();
  }

  /** The new rows' texts. */
  List<String> rows() {
    return changes().stream()
        .filter(RowChange.Inserted.class::isInstance)
        .map(change -> ((RowChange.Inserted) change).after().json())
        .toList();
  }

  Health.Report report() {
    return health.reports().getFirst();
  }

  boolean leads() {
    return metric("rowcast_capture_leader") == 1;
  }

  double metric(String name) {
    return metrics
        .scrape()
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElseThrow();
  }

  Thread thread() {
    return thread;
  }

  /** Asks it to end and says whether it did within {@code patience}. */
  boolean endsWithin(Duration patience) throws InterruptedException {
    capture.close();
    return thread.join(patience);
  }

  @Override
  public void close() {
    capture.close();
    try {
      if (!thread.join(Duration.ofSeconds(20))) {
        throw new AssertionError("the capture did not end");
      }
    } catch (InterruptedException interrupted) {
      throw new AssertionError(interrupted);
    }
  }
}
