package dev.rowcast.session;

import dev.rowcast.feed.FeedChange;
import dev.rowcast.feed.FeedEntry;
import dev.rowcast.feed.FeedException;
import dev.rowcast.feed.FeedStep;
import dev.rowcast.message.ErrorCode;
import dev.rowcast.message.Position;
import dev.rowcast.message.Seen;
import dev.rowcast.message.Since;
import dev.rowcast.protocol.LiveText;
import dev.rowcast.shape.ColumnChoice;
import dev.rowcast.shape.RowEvent;
import dev.rowcast.shape.Shape;
import dev.rowcast.shape.Verdict;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One reader of {@code /live}: a place in the feed that moves on as fast as its client reads.
 *
 * <p>Confined to its event loop.
 *
 * <p>What lies behind the place is taken from this node's memory while the line is writable. What
 * is older is read from Redis by a virtual thread, a piece at a time, and the reader rests
 * meanwhile.
 */
public abstract sealed class LiveStream permits EventStream, EventPage {
  private static final Logger LOG = LoggerFactory.getLogger(LiveStream.class);

  /** Entries after which other readers of the loop have their turn. */
  private static final int TURN = 256;

  final LoopReaders readers;
  final LiveLine line;
  private final String table;
  private final ColumnChoice columns;
  private final @Nullable Shape shape;
  private Position place;

  /** The latest event of a transaction whose end is still to be seen. */
  private @Nullable Held held;

  private @Nullable Seen seen;
  private final Optional<String> missedAtOnce;

  /** While they are still to be read, or to be sent. */
  private @Nullable LeadingRows rows;

  /** Whether it was told an event of a transaction, and not its end. */
  private boolean isWithin;

  private boolean isFetching;
  private boolean isDone;

  private record Held(Position position, RowEvent event, Verdict verdict) {}

  LiveStream(LoopReaders readers, LiveLine line, LiveAdmission.Admitted admitted) {
    this.readers = readers;
    this.line = line;
    this.table = admitted.request().table();
    this.columns = admitted.columns();
    this.shape = admitted.shape().orElse(null);
    this.place = admitted.start().place();
    this.seen = admitted.start().seen().orElse(null);
    this.missedAtOnce = admitted.start().missed();
    this.rows =
        admitted.start().withRows() && shape != null
            ? new LeadingRows(readers.shared().beginnings(), shape, readers.loop(), new Rows())
            : null;
  }

  private final class Rows implements LeadingRows.Reader {
    @Override
    public void rows(int number, byte[] piece) {
      LiveStream.this.rows(number, piece);
      pump();
    }

    @Override
    public void complete(Start start) {
      rows = null;
      place = start.place();
      seen = start.seen().orElse(null);
      if (start.missed().isPresent()) {
        readers.shared().resets.increment();
        missed(start.missed().get());
      } else {
        live();
      }
      pump();
    }

    @Override
    public void refused(ErrorCode code, String why) {
      LiveStream.this.refused(code, why);
    }
  }

  /** Says the first word. */
  abstract void begin();

  /** Whether another entry may be taken now. */
  abstract boolean isHungry();

  /** An event for its reader. */
  abstract void changed(Since mark, String type, byte[] json);

  /** A piece of the rows. */
  abstract void rows(int number, byte[] rows);

  /** The rows are complete. */
  abstract void live();

  /** The rows cannot be had, for this reason. */
  abstract void refused(ErrorCode code, String why);

  /** Something was missed; the place is where to go on. */
  abstract void missed(String reason);

  /** There is nothing more for now. */
  abstract void rest();

  /** Time has passed. */
  abstract void visit(long now);

  /** The feed could not be read. */
  abstract void failed();

  /** The server stops. */
  abstract void end();

  /** The kernel takes more again. */
  public final void writable() {
    pump();
  }

  /** The connection is gone. */
  public final void closed() {
    done();
    readers.remove(this);
  }

  /** What a reader comes back with. */
  final Since mark() {
    return Since.after(place, seen);
  }

  private Since mark(Position position) {
    return Since.after(position, seen);
  }

  /** Whether the rows are still to be sent. */
  final boolean awaitsRows() {
    return rows != null;
  }

  /** Whether the first word is that something was missed. */
  final boolean hasMissed() {
    return missedAtOnce.isPresent();
  }

  /** Takes the first step. */
  final void go() {
    if (missedAtOnce.isPresent()) {
      readers.shared().resets.increment();
      missed(missedAtOnce.get());
    }
    pump();
  }

