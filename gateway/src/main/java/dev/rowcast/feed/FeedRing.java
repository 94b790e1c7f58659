package dev.rowcast.feed;

import dev.rowcast.base.DataSize;
import dev.rowcast.message.Position;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The recent entries of one log, in memory, within a bound of bytes.
 *
 * <p>One thread writes; any thread reads, without a lock, an event loop included. A reader that is
 * overtaken by the trimming notices by the entries' own chain: what it finds must follow its place.
 */
public final class FeedRing {

  private final long bound;
  private volatile @Nullable Log log;
  private final AtomicLong bytes = new AtomicLong();

  /** The entries of one epoch; another epoch is another object. */
  private static final class Log {
    final String epoch;
    final ConcurrentNavigableMap<Position, FeedEntry> entries =
        new ConcurrentSkipListMap<>(Position::compareTo);

    /** The place before the oldest entry that is here. */
    volatile Position floor;

    volatile Position last;

    Log(Position floor) {
      this.epoch = floor.epoch();
      this.floor = floor;
      this.last = floor;
    }
  }

  /** A ring that knows of no log. */
  public FeedRing(DataSize bound) {
    this.bound = bound.bytes();
  }

  /** Forgets everything; what comes follows {@code floor}. */
  public void restart(Position floor) {
    bytes.set(0);
    log = new Log(floor);
  }

  /** Forgets everything; there is no log. */
  public void clear() {
    bytes.set(0);
    log = null;
  }

  /**
   * Adds the next entry.
   *
   * @return false when it does not follow what is here; nothing is added then
   */
  public boolean add(FeedEntry entry) {
    var current = log;
    if (current == null
        || !current.epoch.equals(entry.first().epoch())
        || !current.last.equals(entry.previous())) {
      return false;
    }
    current.entries.put(entry.first(), entry);
    current.last = entry.last();
    bytes.addAndGet(entry.bytes());
    while (bytes.get() > bound && current.entries.size() > 1) {
      var oldest = current.entries.firstEntry().getValue();
      current.floor = oldest.last();
      current.entries.remove(oldest.first());
      bytes.addAndGet(-oldest.bytes());
    }
    return true;
  }

  /** The last position of the log, if there is one. */
  public Optional<Position> last() {
    var current = log;
    return current == null ? Optional.empty() : Optional.of(current.last);
  }

  /** The last entry that begins at or before a place, if it is here. */
  public Optional<FeedEntry> floor(Position place) {
    var current = log;
    return current == null || !current.epoch.equals(place.epoch())
        ? Optional.empty()
        : Optional.ofNullable(current.entries.floorEntry(place)).map(Map.Entry::getValue);
  }

  /** The last place of the log at or before this one, if the memory reaches back so far. */
  public Optional<Position> place(Position wanted) {
    var current = log;
    if (current == null || !current.epoch.equals(wanted.epoch())) {
      return Optional.empty();
    }
    var floor = current.floor;
    var holding = current.entries.floorEntry(wanted);
    if (holding == null) {
      return wanted.compareTo(floor) < 0 ? Optional.empty() : Optional.of(floor);
    }
    return Optional.of(holding.getValue().place(wanted));
  }

  /** The bytes held. */
  public long bytes() {
    return bytes.get();
  }

  /** What lies behind a place; {@code Older} when that is not here any more. */
  public FeedStep next(Position place) {
    var current = log;
    if (current == null) {
      return new FeedStep.End();
    }
    if (!current.epoch.equals(place.epoch())) {
      return new FeedStep.Lost(FeedStep.Reason.EPOCH, current.last);
    }
    var holding = current.entries.floorEntry(place);
    if (holding != null && place.compareTo(holding.getValue().last()) < 0) {
      return new FeedStep.Next(holding.getValue());
    }
    var following = current.entries.higherEntry(place);
    if (following == null) {
      return atEnd(current, place);
    }
    if (following.getValue().previous().equals(place)) {
      return new FeedStep.Next(following.getValue());
    }
    return place.compareTo(current.floor) < 0 || holding == null
        ? new FeedStep.Older()
        : new FeedStep.Lost(FeedStep.Reason.EPOCH, current.last);
  }

  /** Behind the last entry: the end, or a place that this node will only come to. */
  private static FeedStep atEnd(Log current, Position place) {
    return place.compareTo(current.floor) < 0 ? new FeedStep.Older() : new FeedStep.End();
  }
}
