package dev.rowcast.bench.report;

/**
 * A distribution in a few numbers, in milliseconds.
 *
 * <p>Immutable.
 */
public record Summary(
    long count,
    double min,
    double mean,
    double p50,
    double p90,
    double p99,
    double p999,
    double max) {

  /** The numbers of a distribution; all 0 when it is empty. */
  public static Summary of(Distribution distribution) {
    var histogram = distribution.decode();
    if (histogram.getTotalCount() == 0) {
      return new Summary(0, 0, 0, 0, 0, 0, 0, 0);
    }
    return new Summary(
        histogram.getTotalCount(),
        histogram.getMinValue() / 1e3,
        histogram.getMean() / 1e3,
        histogram.getValueAtPercentile(50) / 1e3,
        histogram.getValueAtPercentile(90) / 1e3,
        histogram.getValueAtPercentile(99) / 1e3,
        histogram.getValueAtPercentile(99.9) / 1e3,
        histogram.getMaxValue() / 1e3);
  }
}
