package dev.rowcast.bench.report;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/**
 * Durations, as an HDR histogram of microseconds with three digits.
 *
 * <p>Immutable.
 *
 * @param encoded HdrHistogram's compressed form in base64; empty: no durations
 */
public record Distribution(String encoded) {
  /** No durations. */
  public static final Distribution NONE = new Distribution("");

  /** The longest duration that is told apart, in microseconds. */
  public static final long LONGEST = 600_000_000;

  /** An empty histogram of the kind used everywhere here. */
  public static Histogram histogram() {
    return new Histogram(1, LONGEST, 3);
  }

  /** Adds a duration to a histogram. */
  public static void record(Histogram histogram, long nanos) {
    histogram.recordValue(Math.clamp(nanos / 1_000, 1L, LONGEST));
  }

  /** What a histogram holds now. */
  public static Distribution of(Histogram histogram) {
    if (histogram.getTotalCount() == 0) {
      return NONE;
    }
    var bytes = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
    var size = histogram.encodeIntoCompressedByteBuffer(bytes);
    return new Distribution(
        Base64.getEncoder().encodeToString(java.util.Arrays.copyOf(bytes.array(), size)));
  }

  /** As a histogram again. */
  public Histogram decode() {
    if (encoded.isEmpty()) {
      return histogram();
    }
    try {
      return Histogram.decodeFromCompressedByteBuffer(
          ByteBuffer.wrap(Base64.getDecoder().decode(encoded)), LONGEST);
    } catch (DataFormatException e) {
      throw new IllegalArgumentException("not a histogram", e);
    }
  }

  /** Whether there are no durations. */
  public boolean hasNone() {
    return encoded.isEmpty();
  }

  /** Both together. */
  public Distribution plus(Distribution other) {
    if (hasNone() || other.hasNone()) {
      return hasNone() ? other : this;
    }
    var sum = histogram();
    sum.add(decode());
    sum.add(other.decode());
    return of(sum);
  }
}
