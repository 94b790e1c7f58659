package dev.rowcast.message;

import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * From where on somebody wants to hear what changes.
 *
 * <p>Immutable.
 */
public sealed interface Since {

  /** Everything behind a place. */
  record Behind(Position position) implements Since {
    @Override
    public String toString() {
      return position.toString();
    }
  }

  /** Everything behind a place but what was in the rows that the reader began with. */
  record Unseen(Position position, Seen seen) implements Since {
    @Override
    public String toString() {
      return position + "~" + seen;
    }
  }

  /**
   * What {@code SELECT rowcast.position()} gave inside of the transaction that read the rows.
   *
   * @param lineage of what is captured
   * @param major unsigned; everything in the log up to here was in the rows
   * @param minor unsigned
   */
  record Rendered(String lineage, long major, long minor, TransactionSnapshot seen)
      implements Since {
    @Override
    public String toString() {
      return lineage
          + "/"
          + Long.toUnsignedString(major)
          + "-"
          + Long.toUnsignedString(minor)
          + "~"
          + seen;
    }
  }

  /** The rows as of one moment, and everything after that moment. */
  record Rows() implements Since {
    /** How it is asked for. */
    public static final String WORD = "snapshot";

    @Override
    public String toString() {
      return WORD;
    }
  }

  /** What a reader who was told everything up to a place comes back with. */
  static Since after(Position place, @Nullable Seen seen) {
    return seen == null || seen.isPast(place) ? new Behind(place) : new Unseen(place, seen);
  }

  /** {@code lineage/major-minor~snapshot}. */
  Pattern RENDERED =
      Pattern.compile("([0-9A-Za-z_-]{1,64})/([0-9]{1,20})-([0-9]{1,20})~([0-9:,]+)");

  /** {@code position~snapshot~until}. */
  Pattern UNSEEN = Pattern.compile("([^~]+)~([0-9:,]+)~([0-9]{1,20})");

  /** Reads what their text forms and PostgreSQL say; empty for anything else. */
  static Optional<Since> parse(String text) {
    if (text.equals(Rows.WORD)) {
      return Optional.of(new Rows());
    }
    try {
      var rendered = RENDERED.matcher(text);
      if (rendered.matches()) {
        var major = Long.parseUnsignedLong(rendered.group(2));
        var minor = Long.parseUnsignedLong(rendered.group(3));
        return TransactionSnapshot.parse(rendered.group(4))
            .map(seen -> new Rendered(rendered.group(1), major, minor, seen));
      }
      var unseen = UNSEEN.matcher(text);
      if (unseen.matches()) {
        var until = Long.parseUnsignedLong(unseen.group(3));
        return Position.parse(unseen.group(1))
            .flatMap(position ->
                TransactionSnapshot.parse(unseen.group(2))
                    .map(seen -> new Unseen(position, new Seen(seen, until))));
      }
    } catch (NumberFormatException tooLarge) {
      return Optional.empty();
    }
    return Position.parse(text).map(Behind::new);
  }
}
