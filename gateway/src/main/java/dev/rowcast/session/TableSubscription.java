package dev.rowcast.session;

import dev.rowcast.feed.FeedEntry;
import dev.rowcast.feed.FeedStep;
import dev.rowcast.hub.ShapeBurst;
import dev.rowcast.hub.ShapeMember;
import dev.rowcast.message.CloseReason;
import dev.rowcast.message.ErrorCode;
import dev.rowcast.message.Position;
import dev.rowcast.message.Seen;
import dev.rowcast.message.Since;
import dev.rowcast.protocol.ClientMessage;
import dev.rowcast.protocol.LiveFrames;
import dev.rowcast.shape.RowEvent;
import dev.rowcast.shape.Shape;
import dev.rowcast.shape.Verdict;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a conversation at {@code /live} hears of a table.
 *
 * <p>Confined to its event loop.
 *
 * <pre>
 *   ASKED ──admitted──▶ JOINED ──active──▶ BEHIND ──at the shard's position──▶ FOLLOWING
 *                         │                  ▲ ▲  ◀──the line takes no more, or the log broke──┘
 *                         └─since=snapshot─▶ │ └ reads memory, then Redis, as the line takes it
 *                                     ROWS ──┘
 * </pre>
 *
 * <p>While behind it is a place in the log and nothing else: nothing is kept for it, however slow
 * its client is. What it says then carries its id, as it belongs to one request; while it follows,
 * its client is handed the frames that all who follow share. So it follows only once nothing can
 * come any more that was in the rows which its client has; what it says before carries positions
 * that know of these rows.
 */
final class TableSubscription extends ShapeMember implements LiveSubscription, LeadingRows.Reader {
  private static final Logger log = LoggerFactory.getLogger(TableSubscription.class);

  private static final long PATIENCE = LoopSockets.PATIENCE.toNanos();

  /** Entries after which others of the loop have their turn. */
  private static final int TURN = 256;

  /** An event that may be the last of its transaction, and the place before it. */
  private record Held(Position before, Position position, RowEvent event, Verdict verdict) {}

  private final LiveSession session;
  private final LoopSockets loop;
  private final ClientMessage.SubscribeTable wish;
  private Optional<Start> start = Optional.empty();
  private @Nullable Shape shape;

  /** While its client is still to be given them. */
  private @Nullable LeadingRows rows;

  /** Everything up to here is said, while it is behind; null before it is active. */
  private @Nullable Position place;

  /** What of that which lies behind the place its client has already. */
  private @Nullable Seen seen;

  private boolean isFetching;
  private boolean isClosed;

  /** Whether its client knows that it is up to date, or was once. */
  private boolean isAnnounced;

  /** Bytes of the log it has read since it began or was reset. */
  private long replayed;

  private @Nullable Held held;

  /** Latest states, of a client that wants no others. */
  private final @Nullable LatestRows latest;

  /** The place before the first of what is held back there; null: nothing is. */
  private @Nullable Position withheld;

  /** Where the last transaction ended of which something is held back. */
  private @Nullable Position ended;

  /** Whether its client may have been given an event of a transaction without its end. */
  private boolean isOpen;

  /** Not before this moment it asks Redis again. */
  private long notBefore;

  /** Whether it is asked until when its rows matter, and when it was last. */
  private boolean isAsking;

  private long askedAt;

  TableSubscription(LiveSession session, ClientMessage.SubscribeTable wish) {
    this.session = session;
    this.loop = session.loop();
    this.wish = wish;
    this.latest = wish.conflate() ? new LatestRows() : null;
    this.notBefore = loop.now();
    this.askedAt = notBefore;
  }

  ClientMessage.SubscribeTable wish() {
    return wish;
  }

  /** The wish is decided upon. */
  void admitted(TableAdmission.Admitted admitted) {
    start = admitted.start();
    shape = admitted.shape();
    loop.shapes().join(admitted.shape(), this);
  }

