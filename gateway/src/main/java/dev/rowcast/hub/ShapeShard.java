package dev.rowcast.hub;

import dev.rowcast.feed.FeedStep;
import dev.rowcast.message.Position;
import dev.rowcast.shape.Shape;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jctools.queues.MpscUnboundedArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * The shapes that connections of one event loop asked for, and the way of their frames to them.
 *
 * <p>Confined to that loop, except {@link #offer} and what it is called with, which the matching
 * thread does.
 *
 * <p><b>A place for all.</b> What is handed over are pieces of the log that follow one another,
 * each with the frames that this loop's shapes have in it. So the shard has a position: up to it,
 * whoever is up to date has been told everything. Who is behind reads the log by itself as far as
 * this position, never past it, and follows once it is there: there is no moment at which an event
 * could fall between reading and being told, or come by both ways.
 *
 * <p><b>The bound.</b> {@link #MAX_QUEUED} bytes may wait here. A piece that does not fit is left
 * out; the next one then does not follow the shard's position, or the place to skip to says so, and
 * all who were up to date are behind and read the log by themselves. Nothing is lost.
 */
public final class ShapeShard {
  /** Bytes of frames that may wait to be taken. */
  static final long MAX_QUEUED = 16L << 20;

  /** What a piece costs beside its frames. */
  private static final int OVERHEAD = 128;

  /** Frame bytes after which the loop's sockets have their turn. */
  private static final long TURN = 256 * 1024;

  /** Who is told that the position has moved, after whoever follows has been told everything. */
  @FunctionalInterface
  public interface Listener {
    /** On the loop. */
    void moved();
  }

  /** What is handed over, in its order. */
  private sealed interface Handed {
    record Activated(LoopShape shape, Position at) implements Handed {}

    record Piece(ShapePiece piece) implements Handed {}

    record Broken(FeedStep.Reason reason, Position now) implements Handed {}
  }

  private final ShapeHub hub;
  private final Loop loop;
  private final ByteBufAllocator allocator;
  private final Listener listener;

  private final MpscUnboundedArrayQueue<Handed> queue = new MpscUnboundedArrayQueue<>(256);
  private final AtomicLong queuedBytes = new AtomicLong();
  private final AtomicReference<@Nullable Position> skipped = new AtomicReference<>();
  private final Drain drain;

  private final Map<String, LoopShape> shapes = new HashMap<>();
  private final ArrayList<LoopShape> touched = new ArrayList<>();

  /** Up to here whoever follows has been told, or is being told just now. */
  private @Nullable Position position;

  /** Up to here whoever follows has been told for sure. */
  private @Nullable Position told;

  /** Where the last transaction ended that is not after the position. */
  private @Nullable Position boundary;

  ShapeShard(
      ShapeHub hub, Drains drains, Loop loop, ByteBufAllocator allocator, Listener listener) {
    this.hub = hub;
    this.loop = loop;
    this.allocator = allocator;
    this.listener = listener;
    this.drain = drains.add(loop, this::hasMore, this::drainOnce);
  }

  /** Wants a shape's changes; {@link ShapeMember#active} follows. */
  public void join(Shape shape, ShapeMember member) {
    assert loop.inLoop();
    var group = shapes.get(shape.id());
    if (group == null) {
      group = new LoopShape(shape);
      shapes.put(shape.id(), group);
      hub.join(group, this);
    }
    member.group = group;
    group.members++;
    if (group.isActive) {
      member.active();
    } else {
      group.waiting.add(member);
    }
  }

  /** Wants no more; does nothing for who has not joined. */
  public void leave(ShapeMember member) {
    assert loop.inLoop();
    var group = member.group;
    if (group == null) {
      return;
    }
    if (member.isUpToDate()) {
      group.remove(member);
    }
    group.waiting.remove(member);
    member.group = null;
    if (--group.members == 0) {
      shapes.remove(group.shape.id());
      hub.leave(group, this);
    }
  }

  /** Up to where everything has been told; null before anything was matched for this loop. */
  public @Nullable Position position() {
    return position;
  }

  /** Where the last transaction ended that is not after {@link #position}; null: not known. */
  public @Nullable Position boundary() {
    return boundary;
  }

  /** A member that has read up to {@link #position} is handed frames from now on. */
  public void follow(ShapeMember member) {
    assert loop.inLoop() && member.isActive() && !member.isUpToDate();
    assert position != null && position.equals(told) : told + " is told, not " + position;
    if (member.group != null) {
      member.group.add(member);
    }
  }

  /**
   * A member is handed nothing any more.
   *
   * @return up to where it was told everything
   */
  public Position fallBehind(ShapeMember member) {
    assert loop.inLoop() && member.isUpToDate();
    if (member.group != null) {
      member.group.remove(member);
    }
    hub.meters().behind.increment();
    if (told == null) {
      throw new IllegalStateException("nobody follows a shard without a position");
    }
    return told;
  }

  /** The matching of a shape begins behind this place. */
  void activated(LoopShape shape, Position at) {
    queue.offer(new Handed.Activated(shape, at));
    drain.announce();
  }

  /** The log goes on at another place. */
  void broken(FeedStep.Reason reason, Position now) {
    queue.offer(new Handed.Broken(reason, now));
    drain.announce();
  }

  /** Hands a piece of the log over, or leaves it out if there is no room. */
  void offer(ShapePiece piece) {
    var size = piece.bytes() + OVERHEAD;
    if (queuedBytes.addAndGet(size) > MAX_QUEUED) {
      queuedBytes.addAndGet(-size);
      skip(piece.to());
    } else {
      queue.offer(new Handed.Piece(piece));
      drain.announce();
    }
  }

  /** Something is left out; the log goes on behind {@code to}. */
  void skip(Position to) {
    hub.meters().skipped.increment();
    skipped.set(to);
    drain.announce();
  }

  private boolean hasMore() {
    return !queue.isEmpty() || skipped.get() != null;
  }

  private void drainOnce() {
    told = position;
    long bytes = 0;
    while (bytes < TURN) {
      // Read before the queue is found empty: what was left out comes behind what is queued.
      var skip = skipped.get();
      var handed = queue.poll();
      if (handed == null) {
        if (skip != null && skipped.compareAndSet(skip, null)) {
          skipTo(skip);
        }
        break;
      }
      bytes += take(handed);
    }
    deliver();
    listener.moved();
  }

  private long take(Handed handed) {
    return switch (handed) {
      case Handed.Activated(var shape, var at) -> {
        moveTo(at);
        // Who begins here follows from here: it must not be put back to where this drain began.
        deliver();
        activate(shape);
        yield 0;
      }
      case Handed.Broken(var reason, var now) -> {
        deliver();
        position = now;
        told = now;
        boundary = now;
        everybodyWhoFollows(member -> member.broken(reason, now));
        yield 0;
      }
      case Handed.Piece(var piece) -> {
        queuedBytes.addAndGet(-(piece.bytes() + OVERHEAD));
        moveTo(piece.from());
        collect(piece);
        yield piece.bytes();
      }
    };
  }

  /** The next thing begins there; whoever follows and was not told everything before is behind. */
  private void moveTo(Position from) {
    if (!from.equals(position)) {
      skipTo(from);
    }
  }

  private void skipTo(Position to) {
    deliver();
    var before = position;
    if (before != null) {
      if (before.epoch().equals(to.epoch()) && before.compareTo(to) >= 0) {
        return;
      }
      everybodyWhoFollows(member -> member.overtaken(before));
    }
    position = to;
    told = to;
  }

  private void everybodyWhoFollows(Consumer<ShapeMember> telling) {
    for (var group : List.copyOf(shapes.values())) {
      for (var member : group.followers()) {
        if (member.isUpToDate() && member.group == group) {
          group.remove(member);
          telling.accept(member);
        }
      }
    }
  }

  private void activate(LoopShape shape) {
    if (shapes.get(shape.shape.id()) == shape) {
      shape.isActive = true;
      var waiting = List.copyOf(shape.waiting);
      shape.waiting.clear();
      waiting.forEach(ShapeMember::active);
    }
  }

  private void collect(ShapePiece piece) {
    for (var frames : piece.frames()) {
      var group = shapes.get(frames.shape());
      if (group != null && group.size() > 0) {
        if (group.frames.isEmpty()) {
          touched.add(group);
        }
        group.frames.addAll(frames.frames());
      }
    }
    position = piece.to();
    if (piece.boundary() != null) {
      boundary = piece.boundary();
    }
  }

  /** Gives whoever follows what has been collected since the last time. */
  private void deliver() {
    for (int i = 0; i < touched.size(); i++) {
      var group = touched.get(i);
      var burst = ShapeBurst.of(group.frames, allocator);
      hub.meters().deliveries.add((long) group.size() * group.frames.size());
      hub.meters().bytes.add((long) group.size() * burst.bytes());
      group.frames.clear();
      group.deliver(burst);
      burst.release();
    }
    touched.clear();
    told = position;
  }

  /** Shapes somebody on this loop asked for; for tests and invariants. */
  int size() {
    return shapes.size();
  }
}