  /** Nothing more is taken. */
  final void done() {
    isDone = true;
    if (rows != null) {
      rows.close();
    }
  }

  final boolean isDone() {
    return isDone;
  }

  /** Takes what there is, as long as there is appetite. */
  final void pump() {
    if (rows != null) {
      pumpRows(rows);
      return;
    }
    var turns = 0;
    while (!isDone && !isFetching && isHungry()) {
      if (++turns > TURN) {
        readers.loop().execute(this::pump);
        line.flush();
        return;
      }
      if (!take(readers.shared().feed().next(place))) {
        break;
      }
    }
    line.flush();
  }

  /** Whether there may be more at once. */
  private boolean take(FeedStep step) {
    switch (step) {
      case FeedStep.Next(var entry) -> take(entry);
      case FeedStep.Several(var entries) -> entries.forEach(this::take);
      case FeedStep.Lost(var reason, var now) -> {
        place = now;
        seen = null;
        readers.shared().resets.increment();
        missed(reason.name().toLowerCase(Locale.ROOT));
      }
      case FeedStep.Older() -> {
        fetch();
        return false;
      }
      case FeedStep.End() -> {
        rest();
        return false;
      }
    }
    return true;
  }

  private void take(FeedEntry entry) {
    for (var change : entry.changes()) {
      var position = entry.at(change);
      if (position.compareTo(place) > 0) {
        if (shape == null) {
          whole(change, position);
        } else {
          filtered(shape, change, position);
        }
      }
    }
    if (shape != null && held != null) {
      tell(shape, held, false);
    }
    place = entry.last();
    if (seen != null && seen.isPast(place)) {
      seen = null;
    }
  }

  private void whole(FeedChange change, Position position) {
    if (change.table().equals(table)) {
      tell(position, change.type(), columns.of(change.json()));
    }
  }

  private void filtered(Shape asked, FeedChange change, Position position) {
    if (change.table().equals(table)) {
      var event = RowEvent.read(change.json());
      var verdict = isSeen(event, position) ? Verdict.NOTHING : asked.judge(event);
      if (verdict != Verdict.NOTHING) {
        if (held != null) {
          tell(asked, held, false);
        }
        take(new Held(position, event, verdict));
      }
    }
    if (change.isLast()) {
      if (held != null) {
        tell(asked, held, true);
      } else if (isWithin) {
        changed(mark(position), "commit", LiveText.commit(mark(position)));
      }
      isWithin = false;
    }
  }

  /** Whether it was in the rows that the reader began with. */
  private boolean isSeen(RowEvent event, Position position) {
    return seen != null && seen.has(position, Long.parseLong(event.transaction()));
  }

  private void take(Held next) {
    if (next.verdict() == Verdict.UNDECIDED) {
      place = next.position();
      readers.shared().resets.increment();
      missed("undecided");
    } else {
      held = next;
    }
  }

  /** Before the next one, or at the transaction's end: only then it is known whether it is last. */
  private void tell(Shape asked, Held event, boolean last) {
    held = null;
    isWithin = !last;
    tell(
        event.position(),
        event.verdict().word(),
        asked.write(event.event(), event.verdict(), last, mark(event.position())));
  }

  private void tell(Position position, String type, byte[] json) {
    changed(mark(position), type, json);
    readers.shared().events.increment();
  }

  /** Whether the table has become another one than that which is filtered. */
  final boolean isOutdated() {
    return shape != null && !readers.shared().isCurrent(shape);
  }

  private void pumpRows(LeadingRows leading) {
    if (!isDone && isHungry()) {
      leading.read();
    }
    line.flush();
  }

  private void fetch() {
    isFetching = true;
    var from = place;
    Thread.ofVirtual()
        .name("rowcast-live-history")
        .start(() -> {
          var step = history(from);
          readers
              .loop()
              .execute(() -> {
                isFetching = false;
                if (!isDone) {
                  fetched(step);
                }
              });
        });
  }

  private Optional<FeedStep> history(Position from) {
    try {
      return Optional.of(readers.shared().feed().history(from));
    } catch (FeedException away) {
      LOG.debug("a reader could not be served from Redis", away);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    return Optional.empty();
  }

  private void fetched(Optional<FeedStep> step) {
    if (step.isEmpty()) {
      failed();
    } else {
      take(step.get());
      pump();
    }
  }
}
