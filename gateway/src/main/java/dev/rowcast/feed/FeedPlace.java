package dev.rowcast.feed;

import dev.rowcast.message.Position;

/**
 * Where in the log somebody may go on who knows a place of what is captured.
 *
 * <p>Immutable.
 */
public sealed interface FeedPlace {

  /** Here: nothing lies between this and the place that was asked about. */
  record Found(Position position) implements FeedPlace {}

  /** Nowhere: the log does not reach back so far, or is of another lineage. */
  record Lost(FeedStep.Reason reason, Position now) implements FeedPlace {}
}
