package dev.rowcast.session;

import dev.rowcast.shape.RowEvent;
import dev.rowcast.shape.Verdict;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The latest event of each row, for a client that lags behind and wants no others.
 *
 * <p>Confined to its event loop. Events keep the order of their positions.
 */
final class LatestRows {
  /** Bytes of events after which they are said, whatever may still come. */
  private static final long FULL = 256 * 1024;

  /** An event, and the columns whose values its client has to take from what it holds. */
  @SuppressWarnings("ArrayRecordComponent") // Handed on once.
  private record Kept(byte[] json, List<String> untold) {}

  private final Map<String, Kept> events = new LinkedHashMap<>();
  private long bytes;

  /**
   * Whether an event only tells the state of one row, and all of it that the one tells which it
   * would take the place of. One that empties the table or moves a row to another key tells more,
   * and one that does not tell a large value, as it did not change, tells less than an earlier one
   * that did.
   */
  boolean isMerged(Verdict verdict, RowEvent event) {
    if (verdict == Verdict.TRUNCATE || event.movesKey()) {
      return false;
    }
    var key = event.key();
    if (key.isEmpty()) {
      return false;
    }
    var before = events.get(key.get());
    return before == null || before.untold().containsAll(untold(verdict, event));
  }

  /** Keeps an event; whether it took the place of an earlier one. */
  boolean put(Verdict verdict, RowEvent event, byte[] json) {
    var key = event.key().orElseThrow();
    var before = events.remove(key);
    events.put(key, new Kept(json, untold(verdict, event)));
    bytes += json.length - (before == null ? 0 : before.json().length);
    return before != null;
  }

  /** Who is told that a row is gone holds nothing of it to take a value from. */
  private static List<String> untold(Verdict verdict, RowEvent event) {
    return verdict == Verdict.LEAVE || verdict == Verdict.DELETE ? List.of() : event.unchanged();
  }

  boolean isFull() {
    return bytes >= FULL;
  }

  /** All of them; none is kept. */
  List<byte[]> take() {
    var taken = events.values().stream().map(Kept::json).toList();
    events.clear();
    bytes = 0;
    return taken;
  }
}
