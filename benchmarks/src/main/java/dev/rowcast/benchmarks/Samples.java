package dev.rowcast.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * The figures of one measure over several rounds: median with minimum and maximum.
 *
 * <p>Confined to one thread.
 */
final class Samples {
  private final List<Double> values = new ArrayList<>();

  void add(double value) {
    values.add(value);
  }

  boolean isEmpty() {
    return values.isEmpty();
  }

  double median() {
    var sorted = sorted();
    var middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  double min() {
    return Collections.min(values);
  }

  double max() {
    return Collections.max(values);
  }

  /** The quotient to another measure, round by round: what noise both share falls out. */
  Samples dividedBy(Samples other) {
    if (other.values.size() != values.size()) {
      throw new IllegalStateException(
          values.size() + " rounds cannot be compared with " + other.values.size());
    }
    var quotients = new Samples();
    for (int round = 0; round < values.size(); round++) {
      quotients.add(values.get(round) / other.values.get(round));
    }
    return quotients;
  }

  /** {@code median (min - max)} with so many digits behind the point. */
  String text(int digits) {
    var pattern = "%." + digits + "f (%." + digits + "f - %." + digits + "f)";
    return String.format(Locale.ROOT, pattern, median(), min(), max());
  }

  private List<Double> sorted() {
    var sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    return sorted;
  }
}
