package dev.rowcast.session;

import dev.rowcast.auth.Identity;
import dev.rowcast.auth.Proof;
import dev.rowcast.base.Rate;
import dev.rowcast.hub.Burst;
import dev.rowcast.hub.Encoding;
import dev.rowcast.hub.Message;
import dev.rowcast.hub.Remembered;
import dev.rowcast.hub.Subscriber;
import dev.rowcast.message.CloseReason;
import dev.rowcast.message.Topic;
import dev.rowcast.protocol.FrameDecoder;
import dev.rowcast.protocol.Frames;
import io.netty.buffer.Unpooled;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's conversation in ws4redis's manner.
 *
 * <p>Confined to its event loop, except {@link #acknowledged}.
 *
 * <pre>
 *   JOINING ──last values sent──▶ LIVE
 *      └───────────┬───────────────┘
 *                  │ end(reason): the only way out; unsubscribes, says why, counts and logs once
 *                  ▼
 *               ENDING ──line closed, or two visits later aborted──▶ CLOSED
 * </pre>
 *
 * <p>While joining, messages are held back: a client gets the last values first and then what came
 * after the subscription, as from ws4redis, never a newer message before an older one. What is
 * needed only while joining or by a slow client lives in objects of its own, so that the thousands
 * who are idle do not carry it.
 */
public final class Session extends Subscriber implements FrameDecoder.Sink {

  private enum State {
    JOINING,
    LIVE,
    ENDING,
    CLOSED
  }

  private static final Logger log = LoggerFactory.getLogger(Session.class);

  /** A heartbeat is left out while this much waits: the client has bytes to read anyway. */
  private static final int BUSY = 16 * 1024;

  /** Publications on their way to the bus from one client; beyond it, it is not read from. */
  private static final int MAX_UNACKNOWLEDGED = 256;

  private static final VarHandle UNACKNOWLEDGED;

  static {
    try {
      UNACKNOWLEDGED =
          MethodHandles.lookup().findVarHandle(Session.class, "unacknowledged", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final LoopSessions home;
  private final Line line;
  private final Identity identity;
  private final List<Topic> speaks;
  private final boolean echo;
  private final boolean keepsLatest;
  private final FrameDecoder decoder;
  private State state = State.JOINING;

  /** Where the wheel keeps this session. */
  int spoke;

  int place;

  /** What may end the client's right; null for most. */
  @Nullable Credential credential;

  /** Visits since the client was last heard; since the end, once it is ending. */
  private short silent;

  /** Visits during which nothing moved although something waited. */
  private short stuck;

  private boolean paused;

  /** When the next frame would be due if the client sent at exactly the allowed rate. */
  private long due;

  /** The same for its pings. */
  private long pingDue;

  /** What the line had sent at the last visit. */
  private long sent;

  private @Nullable Remembered remembered;
  private @Nullable Joining joining;
  private @Nullable Latest latest;

  @SuppressWarnings("UnusedVariable") // Read and written through UNACKNOWLEDGED.
  private volatile int unacknowledged;

  Session(LoopSessions home, Line line, Admission.Admitted admitted, Encoding encoding) {
    this.home = home;
    this.line = line;
    identity = admitted.identity();
    speaks = admitted.speaks();
    echo = admitted.echo();
    keepsLatest = admitted.latest();
    var settings = home.shared().settings();
    decoder =
        new FrameDecoder(
            (int) settings.maxMessage().bytes(),
            settings.allowUnmasked(),
            encoding == Encoding.DEFLATED);
    due = home.shared().ticker().nanoTime();
    pingDue = due;
  }

  void begin(List<Topic> listens, Encoding encoding) {
    if (listens.isEmpty()) {
      state = State.LIVE;
      return;
    }
    joining = new Joining(listens.size());
    home.shard().subscribe(this, listens, encoding);
  }

  /** Takes bytes from the client; reads all of them. */
  public void received(ByteBuffer bytes) {
    if (!isOpen()) {
      return;
    }
    silent = 0;
    var error = decoder.decode(bytes, this);
    if (error != null) {
      end(error);
    }
  }

  @Override
  public boolean frame() {
    var now = home.shared().ticker().nanoTime();
    due = home.frames().next(due, now);
    return within(home.frames(), due, now);
  }

  @Override
  public boolean text(byte[] payload) {
    return message(payload);
  }

  @Override
  public boolean binary(byte[] payload) {
    return message(payload);
  }

  @Override
  public boolean ping(byte[] payload) {
    var now = home.shared().ticker().nanoTime();
    pingDue = home.pings().next(pingDue, now);
    if (!within(home.pings(), pingDue, now)) {
      return false;
    }
    write(Frames.frame(Frames.PONG, payload));
    line.flush();
    return boundedOrEnd();
  }

  private boolean within(Rate rate, long due, long now) {
    if (rate.isExceeded(due, now)) {
      end(CloseReason.POLICY_VIOLATION);
    }
    return isOpen();
  }

  @Override
  public boolean pong(byte[] payload) {
    return true;
  }

  @Override
  public void close(int code) {
    end(CloseReason.NORMAL, Frames.close(code, ""));
  }

  private boolean message(byte[] payload) {
    var meters = home.shared().meters();
    meters.received.increment();
    meters.receivedBytes.add(payload.length);
    var heartbeat = home.shared().heartbeat();
    var isHeartbeat = heartbeat != null && Arrays.equals(heartbeat, payload);
    if (!echo && isSubscribed()) {
      remembered = isHeartbeat || payload.length == 0 ? null : new Remembered(payload);
    }
    if (isHeartbeat || payload.length == 0) {
      return true;
    }
    for (int i = 0; i < speaks.size(); i++) {
      publish(speaks.get(i), payload);
    }
    return isOpen();
  }

  private void publish(Topic topic, byte[] payload) {
    home.shared().meters().published.increment();
    var before = (int) UNACKNOWLEDGED.getAndAdd(this, 1);
    if (before + 1 >= MAX_UNACKNOWLEDGED && !paused) {
      paused = true;
      line.pauseReading();
    }
    home.shard()
        .publish(topic, payload, home.shared().keep())
        .whenComplete((_, failure) -> acknowledged(failure));
  }

  /** On the bus's thread, or on this one. A failure is the bus's to log; ws4redis has no reply. */
  private void acknowledged(@Nullable Throwable failure) {
    if (failure != null) {
      home.shared().meters().publishFailed.increment();
    }
    var before = (int) UNACKNOWLEDGED.getAndAdd(this, -1);
    if (before == MAX_UNACKNOWLEDGED / 2) {
      home.loop().execute(this::resume);
    }
  }

  private void resume() {
    if (paused && (int) UNACKNOWLEDGED.getVolatile(this) < MAX_UNACKNOWLEDGED) {
      paused = false;
      if (isOpen()) {
        line.resumeReading();
      }
    }
  }

  @Override
  protected void lastValue(int index, @Nullable Message message) {
    var held = joining;
    if (held == null) {
      writeAlone(message);
      return;
    }
    held.lastValues[index] = message;
    if (--held.missing == 0) {
      goLive(held);
    }
  }

  private void goLive(Joining held) {
    joining = null;
    state = State.LIVE;
    for (var message : held.lastValues) {
      write(message);
    }
    for (var message : held.later) {
      if (remembered == null || !remembered.equalsContentOf(message)) {
        write(message);
      }
    }
    line.flush();
  }

  @Override
  protected void deliver(Burst burst) {
    try {
      switch (state) {
        case LIVE -> deliverLive(burst);
        case JOINING -> hold(burst);
        case ENDING, CLOSED -> {}
      }
    } catch (RuntimeException e) {
      log.error("a delivery failed; its connection ends", e);
      end(CloseReason.INTERNAL_ERROR);
    }
  }

  private void hold(Burst burst) {
    var held = joining;
    if (held == null) {
      return;
    }
    held.later.addAll(burst.messages());
    held.bytes += burst.bytes();
    if (held.bytes > home.shared().settings().outbox().maxBytes().bytes()) {
      goLive(held);
    }
  }

  private void deliverLive(Burst burst) {
    var waiting = line.pending();
    if (latest != null
        || (waiting > 0
            && waiting + burst.bytes() > home.shared().settings().outbox().maxBytes().bytes())) {
      full(burst.messages());
      return;
    }
    if (remembered != null && burst.contains(remembered)) {
      deliverWithout(burst.messages(), remembered);
    } else {
      for (int i = 0; i < burst.buffers(); i++) {
        line.write(burst.share(i));
      }
    }
    line.flush();
  }

  private void deliverWithout(List<Message> messages, Remembered own) {
    for (int i = 0; i < messages.size(); i++) {
      if (!own.equalsContentOf(messages.get(i))) {
        write(messages.get(i));
      }
    }
  }

  private void full(List<Message> messages) {
    if (!keepsLatest) {
      end(CloseReason.SLOW);
      return;
    }
    var keeping = latest;
    if (keeping == null) {
      keeping = new Latest();
      latest = keeping;
      line.afterSent(this::caughtUp);
    }
    for (var message : messages) {
      if ((remembered == null || !remembered.equalsContentOf(message)) && keeping.put(message)) {
        home.shared().meters().leftOut.increment();
      }
    }
  }

  private void caughtUp() {
    var kept = latest;
    if (kept == null || !isOpen()) {
      return;
    }
    latest = null;
    for (var message : kept.messages()) {
      write(message);
    }
    line.flush();
  }

  @Override
  protected void missed() {
    end(CloseReason.TRY_AGAIN_LATER);
  }

  private void writeAlone(@Nullable Message message) {
    if (message != null && isOpen()) {
      write(message);
      line.flush();
    }
  }

  private void write(@Nullable Message message) {
    if (message != null) {
      line.write(message.frame(home.allocator()));
    }
  }

  private void write(byte[] frame) {
    line.write(home.allocator().directBuffer(frame.length, frame.length).writeBytes(frame));
  }

  /** A client that pings and never reads fills its own outbox. */
  private boolean boundedOrEnd() {
    if (line.pending() > home.shared().settings().outbox().maxBytes().bytes()) {
      end(CloseReason.SLOW);
    }
    return isOpen();
  }

  /** The wheel came by. */
  void visit() {
    silent++;
    if (state == State.ENDING) {
      if (silent > 2) {
        line.abort();
      }
      return;
    }
    if (isStuck()) {
      end(CloseReason.SLOW);
    } else if (silent >= home.deadAfter() && !paused) {
      end(CloseReason.LOST);
    } else if (isStillRight()) {
      beat();
    }
  }

  /** Ends the session whose right is over, and has a proof looked at that is due. */
  private boolean isStillRight() {
    var held = credential;
    if (held == null) {
      return true;
    }
    var now = home.shared().ticker().nanoTime();
    if (held.isOverForGood(now)) {
      end(CloseReason.TOKEN_EXPIRED);
      return false;
    }
    var proof = held.due(now);
    if (proof != null
        && home.shared().recheck(proof, home.loop(), standing -> checked(held, standing))) {
      held.checking();
    }
    return true;
  }

  /** Who cannot be asked about now is asked about at the next visit, unless its time is over. */
  private void checked(Credential held, Optional<Proof.Standing> standing) {
    var now = home.shared().ticker().nanoTime();
    held.checked(standing.isEmpty() ? now : now + home.shared().recheckEvery().toNanos());
    if (!isOpen()) {
      return;
    }
    if (standing.isPresent() && standing.get() instanceof Proof.Standing.Holds(var expires)) {
      held.lasts(expires, home.shared());
    }
    if (held.isOver(now)) {
      end(CloseReason.TOKEN_EXPIRED);
    } else if (standing.isPresent() && standing.get() instanceof Proof.Standing.Gone(var reason)) {
      end(reason);
    }
  }

  private boolean isStuck() {
    var now = line.sent();
    stuck = line.pending() == 0 || now != sent ? 0 : (short) (stuck + 1);
    sent = now;
    return stuck >= home.stuckAfter();
  }

  private void beat() {
    if (line.pending() > BUSY) {
      return;
    }
    var heartbeat = home.heartbeat();
    if (heartbeat != null) {
      line.write(heartbeat);
      home.shared().meters().heartbeats.increment();
    }
    if (silent % home.pingAfter() == 0) {
      write(Frames.frame(Frames.PING, new byte[0]));
      home.shared().meters().pings.increment();
    } else if (heartbeat == null) {
      return;
    }
    line.flush();
  }

  /** Ends the conversation for this reason; the first reason counts. */
  public void end(CloseReason reason) {
    end(reason, Frames.close(reason));
  }

  private void end(CloseReason reason, byte[] closeFrame) {
    if (!isOpen()) {
      return;
    }
    state = State.ENDING;
    silent = 0;
    joining = null;
    latest = null;
    remembered = null;
    home.shard().unsubscribe(this);
    home.shared().meters().closed(reason);
    log.debug("connection ends: {}", reason);
    if (reason == CloseReason.LOST) {
      line.abort();
      return;
    }
    line.write(Unpooled.wrappedBuffer(closeFrame));
    line.finish();
  }

  /** The line is closed, by us or by the other side. */
  public void closed() {
    if (state == State.CLOSED) {
      return;
    }
    if (isOpen()) {
      end(CloseReason.LOST);
    }
    if (state != State.CLOSED) {
      state = State.CLOSED;
      home.remove(this);
    }
  }

  Line line() {
    return line;
  }

  /** Whether this user is the one who is logged in here. */
  boolean isOf(String user) {
    return identity.user().isPresent() && identity.user().get().equals(user);
  }

  /** Whether it has not begun to end. */
  public boolean isOpen() {
    return state == State.JOINING || state == State.LIVE;
  }
}
