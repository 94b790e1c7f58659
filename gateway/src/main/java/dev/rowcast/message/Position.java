package dev.rowcast.message;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A place in the ordered log of row changes: two unsigned numbers that only grow within an epoch.
 *
 * <p>Immutable. Under trigger capture {@code major} is the batch number and {@code minor} the index
 * of the change in its batch; the epoch names the log's lineage and changes when continuity cannot
 * be proven.
 *
 * @param epoch the lineage; positions of two epochs are not comparable
 * @param major unsigned
 * @param minor unsigned
 */
public record Position(String epoch, long major, long minor) implements Comparable<Position> {
  private static final Pattern TEXT =
      Pattern.compile("([0-9A-Za-z_-]{1,64})\\.([0-9]{1,20})-([0-9]{1,20})");

  /** Reads what {@link #toString} writes; empty for anything else. */
  public static Optional<Position> parse(String text) {
    var matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new Position(
              matcher.group(1),
              Long.parseUnsignedLong(matcher.group(2)),
              Long.parseUnsignedLong(matcher.group(3))));
    } catch (NumberFormatException tooLarge) {
      return Optional.empty();
    }
  }

  /**
   * Orders two places of one epoch.
   *
   * @throws IllegalArgumentException when the epochs differ: there is no order between lineages
   */
  @Override
  public int compareTo(Position other) {
    if (!epoch.equals(other.epoch)) {
      throw new IllegalArgumentException("positions of epochs " + epoch + " and " + other.epoch);
    }
    var byMajor = Long.compareUnsigned(major, other.major);
    return byMajor != 0 ? byMajor : Long.compareUnsigned(minor, other.minor);
  }

  @Override
  public String toString() {
    return epoch + "." + Long.toUnsignedString(major) + "-" + Long.toUnsignedString(minor);
  }
}
