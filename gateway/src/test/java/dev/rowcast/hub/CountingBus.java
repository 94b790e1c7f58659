package dev.rowcast.hub;

import dev.rowcast.bus.Bus;
import dev.rowcast.bus.BusListener;
import dev.rowcast.message.Topic;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts the references of one topic, and calls that came in an impossible order. Thread-safe. */
final class CountingBus implements Bus {
  final AtomicInteger references = new AtomicInteger();
  final AtomicInteger outOfOrder = new AtomicInteger();

  @Override
  public void start(BusListener listener) {}

  @Override
  public CompletionStage<Void> subscribe(Topic topic) {
    if (references.incrementAndGet() != 1) {
      outOfOrder.incrementAndGet();
    }
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public void unsubscribe(Topic topic) {
    if (references.decrementAndGet() != 0) {
      outOfOrder.incrementAndGet();
    }
  }

  @Override
  public CompletionStage<Void> publish(Topic topic, byte[] payload, Duration keep) {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletionStage<Optional<byte[]>> lastValue(Topic topic) {
    return CompletableFuture.completedFuture(Optional.empty());
  }

  @Override
  public void close() {}
}