  @Override
  protected void active() {
    var now = loop.shapes().position();
    var made = shape;
    if (isClosed || now == null || made == null) {
      return;
    }
    var from = start.orElse(Start.at(now));
    if (from.withRows()) {
      rows = new LeadingRows(loop.shared().beginnings(), made, loop.loop(), this);
      sayFrom(made, null, false);
    } else {
      // It may have been cut off in the middle of a transaction.
      isOpen = start.isPresent();
      begin(from);
      // Cut off behind a place that comes before the reset, its client would not hear of that.
      var mark = from.missed().isPresent() ? null : mark(from.place());
      sayFrom(made, mark, isOpen && isResumed(from, now));
      from.missed().ifPresent(reason -> reset(reason, from.place()));
    }
    pump();
    session.flushSoon();
  }

  private static boolean isResumed(Start from, Position now) {
    return from.missed().isEmpty() && from.place().epoch().equals(now.epoch());
  }

  private void sayFrom(Shape made, @Nullable Since mark, boolean resumed) {
    session.say(
        LiveFrames.subscribed(
            wish.id(), made.id(), made.table().key(), Columns.shown(made), mark, resumed));
  }

  private void begin(Start from) {
    place = from.place();
    seen = from.seen().filter(rows -> !rows.isPast(from.place())).orElse(null);
  }

  /** What its client comes back with that was told everything up to here. */
  private Since mark(Position position) {
    return Since.after(position, seen);
  }

  /** Whether its client is still to be given the rows. */
  boolean awaitsRows() {
    return rows != null;
  }

  /** Whether something may still come that was in the rows which its client has. */
  boolean isSpared() {
    return seen != null;
  }

  /**
   * Up to where its client has been told everything; empty while nobody can say, as it has not
   * begun.
   */
  Optional<Position> place() {
    return Optional.ofNullable(
        isUpToDate() ? loop.shapes().position() : withheld == null ? place : withheld);
  }

  /** Whether its table is still what it was when it was subscribed. */
  boolean isCurrent() {
    return shape == null || loop.shared().isCurrent(shape);
  }

  /** Whether this is what it would be granted now, as far as that can be told. */
  boolean isStill(TableAdmission now) {
    var made = shape;
    return made == null
        || switch (now) {
          case TableAdmission.Admitted(var granted, var _) -> granted.id().equals(made.id());
          case TableAdmission.Refused(var code, var _) -> code == ErrorCode.UNAVAILABLE;
        };
  }

  /** Whether it would say the same as another one of its connection. */
  boolean isTwinOf(TableSubscription other) {
    return other != this
        && shape != null
        && other.shape != null
        && shape.id().equals(other.shape.id());
  }

  /** Reads on, as long as the line takes more and there is more. */
  void pump() {
    if (rows != null) {
      if (session.line.isWritable() && session.takesTurn(this)) {
        rows.read();
      }
      return;
    }
    var turns = 0;
    while (isHungry()) {
      if (++turns > TURN) {
        loop.later(this::pumpAndFlush);
        return;
      }
      if (!step()) {
        break;
      }
    }
  }

  private void pumpAndFlush() {
    pump();
    session.flush();
  }

  @Override
  public void rows(int number, byte[] piece) {
    var made = shape;
    if (made != null) {
      session.say(LiveFrames.rows(wish.id(), made.id(), piece, number));
    }
    pumpAndFlush();
  }

  @Override
  public void complete(Start after) {
    rows = null;
    begin(after);
    if (after.missed().isPresent()) {
      reset(after.missed().get(), after.place());
    } else {
      announce();
    }
    pumpAndFlush();
    session.endsTurn(this);
  }

  @Override
  public void refused(ErrorCode code, String why) {
    session.revoke(this, code, why);
  }

  /** The shard's position has moved, or time has passed. */
  void goOn() {
    pump();
    session.flushSoon();
  }

  private boolean isHungry() {
    return !isClosed
        && !isFetching
        && place != null
        && isActive()
        && !isUpToDate()
        && session.line.isWritable();
  }

  /** Whether there may be more at once. */
  private boolean step() {
    var at = loop.shapes().position();
    var from = place;
    if (at == null || from == null) {
      return false;
    }
    if (from.equals(at)) {
      arrived();
      return false;
    }
    if (from.epoch().equals(at.epoch()) && from.compareTo(at) > 0) {
      return rest();
    }
    return switch (loop.shared().feed().next(from)) {
      case FeedStep.Next(var entry) -> take(entry, at) || rest();
      case FeedStep.Several(var entries) -> take(entries, at) || rest();
      case FeedStep.Lost(var reason, var now) -> {
        reset(reason.name().toLowerCase(Locale.ROOT), now);
        yield true;
      }
      case FeedStep.Older() -> {
        fetch(from);
        yield false;
      }
      case FeedStep.End() -> rest();
    };
  }

