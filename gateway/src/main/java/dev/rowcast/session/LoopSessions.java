package dev.rowcast.session;

import dev.rowcast.auth.Recognition;
import dev.rowcast.base.Rate;
import dev.rowcast.hub.Encoding;
import dev.rowcast.hub.LoopShard;
import dev.rowcast.message.CloseReason;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of one event loop, and the wheel that visits each of them every few seconds.
 *
 * <p>Confined to that loop.
 *
 * <p>The wheel is the only clock a session has: an idle connection owns no timer. Sessions are
 * dealt to {@link #SPOKES} spokes in turn; each tick visits one spoke. So heartbeats are spread
 * evenly, however many connections came in the same instant. Time is counted in visits and not in
 * nanoseconds: after a process was suspended for a minute nobody is taken for dead.
 */
public final class LoopSessions {
  private static final int SPOKES = 40;

  /** So much of what a client may send comes at once without being one too many. */
  private static final Duration BURST = Duration.ofSeconds(4);

  private final Sessions sessions;
  private final LoopShard shard;
  private final Executor loop;
  private final ByteBufAllocator allocator;
  private final long visitEvery;
  private final int pingAfter;
  private final int deadAfter;
  private final int stuckAfter;
  private final @Nullable ByteBuf heartbeat;
  private final Rate frames;
  private final Rate pings;

  private final List<List<Conversation>> spokes = new ArrayList<>(SPOKES);
  private int deal;
  private int next;
  private int open;
  private long nextTick;
  private long drainUntil;
  private boolean draining;

  LoopSessions(Sessions sessions, LoopShard shard, Executor loop, ByteBufAllocator allocator) {
    this.sessions = sessions;
    this.shard = shard;
    this.loop = loop;
    this.allocator = allocator;
    var settings = sessions.settings();
    visitEvery = Math.min(settings.heartbeatEvery().toNanos(), settings.pingEvery().toNanos());
    pingAfter = Math.max(1, visits(settings.pingEvery()));
    deadAfter = Math.max(pingAfter + 1, visits(settings.pingEvery().multipliedBy(2)));
    // The first visit only learns where things stand, and the last one must not come too early.
    stuckAfter = visits(settings.outbox().maxAge()) + 2;
    frames = new Rate(settings.messagesPerSecond(), BURST);
    pings = new Rate(settings.pingsPerSecond(), BURST);
    var frame = sessions.heartbeatFrame();
    heartbeat =
        frame == null
            ? null
            : Unpooled.unreleasableBuffer(
                Unpooled.wrappedBuffer(ByteBuffer.allocateDirect(frame.length).put(frame).flip()));
    for (int i = 0; i < SPOKES; i++) {
      spokes.add(new ArrayList<>());
    }
    nextTick = sessions.ticker().nanoTime() + tickEvery().toNanos();
  }

  private int visits(Duration duration) {
    return (int) Math.min(Short.MAX_VALUE, duration.toNanos() / visitEvery);
  }

  /** How often {@link #tick} is to be called. */
  public Duration tickEvery() {
    return Duration.ofNanos(visitEvery / SPOKES);
  }

  /**
   * Begins a conversation: subscribes, and sends last values as they come.
   *
   * @param encoding {@code DEFLATED} when permessage-deflate was agreed upon
   */
  public Session open(Line line, Admission.Admitted admitted, Encoding encoding) {
    var session = new Session(this, line, admitted, encoding);
    add(session, admitted);
    session.begin(admitted.listens(), encoding);
    return session;
  }

  /** Visits a conversation from now on, until it is closed. */
  void add(Conversation conversation, Admission.Admitted admitted) {
    var spoke = spokes.get(deal);
    conversation.spoke = deal;
    conversation.place = spoke.size();
    conversation.credential = credential(admitted.who());
    spoke.add(conversation);
    deal = (deal + 1) % SPOKES;
    open++;
    sessions.meters().open.increment();
    sessions.meters().opened.increment();
    if (sessions.isDisconnected(admitted)) {
      loop.execute(() -> conversation.end(CloseReason.REVOKED));
    }
  }

  /** What ends the right of a client that was recognised just now; null: nothing. */
  @Nullable Credential credential(Recognition.Known who) {
    return Credential.of(who, sessions, (double) deal / SPOKES);
  }

  /** Begins a conversation that says only why it ends, once the handshake is answered. */
  public Session turnAway(Line line, CloseReason reason) {
    var nothing = Admission.Admitted.anonymous(List.of(), List.of(), false, false);
    var session = open(line, nothing, Encoding.PLAIN);
    loop.execute(() -> session.end(reason));
    return session;
  }

  /** Visits what is due; a tick that comes late does not make up for more than one round. */
  public void tick() {
    var now = sessions.ticker().nanoTime();
    var every = visitEvery / SPOKES;
    for (int i = 0; i < SPOKES && now - nextTick >= 0; i++) {
      nextTick += every;
      visit(spokes.get(next));
      next = (next + 1) % SPOKES;
    }
    if (now - nextTick >= 0) {
      nextTick = now + every;
    }
    if (draining) {
      drainShare(now);
    }
  }

  /** From last to first: a session that closes meanwhile moves only one that had its visit. */
  private static void visit(List<Conversation> spoke) {
    for (int i = spoke.size() - 1; i >= 0; i--) {
      spoke.get(i).visit();
    }
  }

  /** Ends all sessions with 1001, evenly over this time; ticks do it. */
  public void drain(Duration over) {
    draining = true;
    drainUntil = sessions.ticker().nanoTime() + over.toNanos();
    drainShare(sessions.ticker().nanoTime());
  }

  private void drainShare(long now) {
    var ticksLeft = Math.max(1, (drainUntil - now) / (visitEvery / SPOKES));
    var share = (int) ((endable() + ticksLeft - 1) / ticksLeft);
    for (int i = 0; i < SPOKES && share > 0; i++) {
      var spoke = spokes.get((next + i) % SPOKES);
      for (int at = spoke.size() - 1; at >= 0 && share > 0; at--) {
        if (spoke.get(at).isOpen()) {
          spoke.get(at).end(CloseReason.GOING_AWAY);
          share--;
        }
      }
    }
  }

  private int endable() {
    int count = 0;
    for (var spoke : spokes) {
      for (var session : spoke) {
        count += session.isOpen() ? 1 : 0;
      }
    }
    return count;
  }

  /** Ends the open sessions of a user; how many there were. */
  int disconnect(String user, CloseReason reason) {
    int ended = 0;
    for (var spoke : spokes) {
      for (int at = spoke.size() - 1; at >= 0; at--) {
        var session = spoke.get(at);
        if (session.isOpen() && session.isOf(user)) {
          session.end(reason);
          ended++;
        }
      }
    }
    return ended;
  }

  /** The lines of all open sessions, in no order. */
  public List<Line> lines() {
    var lines = new ArrayList<Line>(open);
    for (var spoke : spokes) {
      for (var session : spoke) {
        if (session.isOpen()) {
          lines.add(session.line());
        }
      }
    }
    return lines;
  }

  /** Sessions whose line is not closed yet. */
  public int count() {
    return open;
  }

  void remove(Conversation session) {
    var spoke = spokes.get(session.spoke);
    var last = spoke.removeLast();
    if (session.place < spoke.size()) {
      spoke.set(session.place, last);
      last.place = session.place;
    }
    open--;
    sessions.meters().open.decrement();
  }

  Sessions shared() {
    return sessions;
  }

  LoopShard shard() {
    return shard;
  }

  Executor loop() {
    return loop;
  }

  ByteBufAllocator allocator() {
    return allocator;
  }

  /** A frame to be written as it is; null when there is no heartbeat. */
  @Nullable ByteBuf heartbeat() {
    return heartbeat == null ? null : heartbeat.duplicate();
  }

  /** How often one client may send a frame. */
  Rate frames() {
    return frames;
  }

  /** How often one client may ping. */
  Rate pings() {
    return pings;
  }

  int pingAfter() {
    return pingAfter;
  }

  int deadAfter() {
    return deadAfter;
  }

  int stuckAfter() {
    return stuckAfter;
  }
}
