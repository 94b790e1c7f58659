package dev.rowcast.bench;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;

/**
 * The counters of a moment.
 *
 * <p>Immutable.
 */
final class Snapshot {
  static final Snapshot NOTHING = new Snapshot(new long[Counter.values().length]);

  private final long[] counts;

  /** Takes the array over. */
  @JsonCreator
  Snapshot(long[] counts) {
    this.counts = counts;
  }

  /** The counters in their order, as they travel between processes. */
  @JsonValue
  long[] toArray() {
    return counts.clone();
  }

  long get(Counter counter) {
    return counts[counter.place()];
  }

  /** Connections that are open now. */
  long open() {
    return get(Counter.OPENED)
        - get(Counter.LOST)
        - get(Counter.CLOSED)
        - get(Counter.CUT)
        - get(Counter.DROPPED);
  }

  Snapshot plus(Snapshot other) {
    var sum = counts.clone();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += other.counts[i];
    }
    return new Snapshot(sum);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Snapshot that && Arrays.equals(counts, that.counts);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(counts);
  }

  @Override
  public String toString() {
    return Arrays.toString(counts);
  }
}
