package dev.rowcast.session;

import dev.rowcast.auth.Handshake;
import dev.rowcast.auth.Recognition;
import dev.rowcast.hub.Loop;
import dev.rowcast.hub.ShapeShard;
import dev.rowcast.message.CloseReason;
import dev.rowcast.protocol.ClientMessage;
import io.netty.buffer.ByteBufAllocator;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the WebSockets of {@code /live} on one event loop share: the shapes they asked for, who of
 * them waits for what, and the visits by which each is told where it is.
 *
 * <p>Confined to that loop.
 *
 * <p>Nobody owns a timer: all are visited equally often, so whoever was visited goes to the end of
 * the queue, and only its head is looked at.
 */
public final class LoopSockets {
  /** How long a subscription waits before it asks again who had no answer: Redis, the database. */
  static final Duration PATIENCE = Duration.ofSeconds(1);

  /** A connection is told where it is this often, if that has changed. */
  private static final Duration WATERMARK = Duration.ofSeconds(5);

  private static final Duration TICK = Duration.ofMillis(200);

  private record Visit(LiveSession session, long due) {}

  private final LiveSockets shared;
  private final LoopSessions home;
  private final Loop loop;
  private final ShapeShard shapes;
  private final long every;
  private final ArrayDeque<Visit> visits = new ArrayDeque<>();
  private final Set<TableSubscription> resting = new LinkedHashSet<>();
  private final Set<TableSubscription> owing = new LinkedHashSet<>();
  private final Set<LiveSession> syncing = new LinkedHashSet<>();
  private final Set<LiveSession> unflushed = new LinkedHashSet<>();
  private final Set<LiveSession> open = new LinkedHashSet<>();
  private long now;

  LoopSockets(LiveSockets shared, LoopSessions home, Loop loop, ByteBufAllocator allocator) {
    this.shared = shared;
    this.home = home;
    this.loop = loop;
    this.shapes = shared.shapes().shard(loop, allocator, this::moved);
    this.every = Math.min(WATERMARK.toNanos(), shared.settings().heartbeat().toNanos() / 2);
    this.now = shared.ticker().nanoTime();
  }

  /**
   * Begins a conversation.
   *
   * @param first what the client's URL asks for already
   */
  public LiveSession open(
      Line line,
      Admission.Admitted admitted,
      Handshake handshake,
      Optional<ClientMessage.SubscribeTable> first,
      FacilityPlaces places) {
    var session = new LiveSession(home, this, line, admitted, handshake, places);
    home.add(session, admitted);
    open.add(session);
    shared.open.increment();
    visits.add(new Visit(session, now + every));
    session.begin(first);
    return session;
  }

  /** Begins a conversation that says only why it ends, once the handshake is answered. */
  public LiveSession turnAway(
      Line line, CloseReason reason, Handshake handshake, FacilityPlaces places) {
    var nobody = Admission.Admitted.to(Recognition.Known.ANONYMOUS, shared.ticker().nanoTime());
    var session = new LiveSession(home, this, line, nobody, handshake, places);
    home.add(session, nobody);
    loop.execute(() -> session.end(reason));
    return session;
  }

  /** It is over. */
  void remove(LiveSession session) {
    if (open.remove(session)) {
      shared.open.decrement();
    }
    syncing.remove(session);
    unflushed.remove(session);
  }

  /** Time has passed; to be called a few times a second. */
  public void tick() {
    var moment = shared.ticker().nanoTime();
    if (moment - now < TICK.toNanos()) {
      return;
    }
    now = moment;
    for (var first = visits.peek();
        first != null && first.due() - moment <= 0;
        first = visits.peek()) {
      visits.poll();
      if (first.session().isOpen()) {
        first.session().look();
        visits.add(new Visit(first.session(), moment + every));
      }
    }
    moved();
  }

  /** The shard's position has moved, or may have: whoever waits for that has its turn. */
  private void moved() {
    for (var subscription : taken(resting)) {
      subscription.goOn();
    }
    owing.removeIf(TableSubscription::settle);
    for (var session : List.copyOf(syncing)) {
      session.settle();
    }
    for (var session : taken(unflushed)) {
      session.flush();
    }
  }

  private static <T> List<T> taken(Set<T> set) {
    if (set.isEmpty()) {
      return List.of();
    }
    var all = List.copyOf(set);
    set.clear();
    return all;
  }

  /** Ends whoever hears tables: they are not what they were. */
  void reconfigured() {
    for (var session : List.copyOf(open)) {
      session.reconfigured();
    }
  }

  /** This one waits until the position moves. */
  void resting(TableSubscription subscription) {
    resting.add(subscription);
  }

  /** This one has to be told when the next transaction ends. */
  void owing(TableSubscription subscription) {
    owing.add(subscription);
  }

  void forget(TableSubscription subscription) {
    resting.remove(subscription);
    owing.remove(subscription);
  }

  /** This one has been asked about a position. */
  void syncing(LiveSession session) {
    syncing.add(session);
  }

  void synced(LiveSession session) {
    syncing.remove(session);
  }

  /** This one has something written that is to be flushed with the rest. */
  void unflushed(LiveSession session) {
    unflushed.add(session);
  }

  void later(Runnable task) {
    loop.execute(task);
  }

  ShapeShard shapes() {
    return shapes;
  }

  LiveSockets shared() {
    return shared;
  }

  Loop loop() {
    return loop;
  }

  /** How often each connection is looked at. */
  Duration every() {
    return Duration.ofNanos(every);
  }

  /** The moment of the last tick, by the ticker: good for what takes seconds. */
  long now() {
    return now;
  }
}
