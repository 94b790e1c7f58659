package dev.rowcast.feed;

import dev.rowcast.message.Position;
import java.util.List;

/**
 * What lies behind a place of the log.
 *
 * <p>Immutable.
 */
public sealed interface FeedStep {

  /** Why a reader cannot go on from its place. */
  enum Reason {
    /** The changes behind the place are not kept any more. */
    TRIMMED,
    /** The place is of another log than the one there is. */
    EPOCH
  }

  /** The entry that holds the next change; its first changes may lie before the place. */
  record Next(FeedEntry entry) implements FeedStep {}

  /** Several entries in their order, never none. */
  record Several(List<FeedEntry> entries) implements FeedStep {
    /** Copies the entries. */
    public Several {
      entries = List.copyOf(entries);
    }
  }

  /** Nothing yet: the place is the last one, or this node has not come so far. */
  record End() implements FeedStep {}

  /** More than this node remembers: to be asked for with {@link Feed#history}. */
  record Older() implements FeedStep {}

  /**
   * The reader has missed something, or cannot know that it has not.
   *
   * @param now where to go on after having read the rows themselves
   */
  record Lost(Reason reason, Position now) implements FeedStep {}
}
