package dev.rowcast.feed;

import dev.rowcast.message.Position;

/** Who is told that the log went on. Called on the feed's own thread: hands over, never works. */
public interface FeedListener {

  /** There is more to read than before. */
  void grown();

  /**
   * What this node holds does not continue what it held: every place before {@code now} is lost to
   * it, and whoever reads learns the same from {@link Feed#next}.
   */
  void broken(FeedStep.Reason reason, Position now);
}
