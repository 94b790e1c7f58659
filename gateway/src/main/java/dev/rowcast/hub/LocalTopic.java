package dev.rowcast.hub;

import dev.rowcast.message.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One topic on one loop: who listens, and who waits for its last value.
 *
 * <p>Confined to that loop, except {@link #offer} and {@link #lost}, which any thread may touch.
 */
final class LocalTopic {

  /** A subscriber that waits for the last value of its {@code index}th topic. */
  private record Waiting(Subscriber subscriber, int index, Group group) {}

  final Topic topic;
  final LoopShard shard;
  final List<Group> groups = new ArrayList<>(1);

  /** Whether a message of this topic did not fit into the shard's queue. */
  final AtomicBoolean lost = new AtomicBoolean();

  /** Completes when the bus hears the topic; set when the node's interest is declared. */
  private CompletionStage<Void> ready = CompletableFuture.completedFuture(null);

  private List<Waiting> waiting = new ArrayList<>(1);
  private boolean reading;

  LocalTopic(Topic topic, LoopShard shard) {
    this.topic = topic;
    this.shard = shard;
  }

  void offer(byte[] payload) {
    shard.offer(this, payload);
  }

  void ready(CompletionStage<Void> stage) {
    ready = stage;
  }

  /**
   * Reads the last value for this subscriber. Whoever comes while a read is under way shares the
   * next one: a value read before somebody subscribed could hide a message from them, one read
   * after cannot. So a crowd that connects at once costs two reads, not one each.
   */
  void requestLastValue(Subscriber subscriber, int index, Group group) {
    waiting.add(new Waiting(subscriber, index, group));
    if (!reading) {
      read();
    }
  }

  private void read() {
    reading = true;
    var crowd = waiting;
    waiting = new ArrayList<>(1);
    shard
        .lastValue(topic, ready)
        .whenComplete((value, _) ->
            shard.loop().execute(() -> answer(crowd, value == null ? null : value.orElse(null))));
  }

  private void answer(List<Waiting> crowd, byte @Nullable [] value) {
    reading = false;
    var message = value == null ? null : new Message(topic, value);
    for (var one : crowd) {
      if (one.subscriber.group == one.group) {
        one.subscriber.lastValue(one.index, message);
      }
    }
    if (!waiting.isEmpty()) {
      read();
    }
  }
}
