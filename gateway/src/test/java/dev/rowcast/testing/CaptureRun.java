package dev.rowcast.testing;

import static org.awaitility.Awaitility.await;

import dev.rowcast.capture.BatchHandler;
import dev.rowcast.capture.Capture;
import dev.rowcast.change.CapturedBatch;
import dev.rowcast.change.CommittedTransaction;
import dev.rowcast.change.RowChange;
import dev.rowcast.observe.Health;
import dev.rowcast.observe.Metrics;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;

/**
 * A capture of any kind on a thread of its own, and what it delivered.
 *
 * <p>Thread-safe. A batch is remembered when the handler has returned.
 */
public final class CaptureRun implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Metrics metrics = new Metrics();
  private final Health health = new Health();
  private final List<CapturedBatch> batches = new CopyOnWriteArrayList<>();
  private final Capture capture;
  private final Thread thread;

  /** Not started. */
  public CaptureRun(BiFunction<Health, Metrics, Capture> made, BatchHandler handler) {
    this.capture = made.apply(health, metrics);
    this.thread = Thread.ofVirtual().name("capture").unstarted(() -> run(handler));
  }

  /** Starts it. */
  public CaptureRun start() {
    thread.start();
    return this;
  }

  private void run(BatchHandler handler) {
    try {
      capture.run(new Remembering(handler));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /** Also remembers what was handled. */
  private final class Remembering implements BatchHandler {
    private final BatchHandler handler;

    Remembering(BatchHandler handler) {
      this.handler = handler;
    }

    @Override
    public Optional<String> resume(String epoch, long next) throws InterruptedException {
      return handler.resume(epoch, next);
    }

    @Override
    public void lead(String epoch, long confirmed, long end) throws InterruptedException {
      handler.lead(epoch, confirmed, end);
    }

    @Override
    public void handle(CapturedBatch batch) throws InterruptedException {
      handler.handle(batch);
      batches.add(batch);
    }
  }

  /** What was delivered by now. */
  public List<CapturedBatch> batches() {
    return List.copyOf(batches);
  }

  /** The transactions and parts of transactions delivered by now. */
  public List<CommittedTransaction> transactions() {
    return batches.stream().flatMap(batch -> batch.transactions().stream()).toList();
  }

  /** The changes delivered by now. */
  public List<RowChange> changes() {
    return transactions().stream().flatMap(transaction -> transaction.changes().stream()).toList();
  }

  /** Waits for a message of {@code rowcast.publish}. */
  public void awaitMessage(String channel) {
    await("message " + channel)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(10))
        .until(() ->
            batches.stream()
                .flatMap(batch -> batch.transactions().stream())
                .flatMap(transaction -> transaction.changes().stream())
                .anyMatch(change ->
                    change instanceof RowChange.Published(var to, _) && to.equals(channel)));
  }

  /** Waits until it leads. */
  public void awaitLead() {
    await("leading").atMost(PATIENCE).until(this::leads);
  }

  /** Whether it leads. */
  public boolean leads() {
    return metric("rowcast_capture_leader") == 1;
  }

  /** A number of its metrics; 0 when it has none of this name. */
  public double metric(String name) {
    return metrics
        .scrape()
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElse(0);
  }

  /** What it says of itself. */
  public Health.Report report() {
    return health.reports().getFirst();
  }

  /** Asks it to end. */
  public void end() {
    capture.close();
  }

  @Override
  public void close() {
    capture.close();
    try {
      if (!thread.join(PATIENCE)) {
        throw new AssertionError("the capture did not end");
      }
    } catch (InterruptedException interrupted) {
      throw new AssertionError(interrupted);
    }
  }
}
