package dev.rowcast.feed;

import dev.rowcast.base.Ticker;
import dev.rowcast.message.Position;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The log of a single node, in memory.
 *
 * <p>Thread-safe. The listener is called by whoever appends. The log is what fits {@code
 * feed.memory}; it ends with the process, and the next one begins another epoch.
 */
public final class LocalFeed implements Feed {
  private final FeedRing ring;
  private final FeedMeters meters;
  private final Ticker ticker;
  private final RandomGenerator random;

  private final Object lock = new Object();
  private @Nullable FeedListener listener;
  private @Nullable FeedTail tail;
  private boolean closed;

  /** A feed that knows of no log yet. */
  public LocalFeed(
      FeedSettings settings, FeedMeters meters, Ticker ticker, RandomGenerator random) {
    this.ring = new FeedRing(settings.memory());
    this.meters = meters;
    this.ticker = ticker;
    this.random = random;
  }

  @Override
  public void start(FeedListener listener) {
    synchronized (lock) {
      this.listener = listener;
    }
  }

  @Override
  public Optional<FeedTail> tail() {
    synchronized (lock) {
      return Optional.ofNullable(tail);
    }
  }

  @Override
  public FeedTail begin(String lineage, long beforeMajor, String why) {
    FeedTail begun;
    boolean isFirst;
    FeedListener told;
    synchronized (lock) {
      isFirst = tail == null;
      begun =
          new FeedTail(
              new Position(HexFormat.of().toHexDigits(random.nextLong()), beforeMajor, 1),
              lineage,
              "");
      tail = begun;
      ring.restart(begun.last());
      told = listener;
    }
    meters.epochs.increment();
    if (told != null) {
      if (!isFirst) {
        meters.broken.increment();
        told.broken(FeedStep.Reason.EPOCH, begun.last());
      }
      told.grown();
    }
    return begun;
  }

  @Override
  public CompletionStage<Void> append(FeedEntry entry) {
    var since = ticker.nanoTime();
    FeedListener told;
    synchronized (lock) {
      var refusal = add(entry);
      if (refusal.isPresent()) {
        meters.failures.increment();
        return CompletableFuture.failedFuture(refusal.get());
      }
      told = listener;
    }
    meters.latency.record(Duration.ofNanos(ticker.nanoTime() - since));
    if (told != null) {
      told.grown();
    }
    return CompletableFuture.completedFuture(null);
  }

  /** Adds what is new of the entry; gives the reason when nothing may be added. */
  private Optional<FeedException> add(FeedEntry entry) {
    var end = tail;
    if (closed || end == null) {
      return Optional.of(
          new FeedException(closed ? "the feed is closed" : "there is no log", !closed));
    }
    if (!end.last().epoch().equals(entry.first().epoch())) {
      return Optional.of(new FeedException("another log has begun meanwhile", true));
    }
    var fresh = entry.behind(end.last());
    if (fresh.isPresent()) {
      if (!ring.add(fresh.get())) {
        return Optional.of(
            new FeedException(
                "an entry after " + entry.previous() + " does not follow " + end.last(), true));
      }
      tail = new FeedTail(fresh.get().last(), end.lineage(), entry.receipt());
      meters.entriesOut.increment();
      meters.entriesIn.increment();
      meters.changesOut.add(fresh.get().changes().size());
      meters.bytesOut.add(fresh.get().bytes());
    }
    return Optional.empty();
  }

  @Override
  public Optional<FeedEntry> floor(Position place) {
    return ring.floor(place);
  }

  @Override
  public Optional<Position> now() {
    return ring.last();
  }

  @Override
  public FeedPlace place(String lineage, long major, long minor) {
    FeedTail end;
    synchronized (lock) {
      if (tail == null) {
        throw new FeedException("there is no log yet", true);
      }
      end = tail;
    }
    if (!end.lineage().equals(lineage)) {
      return new FeedPlace.Lost(FeedStep.Reason.EPOCH, end.last());
    }
    return ring.place(new Position(end.last().epoch(), major, minor))
        .<FeedPlace>map(FeedPlace.Found::new)
        .orElseGet(() -> new FeedPlace.Lost(FeedStep.Reason.TRIMMED, end.last()));
  }

  /** What is older than the memory is nowhere else. */
  @Override
  public FeedStep next(Position place) {
    return switch (ring.next(place)) {
      case FeedStep.Older _ ->
          new FeedStep.Lost(FeedStep.Reason.TRIMMED, ring.last().orElse(place));
      case FeedStep step -> step;
    };
  }

  @Override
  public FeedStep history(Position place) {
    return next(place);
  }

  @Override
  public void close() {
    synchronized (lock) {
      closed = true;
    }
  }
}
