package dev.rowcast.session;

import dev.rowcast.feed.Feed;
import dev.rowcast.feed.FeedException;
import dev.rowcast.feed.FeedPlace;
import dev.rowcast.message.Position;
import dev.rowcast.message.Seen;
import dev.rowcast.message.Since;
import dev.rowcast.message.TransactionSnapshot;
import dev.rowcast.rows.RowsException;
import dev.rowcast.rows.Snapshot;
import dev.rowcast.shape.Shape;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Where readers begin who have read the rows, or are given them.
 *
 * <p>Thread-safe; blocks.
 */
public final class Beginnings {

  /** Reads rows. Thread-safe; blocks. */
  @FunctionalInterface
  public interface Rows {
    /**
     * The rows of a shape as they are at one moment.
     *
     * @param wanted asked now and then; once it says no, there is no need of an answer
     * @return what its reader closes; empty when there are more rows than one reader may have
     * @throws RowsException when they cannot be read
     */
    Optional<Snapshot> read(Shape shape, BooleanSupplier wanted) throws InterruptedException;
  }

  /** Says until when what was in the rows can still come. Thread-safe; blocks. */
  @FunctionalInterface
  public interface Ends {
    /**
     * What a reader has seen, for as long as it matters; endless while that cannot be told.
     *
     * @throws RowsException when the database cannot be asked
     */
    Seen seen(TransactionSnapshot snapshot) throws InterruptedException;
  }

  private final Feed feed;
  private final Rows rows;
  private final Ends ends;

  /** In this log. */
  public Beginnings(Feed feed, Rows rows, Ends ends) {
    this.feed = feed;
    this.rows = rows;
    this.ends = ends;
  }

  /** Where there is no database, and so nobody who could have read its rows. */
  public static Beginnings withoutRows(Feed feed) {
    return new Beginnings(
        feed,
        (_, _) -> {
          throw new IllegalStateException("no database");
        },
        _ -> {
          throw new IllegalStateException("no database");
        });
  }

  /**
   * Where somebody begins who asks so.
   *
   * @throws FeedException when the log cannot be read, or there is none
   * @throws RowsException when the database cannot be asked
   */
  Start start(Since since) throws InterruptedException {
    return switch (since) {
      case Since.Behind(var position) -> Start.at(position);
      case Since.Unseen(var position, var seen) -> Start.at(position, seen);
      case Since.Rendered rendered -> after(rendered);
      case Since.Rows() -> Start.rows(now());
    };
  }

  private Position now() {
    return feed.now().orElseThrow(() -> new FeedException("there is no log yet", true));
  }

  /**
   * Where somebody goes on who read the rows in the transaction that gave {@code rendered}.
   *
   * @throws FeedException when the log cannot be read
   * @throws RowsException when the database cannot be asked
   */
  Start after(Since.Rendered rendered) throws InterruptedException {
    return switch (feed.place(rendered.lineage(), rendered.major(), rendered.minor())) {
      case FeedPlace.Found(var position) -> Start.at(position, ends.seen(rendered.seen()));
      case FeedPlace.Lost(var reason, var now) ->
          Start.missed(now, reason.name().toLowerCase(Locale.ROOT));
    };
  }

  /**
   * The same rows, once it may be known until when they matter.
   *
   * @throws RowsException when the database cannot be asked
   */
  Seen again(Seen seen) throws InterruptedException {
    return ends.seen(seen.snapshot());
  }

  /**
   * The rows of a shape now; their reader closes them, and goes on {@link #after} their position.
   *
   * @param wanted asked now and then; once it says no, there is no need of an answer
   * @return empty when there are more rows than one reader may have
   * @throws RowsException when they cannot be read
   */
  Optional<Snapshot> rows(Shape shape, BooleanSupplier wanted) throws InterruptedException {
    return rows.read(shape, wanted);
  }
}
