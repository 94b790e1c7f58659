package dev.rowcast.relay;

import dev.rowcast.change.CapturedBatch;
import dev.rowcast.change.CommittedTransaction;
import dev.rowcast.feed.Feed;
import dev.rowcast.feed.FeedTail;
import dev.rowcast.message.Position;
import dev.rowcast.routing.EventFormat;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether the feed and PostgreSQL's log tell one history.
 *
 * <p>Confined to the capture's thread.
 *
 * <p>A place in PostgreSQL's log is a number, and a server that went back in time (restored from a
 * copy, a standby promoted without the last changes) gives the same numbers out again. So does a
 * Redis that came back with an older copy lack what PostgreSQL has been told is there. Numbers
 * alone show the plain cases: the feed goes on behind the end of the log, or ends before what was
 * confirmed. For the others the changes themselves are compared, where both have them: what
 * PostgreSQL sends again although the feed has it must be the very change that stands there, and
 * the feed's last change, if it was not confirmed, must come again. Two histories that agree in one
 * change, its transaction's number and time included, agree in everything before it.
 */
final class SharedHistory {
  private final Feed feed;

  /** The feed's last change, while PostgreSQL is still to send it again. */
  private @Nullable Position awaited;

  SharedHistory(Feed feed) {
    this.feed = feed;
  }

  /** Nothing of the feed is of an earlier time. */
  void begin() {
    awaited = null;
  }

  /**
   * Why a feed that ends so does not belong to a log of which everything before {@code confirmed}
   * was delivered, and which goes as far as {@code end}.
   */
  Optional<String> objection(FeedTail tail, long confirmed, long end) throws InterruptedException {
    awaited = null;
    var last = tail.last();
    if (Long.compareUnsigned(last.major(), end) >= 0) {
      return Optional.of(
          "the feed goes on to "
              + last
              + " and the database's log only to "
              + Long.toUnsignedString(end));
    }
    if (Long.compareUnsigned(covered(tail), confirmed) < 0) {
      return Optional.of(
          "the feed ends at "
              + last
              + " and the database's log was delivered up to "
              + Long.toUnsignedString(confirmed));
    }
    awaited = lastChange(last, confirmed);
    return Optional.empty();
  }

  /** Before which place of the log everything is in a feed that ends so. */
  static long covered(FeedTail tail) {
    var inside = tail.last().major() + 1;
    if (tail.receipt().isEmpty()) {
      return inside;
    }
    var told = Long.parseUnsignedLong(tail.receipt());
    return Long.compareUnsigned(told, inside) > 0 ? told : inside;
  }

  /** Why a batch does not belong to the history of a feed that ends so. */
  Optional<String> contradiction(FeedTail tail, CapturedBatch batch) throws InterruptedException {
    var repeated = repeated(tail.last(), batch);
    if (repeated != null) {
      if (!isThere(repeated)) {
        return Optional.of(
            "PostgreSQL has a change at " + repeated.place() + " that the feed does not have");
      }
      if (awaited != null && repeated.place().compareTo(awaited) >= 0) {
        awaited = null;
      }
    }
    return awaited != null && isBeyond(batch, awaited.major())
        ? Optional.of("PostgreSQL does not have the change that the feed has at " + awaited)
        : Optional.empty();
  }

  /** The last change from {@code confirmed} on, which PostgreSQL sends again if it has it. */
  private @Nullable Position lastChange(Position last, long confirmed) throws InterruptedException {
    var place = last;
    while (Long.compareUnsigned(place.major(), confirmed) >= 0) {
      var entry = feed.floor(place);
      if (entry.isEmpty() || Long.compareUnsigned(entry.get().first().major(), confirmed) < 0) {
        return null;
      }
      if (!entry.get().changes().isEmpty()) {
        return entry.get().last();
      }
      place = before(entry.get().first());
    }
    return null;
  }

  private static Position before(Position place) {
    return place.minor() == 0
        ? new Position(place.epoch(), place.major() - 1, -1)
        : new Position(place.epoch(), place.major(), place.minor() - 1);
  }

  /** A change that the feed is to have already. */
  private record Repeated(Position place, CommittedTransaction transaction, int index) {}

  private static @Nullable Repeated repeated(Position end, CapturedBatch batch) {
    Repeated repeated = null;
    for (var transaction : batch.transactions()) {
      var changes = transaction.changes();
      for (int i = 0; i < changes.size(); i++) {
        var place = new Position(end.epoch(), transaction.major(), transaction.firstMinor() + i);
        if (place.compareTo(end) > 0) {
          return repeated;
        }
        if (EventFormat.isEvent(changes.get(i))) {
          repeated = new Repeated(place, transaction, i);
        }
      }
    }
    return repeated;
  }

  /** Whether the feed has it, or has already trimmed what stood there. */
  private boolean isThere(Repeated repeated) throws InterruptedException {
    var entry = feed.floor(repeated.place());
    if (entry.isEmpty()) {
      return true;
    }
    var changes = repeated.transaction().changes();
    var json =
        new EventFormat()
            .write(
                changes.get(repeated.index()),
                repeated.place(),
                repeated.transaction(),
                repeated.index() == EventFormat.lastEvent(changes))
            .orElseThrow();
    return entry.get().changes().stream()
        .anyMatch(change ->
            entry.get().at(change).equals(repeated.place()) && Arrays.equals(change.json(), json));
  }

  private static boolean isBeyond(CapturedBatch batch, long major) {
    return Long.compareUnsigned(batch.number(), major) > 0
        || (!batch.transactions().isEmpty()
            && Long.compareUnsigned(batch.transactions().getLast().major(), major) > 0);
  }
}