  /** There is nothing more until the shard's position moves. */
  private boolean rest() {
    tellLatest();
    loop.resting(this);
    return false;
  }

  private void arrived() {
    tellLatest();
    announce();
    replayed = 0;
    if (seen != null) {
      askAgain(seen);
      loop.resting(this);
      return;
    }
    loop.shapes().follow(this);
    if (isOpen) {
      loop.owing(this);
    }
  }

  /** When it asked last, capture was behind, and nobody could tell until when its rows matter. */
  private void askAgain(Seen endless) {
    if (!endless.isEndless() || isAsking || loop.now() - askedAt < PATIENCE) {
      return;
    }
    isAsking = true;
    askedAt = loop.now();
    loop.shared()
        .again(
            endless,
            loop.loop(),
            answer -> {
              isAsking = false;
              if (endless.equals(seen)) {
                seen = answer;
                forgetRows();
              }
            });
  }

  private void announce() {
    var made = shape;
    var from = place;
    if (!isAnnounced && made != null && from != null) {
      isAnnounced = true;
      session.say(LiveFrames.live(wish.id(), made.id(), mark(from)));
    }
  }

  private boolean take(Iterable<FeedEntry> entries, Position at) {
    for (var entry : entries) {
      if (!take(entry, at)) {
        return false;
      }
    }
    return true;
  }

  /** Says what an entry holds for it, unless that lies behind the shard's position. */
  private boolean take(FeedEntry entry, Position at) {
    var from = place;
    var made = shape;
    if (from == null
        || made == null
        || !from.epoch().equals(at.epoch())
        || !entry.last().epoch().equals(at.epoch())
        || entry.last().compareTo(at) > 0) {
      return false;
    }
    if (entry.last().compareTo(from) <= 0) {
      return true;
    }
    if (!isAnnounced) {
      replayed += entry.bytes();
      if (replayed > loop.shared().settings().limits().maxReplay().bytes()) {
        reset("truncated-history", at);
        return true;
      }
    }
    var before = from;
    for (var change : entry.changes()) {
      var position = entry.at(change);
      if (position.compareTo(from) <= 0) {
        continue;
      }
      if (change.table().equals(made.table().table())) {
        changed(made, RowEvent.read(change.json()), before, position);
      }
      before = position;
      if (change.isLast()) {
        completed(made, position);
      }
    }
    release(made, false);
    place = entry.last();
    forgetRows();
    if (latest != null && latest.isFull()) {
      tellLatest();
    }
    return true;
  }

  /** Once nothing that was in the rows is left to come, also to who comes back. */
  private void forgetRows() {
    var from = place;
    if (seen != null && from != null && withheld == null && seen.isPast(from)) {
      seen = null;
    }
  }

  private void changed(Shape made, RowEvent event, Position before, Position position) {
    if (seen != null && seen.has(position, Long.parseLong(event.transaction()))) {
      return;
    }
    var verdict = made.judge(event);
    if (verdict == Verdict.NOTHING) {
      return;
    }
    release(made, false);
    if (verdict == Verdict.UNDECIDED) {
      tellLatest();
      session.say(LiveFrames.reset(wish.id(), made.id(), "undecided", mark(position)));
    } else {
      held = new Held(before, position, event, verdict);
    }
  }

  /** A transaction ends here. */
  private void completed(Shape made, Position position) {
    if (latest != null) {
      release(made, false);
      if (isOpen && withheld == null) {
        session.say(LiveFrames.commit(wish.id(), made.id(), mark(position)));
      } else if (isOpen) {
        ended = position;
      }
      isOpen = false;
    } else if (held != null) {
      release(made, true);
    } else if (isOpen) {
      isOpen = false;
      session.say(LiveFrames.commit(wish.id(), made.id(), mark(position)));
    }
  }

