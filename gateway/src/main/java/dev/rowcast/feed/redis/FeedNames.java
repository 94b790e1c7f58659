package dev.rowcast.feed.redis;

/**
 * How the log is called in Redis: one hash tag, so that a cluster keeps its keys together, with the
 * number of the partition in it.
 *
 * <p>Immutable.
 */
record FeedNames(String prefix) {
  private static final int PARTITION = 0;

  /** The hash that names the epoch there is. */
  String head() {
    return "{" + (prefix.isEmpty() ? "rowcast" : prefix) + ":p" + PARTITION + "}:feed";
  }

  /** The stream of one epoch. */
  String stream(String epoch) {
    return head() + ":" + epoch;
  }
}
