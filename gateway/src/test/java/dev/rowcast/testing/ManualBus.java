package dev.rowcast.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rowcast.bus.Bus;
import dev.rowcast.bus.BusListener;
import dev.rowcast.message.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A bus whose answers a test gives by hand: subscriptions and reads wait until they are let go, if
 * the test holds them. Confined to the test's thread.
 */
public final class ManualBus implements Bus {

  /** What somebody published. */
  public record Published(Topic topic, String payload, Duration keep) {}

  private final Map<Topic, Integer> subscriptions = new HashMap<>();
  private final Map<Topic, byte[]> values = new HashMap<>();
  private final List<Published> published = new ArrayList<>();
  private final List<Runnable> heldReads = new ArrayList<>();
  private final List<CompletableFuture<Void>> unacknowledged = new ArrayList<>();
  private boolean holdReads;
  private boolean holdAcknowledgements;
  private int reads;
  private @Nullable BusListener listener;

  @Override
  public void start(BusListener listener) {
    this.listener = listener;
  }

  @Override
  public CompletionStage<Void> subscribe(Topic topic) {
    subscriptions.merge(topic, 1, Integer::sum);
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public void unsubscribe(Topic topic) {
    subscriptions.compute(
        topic,
        (_, count) -> {
          if (count == null) {
            throw new AssertionError("unsubscribed without a subscription: " + topic);
          }
          return count == 1 ? null : count - 1;
        });
  }

  @Override
  public CompletionStage<Void> publish(Topic topic, byte[] payload, Duration keep) {
    published.add(new Published(topic, new String(payload, UTF_8), keep));
    if (holdAcknowledgements) {
      var stage = new CompletableFuture<Void>();
      unacknowledged.add(stage);
      return stage;
    }
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletionStage<Optional<byte[]>> lastValue(Topic topic) {
    reads++;
    if (!holdReads) {
      return CompletableFuture.completedFuture(Optional.ofNullable(values.get(topic)));
    }
    var stage = new CompletableFuture<Optional<byte[]>>();
    heldReads.add(() -> stage.complete(Optional.ofNullable(values.get(topic))));
    return stage;
  }

  @Override
  public void close() {}

  /** Lets the listener hear a message, if it subscribed to the topic. */
  public void hear(Topic topic, String payload) {
    hear(topic, payload.getBytes(UTF_8));
  }

  /** Lets the listener hear a message, if it subscribed to the topic. */
  public void hear(Topic topic, byte[] payload) {
    var heard = listener;
    if (heard != null && subscriptions.containsKey(topic)) {
      heard.message(topic, payload);
      heard.flush();
    }
  }

  /** Sets a last value. */
  public void keep(Topic topic, String payload) {
    values.put(topic, payload.getBytes(UTF_8));
  }

  /** From now on reads wait for {@link #answerReads}. */
  public void holdReads() {
    holdReads = true;
  }

  /** Answers all reads that wait. */
  public void answerReads() {
    var waiting = List.copyOf(heldReads);
    heldReads.clear();
    waiting.forEach(Runnable::run);
  }

  /** From now on publications wait for {@link #acknowledge}. */
  public void holdAcknowledgements() {
    holdAcknowledgements = true;
  }

  /** Acknowledges all publications that wait. */
  public void acknowledge() {
    var waiting = List.copyOf(unacknowledged);
    unacknowledged.clear();
    waiting.forEach(stage -> stage.complete(null));
  }

  /** How often a last value was asked for. */
  public int reads() {
    return reads;
  }

  /** The references of each topic. */
  public Map<Topic, Integer> subscriptions() {
    return subscriptions;
  }

  /** All publications so far. */
  public List<Published> published() {
    return published;
  }
}
