package dev.rowcast.capture.triggers;

import java.util.ArrayList;
import java.util.List;

/**
 * The numbers of the outbox rows of a batch, as a short text: {@code 812-1811,1813}.
 *
 * <p>Functions without state.
 */
final class Receipt {
  private Receipt() {}

  /** Writes numbers in ascending order. */
  static String write(List<Long> numbers) {
    var text = new StringBuilder();
    for (int i = 0; i < numbers.size(); i++) {
      var first = numbers.get(i);
      var last = first;
      while (i + 1 < numbers.size() && numbers.get(i + 1) == last + 1) {
        last = numbers.get(++i);
      }
      text.append(text.isEmpty() ? "" : ",").append(first);
      if (last > first) {
        text.append('-').append(last);
      }
    }
    return text.toString();
  }

  /**
   * Reads them.
   *
   * @throws IllegalArgumentException when the text is not a receipt
   */
  static List<Long> read(String text) {
    var numbers = new ArrayList<Long>();
    for (var range : text.split(",", -1)) {
      var dash = range.indexOf('-', 1);
      var first = Long.parseLong(dash < 0 ? range : range.substring(0, dash));
      var last = dash < 0 ? first : Long.parseLong(range.substring(dash + 1));
      if (last < first || last - first > 10_000_000) {
        throw new IllegalArgumentException("'" + range + "' is not a range of outbox rows");
      }
      for (var number = first; number <= last; number++) {
        numbers.add(number);
      }
    }
    return numbers;
  }
}
