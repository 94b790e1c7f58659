package dev.rowcast.hub;

import dev.rowcast.message.Topic;
import io.netty.buffer.ByteBufAllocator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jctools.queues.MpscUnboundedArrayQueue;

/**
 * The subscriptions of the connections that share one event loop, and the way of messages to them.
 *
 * <p>Confined to that loop, except {@link #offer}, which any thread may call.
 *
 * <p><b>The hand-over.</b> Any thread puts messages into the queue, and behind the last of those
 * that came together announces a {@link Drain}. That takes everything that is queued, in its order,
 * over all topics; puts each message into the batch of every {@link Group} that listens; joins each
 * batch into few buffers; and gives these to every member for one write and one flush. So a lone
 * message leaves at once, and under load the cost of a system call is shared by all messages that
 * came during the previous drain: that is where the throughput comes from. A cap on what a drain
 * takes would lose it again, hence the only one is in bytes, so large that it is there for the
 * memory alone.
 *
 * <p><b>The bound.</b> The queue holds {@link #MAX_QUEUED} bytes. What does not fit is dropped, and
 * every subscriber of its topic is told {@link Subscriber#missed}, after what it still gets: no
 * message is lost in silence.
 */
public final class LoopShard {
  /** Bytes that may wait in the queue, an overhead for each message included. */
  static final long MAX_QUEUED = 64L << 20;

  /** Payload bytes one drain takes at most, so that sockets are written to in between. */
  private static final long MAX_DRAIN = 8L << 20;

  /** What a queued message costs beside its payload. */
  private static final int OVERHEAD = 128;

  private record Queued(LocalTopic topic, Message message) {}

  private final Hub hub;
  private final Loop loop;
  private final FrameEncoder encoder;

  private final MpscUnboundedArrayQueue<Queued> queue = new MpscUnboundedArrayQueue<>(1024);

  private final AtomicLong queuedBytes = new AtomicLong();
  private final AtomicBoolean anyLost = new AtomicBoolean();

  private final Map<Topic, LocalTopic> topics = new HashMap<>();
  private final Map<Group.Key, Group> groups = new HashMap<>();
  private final ArrayList<Group> touched = new ArrayList<>();

  /** The last burst of the current drain, for each encoding. */
  private final Map<Encoding, Burst> previous = new EnumMap<>(Encoding.class);

  LoopShard(Hub hub, Drains drains, Loop loop, ByteBufAllocator allocator) {
    this.hub = hub;
    this.loop = loop;
    this.encoder = new FrameEncoder(allocator);
    drains.add(loop, this::hasMore, this::drainOnce);
  }

  /**
   * Hears these topics from now on; every last value follows by {@link Subscriber#lastValue}.
   *
   * @param topics distinct, in the order in which last values are to be sent; not empty
   */
  public void subscribe(Subscriber subscriber, List<Topic> topics, Encoding encoding) {
    assert loop.inLoop();
    var group = groups.computeIfAbsent(new Group.Key(topics, encoding), this::newGroup);
    group.add(subscriber);
    for (int i = 0; i < group.locals.length && subscriber.group == group; i++) {
      group.locals[i].requestLastValue(subscriber, i, group);
    }
  }

  /** Hears nothing any more; does nothing for who hears nothing. */
  public void unsubscribe(Subscriber subscriber) {
    assert loop.inLoop();
    var group = subscriber.group;
    if (group == null) {
      return;
    }
    group.remove(subscriber);
    if (group.isEmpty()) {
      groups.remove(group.key);
      for (var local : group.locals) {
        leave(local, group);
      }
    }
  }

  /** Publishes; see {@link dev.rowcast.bus.Bus#publish}. */
  public CompletionStage<Void> publish(Topic topic, byte[] payload, Duration keep) {
    return hub.publish(topic, payload, keep);
  }

