package dev.rowcast.feed.redis;

import dev.rowcast.redis.RedisPipe;
import dev.rowcast.redis.RedisReply;
import java.io.IOException;
import java.util.Optional;

/**
 * Which log there is: the hash beside the stream.
 *
 * <p>Immutable.
 *
 * @param epoch names the stream
 * @param number grows with each log, so that an older copy of this hash shows; when it was begun,
 *     in milliseconds of the writer's wall clock, or one more than that of the log before
 * @param lineage of what is captured
 */
record FeedHead(String epoch, long number, String lineage) {

  /** What the answer to the question says; empty when there is no log. */
  static Optional<FeedHead> read(RedisReply reply) throws IOException {
    var parts = reply.parts();
    if (parts.size() != 3 || parts.getFirst() instanceof RedisReply.Nothing) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new FeedHead(
              parts.get(0).text(), Long.parseLong(parts.get(1).text()), parts.get(2).text()));
    } catch (NumberFormatException foreign) {
      throw new IOException("the feed's head in Redis is not ours", foreign);
    }
  }

  /** Asks for the head. */
  static Optional<FeedHead> of(RedisPipe pipe, FeedNames names)
      throws IOException, InterruptedException {
    return read(pipe.ask("HMGET", names.head(), "epoch", "number", "lineage"));
  }
}