  private void release(Shape made, boolean last) {
    var event = held;
    if (event == null) {
      return;
    }
    held = null;
    isOpen = !last;
    var json =
        seen == null
            ? made.write(event.event(), event.verdict(), last)
            : made.write(event.event(), event.verdict(), last, mark(event.position()));
    if (latest == null) {
      say(made, json);
    } else if (latest.isMerged(event.verdict(), event.event())) {
      withheld = withheld == null ? event.before() : withheld;
      if (latest.put(event.verdict(), event.event(), json)) {
        loop.shared().conflated.increment();
      }
    } else {
      tellLatest();
      say(made, json);
    }
  }

  private void say(Shape made, byte[] json) {
    loop.shared().replayed.increment();
    session.say(LiveFrames.event(wish.id(), made.id(), json));
  }

  /** What was held back for a client that wants the latest states alone. */
  private void tellLatest() {
    var made = shape;
    if (latest == null || made == null) {
      return;
    }
    latest.take().forEach(json -> say(made, json));
    withheld = null;
    forgetRows();
    if (ended != null && !isOpen) {
      session.say(LiveFrames.commit(wish.id(), made.id(), mark(ended)));
    }
    ended = null;
  }

  private void reset(String reason, Position now) {
    var made = shape;
    held = null;
    ended = null;
    isOpen = false;
    replayed = 0;
    place = now;
    seen = null;
    withheld = null;
    if (latest != null) {
      latest.take();
    }
    loop.shared().resets.increment();
    if (made != null) {
      session.say(LiveFrames.reset(wish.id(), made.id(), reason, mark(now)));
    }
  }

  /** Has a piece of the log read that this node's memory has no more. */
  private void fetch(Position from) {
    if (loop.now() - notBefore < 0) {
      rest();
      return;
    }
    isFetching = true;
    loop.shared()
        .history(
            from,
            loop.loop(),
            step -> {
              isFetching = false;
              fetched(step);
              pumpAndFlush();
            });
  }

  private void fetched(Optional<FeedStep> step) {
    var at = loop.shapes().position();
    if (isClosed || isUpToDate() || at == null) {
      return;
    }
    if (step.isEmpty()) {
      notBefore = loop.now() + PATIENCE;
      rest();
      return;
    }
    switch (step.get()) {
      case FeedStep.Next(var entry) -> take(entry, at);
      case FeedStep.Several(var entries) -> take(entries, at);
      case FeedStep.Lost(var reason, var now) -> reset(reason.name().toLowerCase(Locale.ROOT), now);
      case FeedStep.Older(), FeedStep.End() -> rest();
    }
  }

  @Override
  protected void deliver(ShapeBurst burst) {
    try {
      if (!session.line.isWritable()) {
        place = loop.shapes().fallBehind(this);
        isOpen = true;
      } else {
        // What was open before has ended before this, and what this leaves open ends for all.
        isOpen = false;
        write(burst);
      }
    } catch (RuntimeException e) {
      log.error("a delivery failed; its connection ends", e);
      loop.later(() -> session.end(CloseReason.INTERNAL_ERROR));
    }
  }

  private void write(ShapeBurst burst) {
    if (!session.hasEarlierTwin(this)) {
      for (int i = 0; i < burst.buffers(); i++) {
        session.line.write(burst.share(i));
      }
      session.wrote();
      session.flushSoon();
    }
  }

  @Override
  protected void overtaken(Position told) {
    place = told;
    isOpen = true;
    loop.resting(this);
  }

  @Override
  protected void broken(FeedStep.Reason reason, Position now) {
    reset(reason.name().toLowerCase(Locale.ROOT), now);
    session.flushSoon();
    loop.resting(this);
  }

  /** A transaction may have ended of which its client has an event without the end. */
  boolean settle() {
    var boundary = loop.shapes().boundary();
    var made = shape;
    var from = place;
    if (isClosed || !isUpToDate() || !isOpen || made == null || from == null) {
      return true;
    }
    if (boundary == null
        || !boundary.epoch().equals(from.epoch())
        || boundary.compareTo(from) <= 0) {
      return false;
    }
    isOpen = false;
    session.say(LiveFrames.commit(wish.id(), made.id(), mark(boundary)));
    session.flushSoon();
    return true;
  }

  @Override
  public void close() {
    isClosed = true;
    held = null;
    if (rows != null) {
      rows.close();
      rows = null;
    }
    session.endsTurn(this);
    loop.forget(this);
    loop.shapes().leave(this);
  }
}