  private Group newGroup(Group.Key key) {
    var names = key.topics();
    var locals = new LocalTopic[names.size()];
    for (int i = 0; i < locals.length; i++) {
      locals[i] = topics.computeIfAbsent(names.get(i), this::newTopic);
    }
    var group = new Group(key, locals);
    for (var local : locals) {
      local.groups.add(group);
    }
    return group;
  }

  private LocalTopic newTopic(Topic topic) {
    var local = new LocalTopic(topic, this);
    local.ready(hub.join(local));
    return local;
  }

  private void leave(LocalTopic local, Group group) {
    local.groups.remove(group);
    if (local.groups.isEmpty()) {
      topics.remove(local.topic);
      hub.leave(local);
    }
  }

  Loop loop() {
    return loop;
  }

  CompletionStage<Optional<byte[]>> lastValue(Topic topic, CompletionStage<Void> ready) {
    return hub.lastValue(topic, ready);
  }

  /** Queues a message for the listeners of a topic until {@link Drains#announce}; it is shared. */
  void offer(LocalTopic local, byte[] payload) {
    var size = payload.length + OVERHEAD;
    if (queuedBytes.addAndGet(size) > MAX_QUEUED) {
      queuedBytes.addAndGet(-size);
      hub.meters().overflows.increment();
      local.lost.set(true);
      anyLost.set(true);
    } else {
      queue.offer(new Queued(local, new Message(local.topic, payload)));
    }
  }

  private boolean hasMore() {
    return !queue.isEmpty() || anyLost.get();
  }

  private void drainOnce() {
    take();
    count();
    long bytes = 0;
    for (int i = 0; i < touched.size(); i++) {
      bytes += deliver(touched.get(i));
    }
    hub.meters().bytes.add(bytes);
    touched.clear();
    forgetBursts();
    if (anyLost.get()) {
      tellLost();
    }
  }

  private void take() {
    long bytes = 0;
    for (int left = queue.size(); left > 0 && bytes < MAX_DRAIN; left--) {
      var queued = queue.poll();
      if (queued == null) {
        break;
      }
      bytes += queued.message.payloadSize() + OVERHEAD;
      var listening = queued.topic.groups;
      for (int i = 0; i < listening.size(); i++) {
        var group = listening.get(i);
        if (group.batch.isEmpty()) {
          touched.add(group);
        }
        group.batch.add(queued.message);
      }
    }
    queuedBytes.addAndGet(-bytes);
  }

  /** Once a drain and not once a group, of which there may be one for each client. */
  private void count() {
    long deliveries = 0;
    long writes = 0;
    for (int i = 0; i < touched.size(); i++) {
      var group = touched.get(i);
      deliveries += (long) group.size() * group.batch.size();
      writes += group.size();
    }
    var meters = hub.meters();
    meters.drains.increment();
    meters.deliveries.add(deliveries);
    meters.writes.add(writes);
  }

  /**
   * Groups that differ in what they listen to often have the same batch; it is encoded once.
   *
   * @return bytes handed to all members
   */
  private long deliver(Group group) {
    var burst = burst(group);
    var bytes = (long) group.size() * burst.bytes();
    group.batch.clear();
    group.deliver(burst);
    return bytes;
  }

  private Burst burst(Group group) {
    var encoding = group.key.encoding();
    var last = previous.get(encoding);
    if (last != null && last.holds(group.batch)) {
      return last;
    }
    if (last != null) {
      last.release();
    }
    var burst = Burst.of(List.copyOf(group.batch), encoding, encoder);
    previous.put(encoding, burst);
    return burst;
  }

  private void forgetBursts() {
    for (var burst : previous.values()) {
      burst.release();
    }
    previous.clear();
  }

  /** Behind everything that was queued before the loss, as far as this drain took it. */
  private void tellLost() {
    anyLost.set(false);
    for (var local : List.copyOf(topics.values())) {
      if (local.lost.getAndSet(false)) {
        List.copyOf(local.groups).forEach(Group::missed);
      }
    }
  }

  /** Topics with listeners on this loop; for tests and invariants. */
  int topicCount() {
    return topics.size();
  }

  int groupCount() {
    return groups.size();
  }
}
