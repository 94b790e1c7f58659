package dev.rowcast.bench.wire;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which of the numbers 0, 1, 2, … of one channel have come to one client.
 *
 * <p>Confined to the client's event loop. Exact for every number: in order it costs one comparison
 * and no memory; each gap that is open costs two longs.
 */
public final class SequenceCheck {

  /** What one number turned out to be. */
  public enum Arrival {
    /** The next one, or a later one that opens a gap. */
    NEW,
    /** One that was skipped before, and counts as received. */
    LATE,
    /** One that has been received already. */
    DUPLICATE
  }

  /** A run of numbers, both ends inclusive. */
  public record Range(long first, long last) {
    /** How many numbers this is. */
    public long size() {
      return last - first + 1;
    }
  }

  private long next;
  private long received;
  private long duplicates;
  private long outOfOrder;

  /** The open gaps in ascending order: first, last, first, last, … */
  private long @Nullable [] gaps;

  private int gapEnds;

  /** Takes the number of a message. */
  public Arrival take(long number) {
    if (number == next) {
      next++;
      received++;
      return Arrival.NEW;
    }
    if (number > next) {
      open(next, number - 1);
      next = number + 1;
      received++;
      return Arrival.NEW;
    }
    if (fill(number)) {
      received++;
      outOfOrder++;
      return Arrival.LATE;
    }
    duplicates++;
    return Arrival.DUPLICATE;
  }

  /** Different numbers received. */
  public long received() {
    return received;
  }

  /** Messages whose number had come before. */
  public long duplicates() {
    return duplicates;
  }

  /** Messages that came after one with a greater number. */
  public long outOfOrder() {
    return outOfOrder;
  }

  /** The numbers below {@code expected} that have not come. */
  public List<Range> missing(long expected) {
    var missing = new ArrayList<Range>();
    if (gaps != null) {
      for (int i = 0; i < gapEnds && gaps[i] < expected; i += 2) {
        missing.add(new Range(gaps[i], Math.min(gaps[i + 1], expected - 1)));
      }
    }
    if (next < expected) {
      missing.add(new Range(next, expected - 1));
    }
    return missing;
  }

  /** How many numbers below {@code expected} have not come. */
  public long missingCount(long expected) {
    return next == expected && gapEnds == 0
        ? 0
        : missing(expected).stream().mapToLong(Range::size).sum();
  }

  private void open(long first, long last) {
    var old = gaps;
    var grown = old == null ? new long[4] : old;
    if (gapEnds + 2 > grown.length) {
      grown = Arrays.copyOf(grown, grown.length * 2);
    }
    grown[gapEnds] = first;
    grown[gapEnds + 1] = last;
    gapEnds += 2;
    gaps = grown;
  }

  private boolean fill(long number) {
    var open = gaps;
    for (int i = 0; open != null && i < gapEnds; i += 2) {
      if (number < open[i] || number > open[i + 1]) {
        continue;
      }
      if (open[i] == open[i + 1]) {
        System.arraycopy(open, i + 2, open, i, gapEnds - i - 2);
        gapEnds -= 2;
      } else if (number == open[i]) {
        open[i]++;
      } else if (number == open[i + 1]) {
        open[i + 1]--;
      } else {
        split(i, number);
      }
      return true;
    }
    return false;
  }

  private void split(int at, long number) {
    open(0, 0);
    var open = gaps;
    if (open == null) {
      return;
    }
    System.arraycopy(open, at, open, at + 2, gapEnds - 2 - at);
    open[at + 1] = number - 1;
    open[at + 2] = number + 1;
  }
}
