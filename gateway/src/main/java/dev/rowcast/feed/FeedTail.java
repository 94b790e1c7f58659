package dev.rowcast.feed;

import dev.rowcast.message.Position;

/**
 * Where the log ends.
 *
 * <p>Immutable.
 *
 * @param last the last position in it
 * @param lineage of what is captured, as the log's beginning names it: goes on under the same name
 *     only
 * @param receipt of the last entry
 */
public record FeedTail(Position last, String lineage, String receipt) {}
