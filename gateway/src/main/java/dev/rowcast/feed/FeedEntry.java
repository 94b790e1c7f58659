package dev.rowcast.feed;

import dev.rowcast.message.Position;
import java.util.List;
import java.util.Optional;

/**
 * What stands at one place of the log: a transaction, several small ones of a batch, or a part of a
 * large one.
 *
 * <p>Immutable. An entry's name is the position of its first change, so that two writers who would
 * both go on from one place collide at the same name whatever each of them puts there. It names its
 * predecessor's <em>last</em> position, so that every reader notices a hole by itself.
 *
 * @param previous the last position before this entry; its own for the entry that begins a log
 * @param first the position of its first change, or where it stands when it has none
 * @param receipt what a leader that comes later has to know of the batch this entry belongs to: by
 *     triggers which rows of the outbox it took, by the log up to which place it took that, in
 *     decimal; empty when a batch goes on behind this entry by the log
 * @param changes in order, all of one major; none for a batch that changed no row and for the
 *     beginning of a log
 */
public record FeedEntry(
    Position previous, Position first, String receipt, List<FeedChange> changes) {
  /** What one costs in memory beside its changes. */
  private static final int OVERHEAD = 192;

  /** Copies the changes. */
  public FeedEntry {
    changes = List.copyOf(changes);
  }

  /** The position of its last change, or where it stands when it has none. */
  public Position last() {
    return changes.isEmpty() ? first : at(changes.getLast());
  }

  /** The position of one of its changes. */
  public Position at(FeedChange change) {
    return new Position(first.epoch(), first.major(), change.minor());
  }

  /** The last place at or before {@code wanted}, which lies behind this entry's beginning. */
  public Position place(Position wanted) {
    return wanted.compareTo(last()) < 0 ? wanted : last();
  }

  /** Whether this is the beginning of a log, which holds nothing and follows nothing. */
  public boolean isBeginning() {
    return previous.equals(first);
  }

  /** What it takes of a bound of bytes. */
  public long bytes() {
    var bytes = (long) OVERHEAD + 2L * receipt.length();
    for (var change : changes) {
      bytes += change.bytes();
    }
    return bytes;
  }

  /** What of this entry lies behind the {@code end} of a log, if anything does. */
  public Optional<FeedEntry> behind(Position end) {
    if (first.compareTo(end) > 0) {
      return Optional.of(this);
    }
    var fresh = after(end);
    return fresh.isEmpty()
        ? Optional.empty()
        : Optional.of(new FeedEntry(end, at(fresh.getFirst()), receipt, fresh));
  }

  /** The changes behind {@code position}, and nothing else of it. */
  public List<FeedChange> after(Position position) {
    if (first.compareTo(position) > 0) {
      return changes;
    }
    return changes.stream().filter(change -> at(change).compareTo(position) > 0).toList();
  }
}
