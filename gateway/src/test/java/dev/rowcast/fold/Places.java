package dev.rowcast.fold;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rowcast.message.Position;
import java.net.URLEncoder;
import java.util.Optional;

/** Places in the log as clients hold them. Functions without state. */
final class Places {
  private Places() {}

  /** The part of a query that asks to go on from a place. */
  static String query(Optional<String> since) {
    return since.map(place -> "&since=" + URLEncoder.encode(place, UTF_8)).orElse("");
  }

  /** The position within a place; empty for what {@code rowcast.position()} gave. */
  static Optional<Position> position(String place) {
    var end = place.indexOf('~');
    return Position.parse(end < 0 ? place : place.substring(0, end));
  }
}
