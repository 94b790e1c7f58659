package dev.rowcast.session;

import dev.rowcast.auth.Identity;
import dev.rowcast.auth.Proof;
import dev.rowcast.base.Rate;
import dev.rowcast.hub.Subscriber;
import dev.rowcast.message.CloseReason;
import dev.rowcast.message.Topic;
import dev.rowcast.protocol.FrameDecoder;
import dev.rowcast.protocol.Frames;
import io.netty.buffer.Unpooled;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client on one WebSocket, whatever it speaks: what it may send in which time, whether it is
 * still there and still allowed, and how it ends.
 *
 * <p>Confined to its event loop, except {@link #acknowledged}.
 *
 * <pre>
 *   OPEN
 *     │ end(reason): the only way out; unsubscribes, says why, counts and logs once
 *     ▼
 *   ENDING ──line closed, or two visits later aborted──▶ CLOSED
 * </pre>
 */
public abstract class Conversation extends Subscriber implements FrameDecoder.Sink {

  private enum State {
    OPEN,
    ENDING,
    CLOSED
  }

  private static final Logger log = LoggerFactory.getLogger(Conversation.class);

  /** Publications on their way to the bus from one client; beyond it, it is not read from. */
  private static final int MAX_UNACKNOWLEDGED = 256;

  private static final VarHandle UNACKNOWLEDGED;

  static {
    try {
      UNACKNOWLEDGED =
          MethodHandles.lookup().findVarHandle(Conversation.class, "unacknowledged", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  final LoopSessions home;
  final Line line;
  private final FrameDecoder decoder;
  private State state = State.OPEN;

  /** Where the wheel keeps this conversation. */
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

  @SuppressWarnings("UnusedVariable") // Read and written through UNACKNOWLEDGED.
  private volatile int unacknowledged;

  Conversation(LoopSessions home, Line line, boolean deflated) {
    this.home = home;
    this.line = line;
    var settings = home.shared().settings();
    decoder =
        new FrameDecoder((int) settings.maxMessage().bytes(), settings.allowUnmasked(), deflated);
    due = home.shared().ticker().nanoTime();
    pingDue = due;
  }

  /** Who the client is. */
  abstract Identity identity();

  /** A whole message, text or not; whether to read on. */
  abstract boolean message(byte[] payload, boolean isText);

  /** What the line still may be told while it is quiet; a ping is due too, or not. */
  abstract void beat(boolean withPing);

  /** The conversation ends: nothing is heard any more. */
  abstract void ending();

  /** The close frame of a reason, as this conversation's clients know it. */
  abstract byte[] closeFrame(CloseReason reason);

  /** Why a client that sends too much is ended. */
  abstract CloseReason tooFast();

  /** The kernel takes more again. */
  public abstract void writable();

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
    return counted(payload, true);
  }

  @Override
  public boolean binary(byte[] payload) {
    return counted(payload, false);
  }

  private boolean counted(byte[] payload, boolean isText) {
    var meters = home.shared().meters();
    meters.received.increment();
    meters.receivedBytes.add(payload.length);
    return message(payload, isText);
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
      end(tooFast());
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

  /** Publishes; {@code done} comes on the loop, with what went wrong or null. */
  final void publish(Topic topic, byte[] payload, @Nullable Consumer<@Nullable Throwable> done) {
    home.shared().meters().published.increment();
    var before = (int) UNACKNOWLEDGED.getAndAdd(this, 1);
    if (before + 1 >= MAX_UNACKNOWLEDGED && !paused) {
      paused = true;
      line.pauseReading();
    }
    home.shard()
        .publish(topic, payload, home.shared().keep())
        .whenComplete((_, failure) -> {
          acknowledged(failure);
          if (done != null) {
            home.loop().execute(() -> done.accept(failure));
          }
        });
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

  /** A client that pings and never reads fills its own outbox. */
  final boolean boundedOrEnd() {
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
      beat(silent % home.pingAfter() == 0);
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

  /** A WebSocket ping; the caller flushes. */
  final void sendPing() {
    write(Frames.frame(Frames.PING, new byte[0]));
    home.shared().meters().pings.increment();
  }

  final void write(byte[] frame) {
    line.write(home.allocator().directBuffer(frame.length, frame.length).writeBytes(frame));
  }

  /** Ends the conversation for this reason; the first reason counts. */
  public void end(CloseReason reason) {
    end(reason, closeFrame(reason));
  }

  private void end(CloseReason reason, byte[] closeFrame) {
    if (!isOpen()) {
      return;
    }
    state = State.ENDING;
    silent = 0;
    ending();
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

  final Line line() {
    return line;
  }

  /** Whether this user is the one who is logged in here. */
  final boolean isOf(String user) {
    return identity().user().isPresent() && identity().user().get().equals(user);
  }

  /** Whether it has not begun to end. */
  public boolean isOpen() {
    return state == State.OPEN;
  }
}
