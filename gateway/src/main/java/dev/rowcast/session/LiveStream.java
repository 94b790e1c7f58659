package dev.rowcast.session;

import dev.rowcast.feed.FeedChange;
import dev.rowcast.feed.FeedEntry;
import dev.rowcast.feed.FeedException;
import dev.rowcast.feed.FeedStep;
import dev.rowcast.message.Position;
import dev.rowcast.message.Seen;
import dev.rowcast.message.Since;
import dev.rowcast.protocol.LiveText;
import dev.rowcast.rows.RowsException;
import dev.rowcast.rows.Snapshot;
import dev.rowcast.shape.ColumnChoice;
import dev.rowcast.shape.RowEvent;
import dev.rowcast.shape.Shape;
import dev.rowcast.shape.Verdict;
import java.util.Locale;
import java.util.Objects;
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

  /** Whether the rows are still to be read, or to be sent. */
  private boolean awaitsRows;

  private @Nullable Snapshot rows;
  private int chunks;

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
    this.awaitsRows = admitted.start().withRows();
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
  abstract void refused(String why);

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
    isDone = true;
    if (!isFetching) {
      closeRows();
    }
    readers.remove(this);
  }

  /** What a reader comes back with. */
  final Since mark() {
    return seen == null ? new Since.Behind(place) : new Since.Unseen(place, seen);
  }

  private Since mark(Position position) {
    return seen == null || seen.isPast(position)
        ? new Since.Behind(position)
        : new Since.Unseen(position, seen);
  }

  /** Whether the rows are still to be sent. */
  final boolean awaitsRows() {
    return awaitsRows;
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
  }

  final boolean isDone() {
    return isDone;
  }

  /** Takes what there is, as long as there is appetite. */
  final void pump() {
    if (awaitsRows) {
      pumpRows();
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
        changed(mark(position), "commit", LiveText.commit(position));
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
        asked.write(event.event(), event.verdict(), last));
  }

  private void tell(Position position, String type, byte[] json) {
    changed(mark(position), type, json);
    readers.shared().events.increment();
  }

  /** Whether the table has become another one than that which is filtered. */
  final boolean isOutdated() {
    return shape != null && !readers.shared().isCurrent(shape);
  }

  /** Sends the rows as the line takes them; reads them first. */
  private void pumpRows() {
    if (isDone || isFetching || !isHungry()) {
      line.flush();
      return;
    }
    isFetching = true;
    Thread.ofVirtual()
        .name("rowcast-live-rows")
        .start(() -> {
          var step = rowsStep();
          readers
              .loop()
              .execute(() -> {
                isFetching = false;
                if (isDone) {
                  closeRows();
                } else {
                  taken(step);
                  pump();
                }
              });
        });
  }

  /** What came of reading on in the rows. */
  private sealed interface RowsStep {
    @SuppressWarnings("ArrayRecordComponent") // Handed on once.
    record Piece(byte[] rows) implements RowsStep {}

    record End(Start start) implements RowsStep {}

    record Refused(String why) implements RowsStep {}
  }

  private RowsStep rowsStep() {
    try {
      var beginnings = readers.shared().beginnings();
      var open = rows;
      if (open == null) {
        open = beginnings.rows(Objects.requireNonNull(shape));
        rows = open;
      }
      var piece = open.next();
      return piece.isPresent()
          ? new RowsStep.Piece(piece.get())
          : new RowsStep.End(beginnings.after(open.position()));
    } catch (RowsException refused) {
      LOG.warn("rows of {} cannot be read: {}", table, refused.getMessage());
      return new RowsStep.Refused(
          refused.retryable()
              ? "the rows cannot be read now"
              : "the rows cannot be read; the log of the server says why");
    } catch (FeedException away) {
      LOG.debug("a reader could not be served from Redis", away);
      return new RowsStep.Refused("the feed is away");
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return new RowsStep.Refused("the server is stopping");
    }
  }

  private void taken(RowsStep step) {
    switch (step) {
      case RowsStep.Piece(var piece) -> rows(chunks++, piece);
      case RowsStep.Refused(var why) -> {
        closeRows();
        refused(why);
      }
      case RowsStep.End(var start) -> {
        awaitsRows = false;
        closeRows();
        place = start.place();
        seen = start.seen().orElse(null);
        if (start.missed().isPresent()) {
          readers.shared().resets.increment();
          missed(start.missed().get());
        } else {
          live();
        }
      }
    }
  }

  private void closeRows() {
    if (rows != null) {
      rows.close();
      rows = null;
    }
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
