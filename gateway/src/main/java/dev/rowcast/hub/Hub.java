package dev.rowcast.hub;

import dev.rowcast.base.Ticker;
import dev.rowcast.bus.Bus;
import dev.rowcast.bus.BusListener;
import dev.rowcast.message.Topic;
import dev.rowcast.observe.Metrics;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Who on this node listens to what: from topics to the loops that have listeners, with one
 * subscription to the bus for each topic.
 *
 * <p>Thread-safe. The bus's thread only looks up and hands over.
 *
 * <p>A topic's interest changes when its first listener on a loop comes or its last one there goes.
 * These changes and the calls to the bus that follow from them are made inside {@code compute} of
 * one map entry: thus they are ordered for each topic, and two loops that join and leave at the
 * same moment can never leave the bus with another interest than the node has.
 */
public final class Hub implements BusListener {
  private final Bus bus;
  private final byte @Nullable [] heartbeat;
  private final HubMeters meters;
  private final ConcurrentMap<Topic, Interest> interests = new ConcurrentHashMap<>();
  private final Drains drains;

  /**
   * Hands messages of {@code bus} on; whoever calls {@link Bus#start} names this as its listener.
   *
   * @param heartbeat a message of this text is dropped, as ws4redis does
   */
  public Hub(Bus bus, Optional<String> heartbeat, Metrics metrics, Ticker ticker) {
    this.bus = bus;
    this.drains = new Drains(ticker);
    this.heartbeat = heartbeat.map(text -> text.getBytes(StandardCharsets.UTF_8)).orElse(null);
    this.meters = new HubMeters(metrics);
    metrics.gauge("rowcast.hub.topics", "Topics this node listens to", interests::size);
  }

  /** The part of this hub for the connections of one event loop; made once for each loop. */
  public LoopShard shard(Loop loop, ByteBufAllocator allocator) {
    return new LoopShard(this, drains, loop, allocator);
  }

  @Override
  public void message(Topic topic, byte[] payload) {
    meters.messages.increment();
    if (payload.length == 0 || (heartbeat != null && Arrays.equals(heartbeat, payload))) {
      return;
    }
    var interest = interests.get(topic);
    if (interest == null) {
      meters.unheard.increment();
      return;
    }
    for (var local : interest.locals) {
      local.offer(payload);
    }
  }

  @Override
  public void flush() {
    drains.announce();
  }

  /** How many topics have listeners on this node. */
  public int topicCount() {
    return interests.size();
  }

  /** Publishes; see {@link Bus#publish}. */
  public CompletionStage<Void> publish(Topic topic, byte[] payload, Duration keep) {
    return bus.publish(topic, payload, keep);
  }

  /** Read only after the subscription stands, so that no message falls between the two. */
  CompletionStage<Optional<byte[]>> lastValue(Topic topic, CompletionStage<Void> ready) {
    return ready.thenCompose(_ -> bus.lastValue(topic));
  }

  CompletionStage<Void> join(LocalTopic local) {
    var joined =
        interests.compute(
            local.topic,
            (topic, interest) ->
                interest == null
                    ? new Interest(new LocalTopic[] {local}, bus.subscribe(topic))
                    : interest.with(local));
    return joined.ready;
  }

  void leave(LocalTopic local) {
    interests.computeIfPresent(
        local.topic,
        (topic, interest) -> {
          var rest = interest.without(local);
          if (rest == null) {
            bus.unsubscribe(topic);
          }
          return rest;
        });
  }

  HubMeters meters() {
    return meters;
  }
}
