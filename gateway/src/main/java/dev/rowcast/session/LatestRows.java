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

  private final Map<String, byte[]> events = new LinkedHashMap<>();
  private long bytes;

  /**
   * Whether an event only tells the state of one row. One that empties the table or moves a row to
   * another key tells more, and must not be passed by what is later.
   */
  boolean isMerged(Verdict verdict, RowEvent event) {
    return verdict != Verdict.TRUNCATE && !event.movesKey() && event.key().isPresent();
  }

  /** Keeps an event; whether it took the place of an earlier one. */
  boolean put(RowEvent event, byte[] json) {
    var key = event.key().orElseThrow();
    var before = events.remove(key);
    events.put(key, json);
    bytes += json.length - (before == null ? 0 : before.length);
    return before != null;
  }

  boolean isFull() {
    return bytes >= FULL;
  }

  /** All of them; none is kept. */
  List<byte[]> take() {
    var taken = List.copyOf(events.values());
    events.clear();
    bytes = 0;
    return taken;
  }
}
