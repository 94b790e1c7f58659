package dev.rowcast.fold;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * What was exercised, so that a test which exercises nothing does not pass.
 *
 * <p>Thread-safe.
 */
final class Tally {
  /** What is counted. */
  enum Of {
    CLIENTS,
    TRANSACTIONS,
    ROLLED_BACK,
    CONNECTIONS,
    /** Connections that went on from a place. */
    RESUMES,
    /** Snapshots that were read to their end. */
    SNAPSHOTS,
    /** Pages that went on from {@code rowcast.position()}. */
    RENDERED,
    STREAM_EVENTS,
    SOCKET_EVENTS,
    PAGE_EVENTS,
    INSERTS,
    UPDATES,
    LEAVES,
    DELETES,
    TRUNCATES,
    KEY_CHANGES,
    /** Values that were not told, and had to be read. */
    READ_VALUES,
    RESETS,
    ROWS_AT_THE_END
  }

  private final Map<Of, LongAdder> counts = new EnumMap<>(Of.class);
  private final Map<String, LongAdder> named = new ConcurrentHashMap<>();

  Tally() {
    for (var each : Of.values()) {
      counts.put(each, new LongAdder());
    }
  }

  void add(Of what) {
    add(what, 1);
  }

  void add(Of what, long many) {
    adder(what).add(many);
  }

  /** Counts something by its name. */
  void add(String name) {
    named.computeIfAbsent(name, _ -> new LongAdder()).increment();
  }

  long count(Of what) {
    return adder(what).sum();
  }

  private LongAdder adder(Of what) {
    return Objects.requireNonNull(counts.get(what));
  }

  long count(String name) {
    var adder = named.get(name);
    return adder == null ? 0 : adder.sum();
  }

  @Override
  public String toString() {
    return counts + " " + new TreeMap<>(named);
  }
}
