package dev.rowcast.hub;

import dev.rowcast.base.Ticker;
import dev.rowcast.feed.Feed;
import dev.rowcast.feed.FeedEntry;
import dev.rowcast.feed.FeedException;
import dev.rowcast.feed.FeedStep;
import dev.rowcast.message.Position;
import dev.rowcast.observe.Metrics;
import dev.rowcast.protocol.LiveFrames;
import dev.rowcast.shape.RowEvent;
import dev.rowcast.shape.Shape;
import dev.rowcast.shape.ShapeIndex;
import dev.rowcast.shape.Verdict;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which shapes have readers on this node: matches each change of the feed once against all of them,
 * writes the frames once, and hands them to the loops that asked.
 *
 * <p>Thread-safe. The matching is done by one virtual thread at a time, which is there while there
 * is something to match. It may wait for Redis, when it has fallen behind this node's memory; event
 * loops never wait for it.
 *
 * <p><b>The last of a transaction.</b> A reader of some rows may never see the event that the log
 * marks as its transaction's last. So the last event that a shape has so far is held back until the
 * next one, the end of the transaction, or the end of what there is to read: in the first case it
 * was not the last, in the second it was, in the third nobody knows, and the shape is told {@code
 * commit} when the transaction ends without another event of it.
 */
public final class ShapeHub {
  private static final Logger log = LoggerFactory.getLogger(ShapeHub.class);

  /** Steps through the log in one piece, and bytes of frames after which it is handed over. */
  private static final int MOST_STEPS = 256;

  private static final long MOST_BYTES = 256 * 1024;

  /** What loops want. */
  private sealed interface Order {
    record Join(LoopShape shape, ShapeShard shard) implements Order {}

    record Leave(LoopShape shape, ShapeShard shard) implements Order {}
  }

  /** An event that may be the last of its transaction. */
  private record Held(RowEvent event, Verdict verdict) {}

  /** One shape, and what the current piece has for it. Confined to the matching. */
  private static final class Matched {
    final Shape shape;
    final Set<ShapeShard> shards = new LinkedHashSet<>();
    final List<byte[]> frames = new ArrayList<>();
    @Nullable Held held;

    Matched(Shape shape) {
      this.shape = shape;
    }
  }

  private final Feed feed;
  private final ShapeMeters meters;
  private final Drains drains;
  private final Queue<Order> orders = new ConcurrentLinkedQueue<>();

  /** How often the matching was asked for since it began; zero: it rests. */
  private final AtomicInteger asked = new AtomicInteger();

  private volatile int size;

  // Confined to the matching.
  private final ShapeIndex index;
  private final Map<String, Matched> shapes = new HashMap<>();
  private final Map<String, Integer> tables = new HashMap<>();
  private final Map<ShapeShard, Integer> shards = new HashMap<>();
  private final List<Order.Join> early = new ArrayList<>();
  private final Set<Matched> touched = new LinkedHashSet<>();
  private final Set<Matched> holding = new LinkedHashSet<>();

  /** Shapes that were given an event of a transaction whose end they were not told. */
  private final Set<Matched> open = new LinkedHashSet<>();

  private long bytes;
  private @Nullable Position place;

  /** The place before the current piece, and where the last transaction in it ended. */
  private @Nullable Position begun;

  private @Nullable Position boundary;

  /** Matches what {@code feed} has, as {@link #grown} tells. */
  public ShapeHub(Feed feed, ShapeIndex index, Metrics metrics, Ticker ticker) {
    this.feed = feed;
    this.drains = new Drains(ticker);
    this.index = index;
    this.meters = new ShapeMeters(metrics);
    metrics.gauge("rowcast.shapes", "Shapes with readers on this node", () -> size);
  }

  /** The part of this hub for the connections of one event loop; made once for each. */
  public ShapeShard shard(Loop loop, ByteBufAllocator allocator, ShapeShard.Listener listener) {
    return new ShapeShard(this, drains, loop, allocator, listener);
  }

  /** The feed has more, or another log; returns at once. */
  public void grown() {
    if (size > 0 || !orders.isEmpty()) {
      wake();
    }
  }

  void join(LoopShape shape, ShapeShard shard) {
    orders.add(new Order.Join(shape, shard));
    wake();
  }

  void leave(LoopShape shape, ShapeShard shard) {
    orders.add(new Order.Leave(shape, shard));
    wake();
  }

  ShapeMeters meters() {
    return meters;
  }

  private void wake() {
    if (asked.getAndIncrement() == 0) {
      Thread.ofVirtual().name("rowcast-match").start(this::run);
    }
  }

  /** This role's only loop: a bug in one piece must not end the matching of all. */
  private void run() {
    for (var seen = asked.get(); seen != 0; seen = asked.addAndGet(-seen)) {
      try {
        match();
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return;
      } catch (RuntimeException e) {
        log.error("matching failed; its readers read the log by themselves", e);
        leap();
      }
    }
  }

  private void match() throws InterruptedException {
    obey();
    begun = place;
    for (int steps = 1; step(); steps++) {
      if (steps % MOST_STEPS == 0 || bytes >= MOST_BYTES) {
        handOver();
        obey();
        begun = place;
      }
    }
    handOver();
  }

  /** Does what the loops want; only between pieces, so that a piece is of the same shapes. */
  private void obey() {
    var waiting = List.copyOf(early);
    early.clear();
    waiting.forEach(this::join);
    for (var order = orders.poll(); order != null; order = orders.poll()) {
      switch (order) {
        case Order.Join join -> join(join);
        case Order.Leave(var shape, var shard) -> leave(shape.shape, shard);
      }
    }
    size = shapes.size() + early.size();
  }

