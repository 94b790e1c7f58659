package dev.rowcast.message;

import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Which transactions somebody has seen the work of: PostgreSQL's {@code pg_snapshot}.
 *
 * <p>Immutable. {@code 795:799:795,797}: everything below 795 is over, nothing from 799 on was, and
 * of those between 795 and 797 were still running.
 *
 * @param xmin the lowest that was still running
 * @param xmax the lowest of those that had not ended yet
 * @param running which of those between had not
 */
public record TransactionSnapshot(long xmin, long xmax, Set<Long> running) {
  private static final Pattern TEXT =
      Pattern.compile("([0-9]{1,19}):([0-9]{1,19}):((?:[0-9]{1,19}(?:,[0-9]{1,19})*)?)");

  /** Copies the set. */
  public TransactionSnapshot {
    running = Set.copyOf(running);
  }

  /** Reads what PostgreSQL and {@link #toString} write; empty for anything else. */
  public static Optional<TransactionSnapshot> parse(String text) {
    var matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    try {
      var running = matcher.group(3);
      return Optional.of(
          new TransactionSnapshot(
              Long.parseLong(matcher.group(1)),
              Long.parseLong(matcher.group(2)),
              running.isEmpty()
                  ? Set.of()
                  : Arrays.stream(running.split(","))
                      .map(Long::valueOf)
                      .collect(Collectors.toSet())));
    } catch (NumberFormatException tooLarge) {
      return Optional.empty();
    }
  }

  /** Whether a transaction that was committed is one of those seen. */
  public boolean sees(long transaction) {
    return transaction < xmin || (transaction < xmax && !running.contains(transaction));
  }

  @Override
  public String toString() {
    return running.stream()
        .sorted()
        .map(Object::toString)
        .collect(Collectors.joining(",", xmin + ":" + xmax + ":", ""));
  }
}
