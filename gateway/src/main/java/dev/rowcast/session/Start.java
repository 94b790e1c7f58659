package dev.rowcast.session;

import dev.rowcast.message.Position;
import dev.rowcast.message.Seen;
import java.util.Optional;

/**
 * Where a reader begins.
 *
 * <p>Immutable.
 *
 * @param place in the log
 * @param seen what of that which lies behind the place it has already
 * @param missed why it has to be told at once that something was missed
 * @param withRows whether the rows come first; the place is not known before they are read
 */
record Start(Position place, Optional<Seen> seen, Optional<String> missed, boolean withRows) {

  static Start at(Position place) {
    return new Start(place, Optional.empty(), Optional.empty(), false);
  }

  static Start at(Position place, Seen seen) {
    return new Start(place, Optional.of(seen), Optional.empty(), false);
  }

  static Start missed(Position now, String reason) {
    return new Start(now, Optional.empty(), Optional.of(reason), false);
  }

  static Start rows(Position now) {
    return new Start(now, Optional.empty(), Optional.empty(), true);
  }
}
