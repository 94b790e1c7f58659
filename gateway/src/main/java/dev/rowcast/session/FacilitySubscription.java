package dev.rowcast.session;

import dev.rowcast.auth.Recognition;
import dev.rowcast.hub.Burst;
import dev.rowcast.hub.Encoding;
import dev.rowcast.hub.Message;
import dev.rowcast.hub.Subscriber;
import dev.rowcast.message.Audience;
import dev.rowcast.message.CloseReason;
import dev.rowcast.message.Permission;
import dev.rowcast.message.Topic;
import dev.rowcast.protocol.LiveFrames;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a conversation at {@code /live} hears of one audience of a facility.
 *
 * <p>Confined to its event loop.
 *
 * <p>As at {@code /ws}, the last values come first and then what was said since the subscription;
 * once the client is told that it has subscribed, it misses nothing.
 */
final class FacilitySubscription extends Subscriber implements LiveSubscription {
  private static final Logger log = LoggerFactory.getLogger(FacilitySubscription.class);

  private final LiveSession session;
  private final String id;
  private final String facility;
  private final Audience audience;
  private final List<Topic> topics;
  private final boolean keepsLatest;

  /** What is held back until every last value is there; null once it is. */
  private @Nullable Joining joining;

  private @Nullable Latest latest;

  FacilitySubscription(
      LiveSession session, String id, String facility, Audience audience, List<Topic> topics) {
    this.session = session;
    this.id = id;
    this.facility = facility;
    this.audience = audience;
    this.topics = topics;
    this.keepsLatest = session.home.shared().keepsLatest(facility);
  }

  void begin() {
    joining = new Joining(topics.size());
    session.home.shard().subscribe(this, topics, Encoding.LIVE);
  }

  /** Whether it is the same thing to hear. */
  boolean isOf(String otherFacility, Audience otherAudience) {
    return facility.equals(otherFacility) && audience == otherAudience;
  }

  /** Whether a client that is this one now would be granted the same. */
  boolean isStill(Recognition.Known who) {
    return session.home.shared().granted(who, Permission.toHear(audience), facility).equals(topics);
  }

  @Override
  protected void lastValue(int index, @Nullable Message message) {
    var held = joining;
    if (held == null) {
      return;
    }
    held.lastValues[index] = message;
    if (--held.missing == 0) {
      goLive(held);
    }
  }

  private void goLive(Joining held) {
    joining = null;
    session.say(LiveFrames.subscribed(id, facility, audience));
    for (var message : held.lastValues) {
      write(message);
    }
    held.later.forEach(this::write);
    session.flush();
  }

  @Override
  protected void deliver(Burst burst) {
    try {
      if (joining != null) {
        hold(burst, joining);
      } else if (session.isOpen()) {
        deliverLive(burst);
      }
    } catch (RuntimeException e) {
      log.error("a delivery failed; its connection ends", e);
      session.end(CloseReason.INTERNAL_ERROR);
    }
  }

  private void hold(Burst burst, Joining held) {
    held.later.addAll(burst.messages());
    held.bytes += burst.bytes();
    if (held.bytes > maxBytes()) {
      goLive(held);
    }
  }

  private void deliverLive(Burst burst) {
    var waiting = session.line.pending();
    if (latest != null || (waiting > 0 && waiting + burst.bytes() > maxBytes())) {
      full(burst.messages());
      return;
    }
    session.line.send(burst);
    session.wrote();
  }

  private long maxBytes() {
    return session.home.shared().settings().outbox().maxBytes().bytes();
  }

  private void full(List<Message> messages) {
    if (!keepsLatest) {
      session.end(CloseReason.SLOW);
      return;
    }
    var keeping = latest;
    if (keeping == null) {
      keeping = new Latest();
      latest = keeping;
      session.line.afterSent(this::caughtUp);
    }
    for (var message : messages) {
      if (keeping.put(message)) {
        session.home.shared().meters().leftOut.increment();
      }
    }
  }

  private void caughtUp() {
    var kept = latest;
    latest = null;
    if (kept != null && session.isOpen()) {
      kept.messages().forEach(this::write);
      session.flush();
    }
  }

  private void write(@Nullable Message message) {
    if (message != null) {
      session.line.write(message.liveFrame(session.home.allocator()));
      session.wrote();
    }
  }

  @Override
  protected void missed() {
    session.end(CloseReason.TRY_AGAIN_LATER);
  }

  @Override
  public void close() {
    joining = null;
    latest = null;
    session.home.shard().unsubscribe(this);
    session.places().leave(facility);
  }
}
