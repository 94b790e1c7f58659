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

  /** Tells two, in this order. */
  static FeedListener both(FeedListener first, FeedListener second) {
    return new FeedListener() {
      @Override
      public void grown() {
        first.grown();
        second.grown();
      }

      @Override
      public void broken(FeedStep.Reason reason, Position now) {
        first.broken(reason, now);
        second.broken(reason, now);
      }
    };
  }
}
