package dev.rowcast.bench.wire;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/**
 * How much happened in each slice of a run.
 *
 * <p>Confined to one thread. Bounded: what comes after the last of its slices counts in that one.
 */
public final class Timeline {
  private static final int MOST = 1 << 16;

  private final long slice;
  private long[] counts = new long[64];
  private int size;

  /** The slice that was added to last, and when it begins: nearly always the next one's too. */
  private int last;

  private long start;

  /** Slices of this many nanoseconds. */
  public Timeline(long slice) {
    this.slice = slice;
  }

  /** Adds to the slice that holds this moment. */
  public void add(long nanosSinceOrigin, long count) {
    if (nanosSinceOrigin >= start && nanosSinceOrigin < start + slice && last < size) {
      counts[last] += count;
      return;
    }
    var at = Math.clamp(nanosSinceOrigin / slice, 0, MOST - 1);
    last = at;
    start = at < MOST - 1 ? at * slice : Long.MAX_VALUE - slice;
    if (at >= size) {
      if (at >= counts.length) {
        counts = Arrays.copyOf(counts, Math.max(counts.length * 2, at + 1));
      }
      size = at + 1;
    }
    counts[at] += count;
  }

  /** The slices so far. */
  public List<Long> counts() {
    return LongStream.of(counts).limit(size).boxed().toList();
  }

  /** Slice by slice. */
  public static List<Long> sum(List<Long> some, List<Long> more) {
    var sum = new ArrayList<>(some.size() >= more.size() ? some : more);
    var shorter = some.size() >= more.size() ? more : some;
    for (int i = 0; i < shorter.size(); i++) {
      sum.set(i, sum.get(i) + shorter.get(i));
    }
    return List.copyOf(sum);
  }
}
