package dev.rowcast.relay;

import dev.rowcast.base.Ticker;
import dev.rowcast.bus.Bus;
import dev.rowcast.capture.BatchHandler;
import dev.rowcast.change.CapturedBatch;
import dev.rowcast.observe.Metrics;
import dev.rowcast.routing.ChangeRouter;
import dev.rowcast.routing.FacilityMessage;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.LongAdder;

/**
 * Publishes the facility messages of each captured batch, and returns when all are acknowledged.
 *
 * <p>Confined to the capture's thread.
 *
 * <p>Messages are pipelined in their order, a bounded number and amount of them unacknowledged. Row
 * changes are only published, never kept as a topic's last value: a page that connects reads the
 * rows themselves. At the first failure nothing more is sent, and the failure is reported only when
 * every message already sent has been answered, so that none of them can overtake the repeat. The
 * repeat publishes the whole batch: listeners may hear a message again, and never a row's changes
 * in another order.
 */
public final class Relay implements BatchHandler {
  /** How long a whole batch may take; the capture's transaction is open meanwhile. */
  static final Duration DEADLINE = Duration.ofSeconds(10);

  private final ChangeRouter router;
  private final Bus bus;
  private final Ticker ticker;
  private final LongAdder messages;
  private final LongAdder failures;
  private final Timer latency;

  public Relay(ChangeRouter router, Bus bus, Metrics metrics, Ticker ticker) {
    this.router = router;
    this.bus = bus;
    this.ticker = ticker;
    this.messages =
        metrics.counter("rowcast.relay.messages", "Facility messages of row changes acknowledged");
    this.failures =
        metrics.counter("rowcast.relay.failures", "Batches that were not acknowledged as a whole");
    this.latency =
        metrics.timer(
            "rowcast.relay.batch",
            "From a captured batch to its last acknowledgement",
            Duration.ofMillis(1),
            Duration.ofMillis(5),
            Duration.ofMillis(25),
            Duration.ofMillis(100),
            Duration.ofMillis(500),
            Duration.ofSeconds(2),
            DEADLINE);
  }

  @Override
  public void handle(CapturedBatch batch) throws InterruptedException {
    var started = ticker.nanoTime();
    var hearing = bus.hearing();
    if (hearing == 0) {
      throw deaf(batch);
    }
    var flight = new Flight(ticker, started + DEADLINE.toNanos());
    publish(batch, flight);
    flight.land();
    var failure = flight.failure();
    if (failure != null) {
      failures.increment();
      throw new RelayException(
          "batch "
              + Long.toUnsignedString(batch.number())
              + " was not acknowledged: "
              + failure.getMessage(),
          failure);
    }
    if (bus.hearing() != hearing) {
      failures.increment();
      throw deaf(batch);
    }
    messages.add(flight.boarded());
    latency.record(Duration.ofNanos(ticker.nanoTime() - started));
  }

  private static RelayException deaf(CapturedBatch batch) {
    return new RelayException(
        "batch "
            + Long.toUnsignedString(batch.number())
            + " waits until this node hears Redis again");
  }

  private void publish(CapturedBatch batch, Flight flight) throws InterruptedException {
    var routed = new ArrayDeque<FacilityMessage>();
    for (var transaction : batch.transactions()) {
      for (var change : transaction.changes()) {
        router.route(change, routed::add);
        while (!routed.isEmpty()) {
          var message = routed.remove();
          var size = message.payload().length;
          if (!flight.board(size)) {
            return;
          }
          bus.publish(message.topic(), message.payload(), Duration.ZERO)
              .whenComplete((_, failure) -> flight.leave(size, failure));
        }
      }
    }
  }
}
