package dev.rowcast.session;

import dev.rowcast.auth.Identity;
import dev.rowcast.hub.Burst;
import dev.rowcast.hub.Encoding;
import dev.rowcast.hub.Message;
import dev.rowcast.hub.Remembered;
import dev.rowcast.message.CloseReason;
import dev.rowcast.message.Topic;
import dev.rowcast.protocol.Frames;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's conversation in ws4redis's manner.
 *
 * <p>Confined to its event loop.
 *
 * <p>While joining, messages are held back: a client gets the last values first and then what came
 * after the subscription, as from ws4redis, never a newer message before an older one. What is
 * needed only while joining or by a slow client lives in objects of its own, so that the thousands
 * who are idle do not carry it.
 */
public final class Session extends Conversation {
  private static final Logger log = LoggerFactory.getLogger(Session.class);

  /** A heartbeat is left out while this much waits: the client has bytes to read anyway. */
  private static final int BUSY = 16 * 1024;

  private final Identity identity;
  private final List<Topic> speaks;
  private final boolean echo;
  private final boolean keepsLatest;
  private @Nullable Remembered remembered;

  /** What is held back until every last value is there; null once it is. */
  private @Nullable Joining joining;

  private @Nullable Latest latest;

  Session(LoopSessions home, Line line, Admission.Admitted admitted, Encoding encoding) {
    super(home, line, encoding == Encoding.DEFLATED);
    identity = admitted.identity();
    speaks = admitted.speaks();
    echo = admitted.echo();
    keepsLatest = admitted.latest();
  }

  void begin(List<Topic> listens, Encoding encoding) {
    if (listens.isEmpty()) {
      return;
    }
    joining = new Joining(listens.size());
    home.shard().subscribe(this, listens, encoding);
  }

  @Override
  Identity identity() {
    return identity;
  }

  @Override
  boolean message(byte[] payload, boolean isText) {
    var heartbeat = home.shared().heartbeat();
    var isHeartbeat = heartbeat != null && Arrays.equals(heartbeat, payload);
    if (!echo && isSubscribed()) {
      remembered = isHeartbeat || payload.length == 0 ? null : new Remembered(payload);
    }
    if (isHeartbeat || payload.length == 0) {
      return true;
    }
    for (int i = 0; i < speaks.size(); i++) {
      publish(speaks.get(i), payload, null);
    }
    return isOpen();
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
      if (joining != null) {
        hold(burst, joining);
      } else if (isOpen()) {
        deliverLive(burst);
      }
    } catch (RuntimeException e) {
      log.error("a delivery failed; its connection ends", e);
      end(CloseReason.INTERNAL_ERROR);
    }
  }

  private void hold(Burst burst, Joining held) {
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
      line.flush();
    } else {
      line.send(burst);
    }
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

  @Override
  void beat(boolean withPing) {
    if (line.pending() > BUSY) {
      return;
    }
    var heartbeat = home.heartbeat();
    if (heartbeat != null) {
      line.write(heartbeat);
      home.shared().meters().heartbeats.increment();
    }
    if (withPing) {
      sendPing();
    } else if (heartbeat == null) {
      return;
    }
    line.flush();
  }

  @Override
  void ending() {
    joining = null;
    latest = null;
    remembered = null;
    home.shard().unsubscribe(this);
  }

  @Override
  byte[] closeFrame(CloseReason reason) {
    return Frames.close(reason);
  }

  @Override
  CloseReason tooFast() {
    return CloseReason.POLICY_VIOLATION;
  }

  /** Nothing waits for it: what this client is sent has no place to be read from later. */
  @Override
  public void writable() {}
}
