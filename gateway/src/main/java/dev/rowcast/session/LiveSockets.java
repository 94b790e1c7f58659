package dev.rowcast.session;

import dev.rowcast.auth.Recognition;
import dev.rowcast.base.Ticker;
import dev.rowcast.feed.Feed;
import dev.rowcast.feed.FeedException;
import dev.rowcast.feed.FeedListener;
import dev.rowcast.feed.FeedStep;
import dev.rowcast.hub.Loop;
import dev.rowcast.hub.ShapeHub;
import dev.rowcast.message.CloseReason;
import dev.rowcast.message.ErrorCode;
import dev.rowcast.message.Position;
import dev.rowcast.message.Seen;
import dev.rowcast.observe.Metrics;
import dev.rowcast.protocol.ClientMessage;
import dev.rowcast.rows.RowsException;
import dev.rowcast.shape.Shape;
import dev.rowcast.shape.ShapeIndex;
import io.netty.buffer.ByteBufAllocator;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The WebSockets of {@code /live} on this node, and what they share: the log, the shapes, the
 * answers to what takes time.
 *
 * <p>Thread-safe.
 */
public final class LiveSockets implements FeedListener {
  private static final Logger log = LoggerFactory.getLogger(LiveSockets.class);

  /** Pieces of the log read from Redis, and wishes decided upon, at the same time. */
  private static final int AT_ONCE = 64;

  /** Questions about rows that clients have: few, as each may take its time. */
  private static final int MOMENTS_AT_ONCE = 2;

  private final Feed feed;
  private final TableAccess tables;
  private final LiveSettings settings;
  private final Ticker ticker;
  private final RandomGenerator random;
  private final ShapeHub shapes;
  private final Returns returns;
  private final List<LoopSockets> loops = new CopyOnWriteArrayList<>();
  private final Semaphore histories = new Semaphore(AT_ONCE);
  private final Semaphore moments = new Semaphore(MOMENTS_AT_ONCE);
  private final Semaphore decisions = new Semaphore(AT_ONCE);

  final LongAdder open = new LongAdder();
  final LongAdder replayed;
  final LongAdder resets;
  final LongAdder conflated;

  /** Conversations about what {@code feed} has. */
  public LiveSockets(
      Feed feed,
      TableAccess tables,
      ShapeIndex index,
      Metrics metrics,
      LiveSettings settings,
      Ticker ticker,
      RandomGenerator random) {
    this.feed = feed;
    this.tables = tables;
    this.settings = settings;
    this.ticker = ticker;
    this.random = random;
    this.shapes = new ShapeHub(feed, index, metrics, ticker);
    this.returns = new Returns(settings.limits().returnsPerSecond(), random);
    this.replayed =
        metrics.counter("rowcast.live.replayed", "Events said to one WebSocket that was behind");
    this.resets =
        metrics.counter("rowcast.live.socket.resets", "Times a subscription was told to reload");
    this.conflated =
        metrics.counter(
            "rowcast.live.conflated", "Events replaced by a later one of their row for who asked");
    metrics.gauge("rowcast.live.sockets", "WebSockets now open at /live", open::sum);
  }

  /** The conversations of one event loop; made once for each. */
  public LoopSockets onLoop(LoopSessions home, Loop loop, ByteBufAllocator allocator) {
    var conversations = new LoopSockets(this, home, loop, allocator);
    loops.add(conversations);
    return conversations;
  }

  @Override
  public void grown() {
    shapes.grown();
  }

  @Override
  public void broken(FeedStep.Reason reason, Position now) {
    shapes.grown();
  }

  /** Ends whoever hears tables, so that it comes back and asks by the rules of now. */
  public void reconfigured() {
    for (var each : loops) {
      handOver(each.loop(), each::reconfigured);
    }
  }

  /** Has a wish decided; {@code answer} comes on the loop, unless that has ended. */
  void decide(
      Recognition.Known who,
      ClientMessage.SubscribeTable wish,
      Loop loop,
      Consumer<TableAdmission> answer) {
    Thread.ofVirtual()
        .name("rowcast-subscribe")
        .start(() -> {
          var admission = decide(who, wish);
          handOver(loop, () -> answer.accept(admission));
        });
  }

  private TableAdmission decide(Recognition.Known who, ClientMessage.SubscribeTable wish) {
    decisions.acquireUninterruptibly();
    try {
      return tables.decide(who, wish);
    } catch (RuntimeException e) {
      log.error("a subscription could not be decided upon", e);
      return new TableAdmission.Refused(ErrorCode.UNAVAILABLE, "internal error");
    } finally {
      decisions.release();
    }
  }

  /** Where who is granted rows begins. */
  Beginnings beginnings() {
    return tables.beginnings();
  }

  /** Whether a shape's table is still what it was made of. */
  boolean isCurrent(Shape shape) {
    return tables.isCurrent(shape);
  }

  /**
   * Has a piece of the log read that this node's memory has no more; {@code answer} comes on the
   * loop, unless that has ended, and is empty when Redis is away.
   */
  void history(Position from, Loop loop, Consumer<Optional<FeedStep>> answer) {
    Thread.ofVirtual()
        .name("rowcast-live-history")
        .start(() -> {
          var step = history(from);
          handOver(loop, () -> answer.accept(step));
        });
  }

  private Optional<FeedStep> history(Position from) {
    histories.acquireUninterruptibly();
    try {
      return Optional.of(feed.history(from));
    } catch (FeedException away) {
      log.debug("a subscription could not be served from Redis", away);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      histories.release();
    }
    return Optional.empty();
  }

  /**
   * Has asked again until when rows matter that a client has; {@code answer} comes on the loop,
   * unless that has ended, and is what was known already while there is nothing new.
   */
  void again(Seen seen, Loop loop, Consumer<Seen> answer) {
    Thread.ofVirtual()
        .name("rowcast-live-seen")
        .start(() -> {
          var now = again(seen);
          handOver(loop, () -> answer.accept(now));
        });
  }

  private Seen again(Seen seen) {
    moments.acquireUninterruptibly();
    try {
      return beginnings().again(seen);
    } catch (RowsException away) {
      log.debug("until when rows matter could not be asked", away);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      moments.release();
    }
    return seen;
  }

  private static void handOver(Loop loop, Runnable task) {
    try {
      loop.execute(task);
    } catch (RejectedExecutionException _) {
      // The loop has ended, and with it everybody who could hear this.
    }
  }

  /** When a client that is sent away for this reason is to come back. */
  Duration whenToReturn(CloseReason reason) {
    return returns.draw(reason, open.sum());
  }

  /** A name for one more conversation. */
  String name() {
    return HexFormat.of().toHexDigits(random.nextLong());
  }

  Feed feed() {
    return feed;
  }

  ShapeHub shapes() {
    return shapes;
  }

  LiveSettings settings() {
    return settings;
  }

  Ticker ticker() {
    return ticker;
  }
}
