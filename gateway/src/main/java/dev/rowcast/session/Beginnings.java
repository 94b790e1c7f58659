package dev.rowcast.session;

import dev.rowcast.feed.Feed;
import dev.rowcast.feed.FeedException;
import dev.rowcast.feed.FeedPlace;
import dev.rowcast.message.Since;
import dev.rowcast.rows.Moments;
import dev.rowcast.rows.RowsException;
import dev.rowcast.rows.Snapshot;
import dev.rowcast.rows.Snapshots;
import dev.rowcast.shape.Shape;
import java.util.Locale;

/**
 * Where readers begin who have read the rows, or are given them.
 *
 * <p>Thread-safe; blocks.
 */
public final class Beginnings {
  private final Feed feed;
  private final Snapshots snapshots;
  private final Moments moments;

  /** In this log. */
  public Beginnings(Feed feed, Snapshots snapshots, Moments moments) {
    this.feed = feed;
    this.snapshots = snapshots;
    this.moments = moments;
  }

  /**
   * Where somebody goes on who read the rows in the transaction that gave {@code rendered}.
   *
   * @throws FeedException when the log cannot be read
   * @throws RowsException when the database cannot be asked
   */
  Start after(Since.Rendered rendered) throws InterruptedException {
    return switch (feed.place(rendered.lineage(), rendered.major(), rendered.minor())) {
      case FeedPlace.Found(var position) -> Start.at(position, moments.seen(rendered.seen()));
      case FeedPlace.Lost(var reason, var now) ->
          Start.missed(now, reason.name().toLowerCase(Locale.ROOT));
    };
  }

  /**
   * The rows of a shape now; its reader closes them, and goes on {@link #after} their position.
   *
   * @throws RowsException when the database cannot be asked, or there are too many rows
   */
  Snapshot rows(Shape shape) {
    return snapshots.read(shape);
  }
}