  private void join(Order.Join join) {
    if (place == null) {
      place = feed.now().orElse(null);
    }
    var at = place;
    if (at == null) {
      early.add(join);
      return;
    }
    var shape = join.shape().shape;
    var matched = shapes.get(shape.id());
    if (matched == null) {
      matched = new Matched(shape);
      shapes.put(shape.id(), matched);
      index.add(shape);
      tables.merge(shape.table().table(), 1, Integer::sum);
    }
    if (matched.shards.add(join.shard())) {
      shards.merge(join.shard(), 1, Integer::sum);
    }
    join.shard().activated(join.shape(), at);
  }

  private void leave(Shape shape, ShapeShard shard) {
    early.removeIf(join -> join.shard() == shard && join.shape().shape.id().equals(shape.id()));
    var matched = shapes.get(shape.id());
    if (matched == null || !matched.shards.remove(shard)) {
      return;
    }
    shards.computeIfPresent(shard, (_, count) -> count == 1 ? null : count - 1);
    if (matched.shards.isEmpty()) {
      shapes.remove(shape.id());
      open.remove(matched);
      index.remove(matched.shape);
      tables.computeIfPresent(shape.table().table(), (_, count) -> count == 1 ? null : count - 1);
    }
    if (shapes.isEmpty()) {
      place = null;
    }
  }

  /** Takes the next step of the log; whether there may be more at once. */
  private boolean step() throws InterruptedException {
    var at = place;
    if (at == null) {
      return false;
    }
    var next = feed.next(at);
    if (next instanceof FeedStep.Older) {
      try {
        next = feed.history(at);
      } catch (FeedException away) {
        log.debug("the matching goes on without what Redis does not give now", away);
        leap();
        return false;
      }
    }
    switch (next) {
      case FeedStep.Next(var entry) -> take(entry);
      case FeedStep.Several(var entries) -> entries.forEach(this::take);
      case FeedStep.Lost(var reason, var now) -> {
        handOver();
        place = now;
        begun = now;
        open.clear();
        shards.keySet().forEach(shard -> shard.broken(reason, now));
      }
      case FeedStep.Older(), FeedStep.End() -> {
        return false;
      }
    }
    return true;
  }

  private void take(FeedEntry entry) {
    var at = place;
    for (var change : entry.changes()) {
      var position = entry.at(change);
      if (at != null && position.compareTo(at) <= 0) {
        continue;
      }
      if (tables.containsKey(change.table())) {
        meters.changes.increment();
        var event = RowEvent.read(change.json());
        index.match(event, (shape, verdict) -> matched(shape, verdict, event, position));
      }
      if (change.isLast()) {
        completed(position);
      }
    }
    place = entry.last();
  }

  private void matched(Shape shape, Verdict verdict, RowEvent event, Position position) {
    var matched = shapes.get(shape.id());
    if (matched == null || verdict == Verdict.NOTHING) {
      return;
    }
    release(matched, false);
    if (verdict == Verdict.UNDECIDED) {
      meters.undecided.increment();
      frame(matched, LiveFrames.reset(shape.id(), "undecided", position));
      return;
    }
    matched.held = new Held(event, verdict);
    holding.add(matched);
  }

  /** A transaction ends here. */
  private void completed(Position position) {
    for (var matched : holding) {
      release(matched, true);
      open.remove(matched);
    }
    holding.clear();
    for (var matched : open) {
      frame(matched, LiveFrames.commit(matched.shape.id(), position));
    }
    open.clear();
    boundary = position;
  }

  private void release(Matched matched, boolean last) {
    var held = matched.held;
    if (held != null) {
      matched.held = null;
      meters.events.increment();
      var json = matched.shape.write(held.event(), held.verdict(), last);
      frame(matched, LiveFrames.event(matched.shape.id(), json));
    }
  }

  private void frame(Matched matched, byte[] frame) {
    matched.frames.add(frame);
    bytes += frame.length;
    touched.add(matched);
  }

  /** Gives each loop that has readers its share of the current piece, which ends here. */
  private void handOver() {
    for (var matched : holding) {
      release(matched, false);
      open.add(matched);
    }
    holding.clear();
    var from = begun;
    var to = place;
    if (from != null && to != null && !from.equals(to)) {
      shares(from, to);
    }
    forgetPiece();
  }

  private void forgetPiece() {
    touched.forEach(matched -> matched.frames.clear());
    touched.clear();
    bytes = 0;
    begun = place;
    boundary = null;
  }

  private void shares(Position from, Position to) {
    var shares = new HashMap<ShapeShard, List<ShapePiece.Frames>>();
    var sizes = new HashMap<ShapeShard, Long>();
    for (var matched : touched) {
      var frames = new ShapePiece.Frames(matched.shape.id(), List.copyOf(matched.frames));
      var size = frames.frames().stream().mapToLong(frame -> frame.length).sum();
      for (var shard : matched.shards) {
        shares.computeIfAbsent(shard, _ -> new ArrayList<>()).add(frames);
        sizes.merge(shard, size, Long::sum);
      }
    }
    for (var shard : shards.keySet()) {
      shard.offer(
          new ShapePiece(
              from,
              to,
              boundary,
              shares.getOrDefault(shard, List.of()),
              sizes.getOrDefault(shard, 0L)));
    }
  }

  /** Goes on at the log's end; whoever followed reads what lies between by itself. */
  private void leap() {
    holding.forEach(matched -> matched.held = null);
    holding.clear();
    open.clear();
    forgetPiece();
    var to = feed.now().orElse(null);
    if (to != null && place != null) {
      place = to;
      begun = to;
      shards.keySet().forEach(shard -> shard.skip(to));
    }
  }
}
