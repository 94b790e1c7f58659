package dev.rowcast.session;

import dev.rowcast.feed.FeedChange;
import dev.rowcast.feed.FeedEntry;
import dev.rowcast.feed.FeedException;
import dev.rowcast.feed.FeedStep;
import dev.rowcast.message.Position;
import dev.rowcast.shape.ColumnChoice;
import java.util.Locale;
import java.util.Optional;
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
  private Position place;
  private boolean isFetching;
  private boolean isDone;

  LiveStream(LoopReaders readers, LiveLine line, LiveAdmission.Admitted admitted) {
    this.readers = readers;
    this.line = line;
    this.table = admitted.request().table();
    this.columns = admitted.columns();
    this.place = admitted.place();
  }

  /** Says the first word. */
  abstract void begin();

  /** Whether another entry may be taken now. */
  abstract boolean isHungry();

  /** A change of the table. */
  abstract void changed(Position position, FeedChange change, byte[] json);

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
    readers.remove(this);
  }

  final Position place() {
    return place;
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
      if (change.table().equals(table) && position.compareTo(place) > 0) {
        changed(position, change, columns.of(change.json()));
        readers.shared().events.increment();
      }
    }
    place = entry.last();
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
