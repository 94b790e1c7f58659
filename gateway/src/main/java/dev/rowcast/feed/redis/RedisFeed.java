package dev.rowcast.feed.redis;

import dev.rowcast.base.Backoff;
import dev.rowcast.base.Ticker;
import dev.rowcast.feed.Feed;
import dev.rowcast.feed.FeedEntry;
import dev.rowcast.feed.FeedException;
import dev.rowcast.feed.FeedListener;
import dev.rowcast.feed.FeedMeters;
import dev.rowcast.feed.FeedPlace;
import dev.rowcast.feed.FeedRing;
import dev.rowcast.feed.FeedSettings;
import dev.rowcast.feed.FeedStep;
import dev.rowcast.feed.FeedTail;
import dev.rowcast.message.Position;
import dev.rowcast.observe.Health;
import dev.rowcast.redis.Link;
import dev.rowcast.redis.RedisPipe;
import dev.rowcast.redis.RedisSettings;
import dev.rowcast.redis.RedisTarget;
import dev.rowcast.redis.RedisTimes;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The log as a Redis stream: every node follows it into its memory, one of them appends.
 *
 * <p>Thread-safe. Three connections a node, all our own and none of which ever reconnects by
 * itself: one that follows, one for readers who want what is older than the memory (opened when
 * somebody does), and on the leader one that appends. The listener is called on the thread that
 * follows.
 */
public final class RedisFeed implements Feed {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);
  private static final String PIECE = "16";

  private final FeedRing ring;
  private final FeedNames names;
  private final FeedMeters meters;
  private final Health.Probe probe;
  private final RedisTarget target;
  private final RedisTimes times = RedisTimes.DEFAULTS;
  private final Ticker ticker;
  private final Link link;
  private final FeedWriter writer;
  private final FeedTailer tailer;

  private final ReentrantLock opening = new ReentrantLock();
  private @Nullable RedisPipe asking;
  private volatile boolean closed;

  /** A feed that connects when it is started. */
  public RedisFeed(
      RedisSettings redis,
      FeedSettings settings,
      FeedMeters meters,
      Health.Probe probe,
      Ticker ticker,
      RandomGenerator random) {
    this.ring = new FeedRing(settings.memory());
    this.names = new FeedNames(redis.prefix());
    this.meters = meters;
    this.probe = probe;
    this.target = RedisTarget.parse(redis.url(), redis.password());
    this.ticker = ticker;
    this.link = new Link("the feed", target, meters.reconnects, this::report);
    this.writer =
        new FeedWriter(
            target,
            times,
            names,
            new FeedTrim(settings, meters, ticker),
            meters,
            new SplittableRandom(random.nextLong()),
            ticker);
    this.tailer =
        new FeedTailer(
            target,
            times,
            names,
            ring,
            meters,
            link,
            new Backoff(FIRST_PAUSE, LONGEST_PAUSE, new SplittableRandom(random.nextLong())),
            ticker);
  }

  @Override
  public void start(FeedListener listener) {
    tailer.start(listener);
  }

  @Override
  public Optional<FeedTail> tail() throws InterruptedException {
    return writer.tail();
  }

  @Override
  public FeedTail begin(String lineage, long beforeMajor, String why) throws InterruptedException {
    return writer.begin(lineage, beforeMajor, why);
  }

  @Override
  public CompletionStage<Void> append(FeedEntry entry) {
    return writer
        .append(entry)
        .whenComplete((_, failure) -> {
          if (failure == null) {
            tailer.appended(entry);
          }
        });
  }

  @Override
  public Optional<FeedEntry> floor(Position place) throws InterruptedException {
    return writer.floor(place);
  }

  @Override
  public Optional<Position> now() {
    return ring.last();
  }

  @Override
  public FeedStep next(Position place) {
    return ring.next(place);
  }

  @Override
  public FeedPlace place(String lineage, long major, long minor) throws InterruptedException {
    var known = ring.last();
    if (known.isEmpty()) {
      throw new FeedException("there is no log yet, or the feed is away", true);
    }
    try {
      return place(lineage, new Position(known.get().epoch(), major, minor), known.get());
    } catch (IOException away) {
      throw new FeedException(
          "cannot read the feed: " + target + ": " + away.getMessage(), true, away);
    }
  }

  private FeedPlace place(String lineage, Position wanted, Position known)
      throws IOException, InterruptedException {
    var pipe = asking();
    var head = FeedHead.of(pipe, names);
    if (head.isEmpty()
        || !head.get().epoch().equals(known.epoch())
        || !head.get().lineage().equals(lineage)) {
      return new FeedPlace.Lost(FeedStep.Reason.EPOCH, known);
    }
    var here = ring.place(wanted);
    if (here.isPresent()) {
      return new FeedPlace.Found(here.get());
    }
    var before =
        StreamEntry.readAll(
            wanted.epoch(),
            pipe.ask(
                "XREVRANGE",
                names.stream(wanted.epoch()),
                StreamEntry.id(wanted),
                "-",
                "COUNT",
                "1"));
    return before.isEmpty()
        ? new FeedPlace.Lost(FeedStep.Reason.TRIMMED, known)
        : new FeedPlace.Found(before.getFirst().entry().place(wanted));
  }

  @Override
  public FeedStep history(Position place) throws InterruptedException {
    var known = ring.last();
    if (known.isEmpty()) {
      throw new FeedException("the feed is away", true);
    }
    if (!known.get().epoch().equals(place.epoch())) {
      return new FeedStep.Lost(FeedStep.Reason.EPOCH, known.get());
    }
    meters.histories.increment();
    try {
      return read(place, known.get());
    } catch (IOException away) {
      throw new FeedException(
          "cannot read the feed: " + target + ": " + away.getMessage(), true, away);
    }
  }

  private FeedStep read(Position place, Position known) throws IOException, InterruptedException {
    var pipe = asking();
    var stream = names.stream(place.epoch());
    var id = StreamEntry.id(place);
    var before =
        StreamEntry.readAll(place.epoch(), pipe.ask("XREVRANGE", stream, id, "-", "COUNT", "1"));
    var after =
        StreamEntry.readAll(
            place.epoch(), pipe.ask("XRANGE", stream, "(" + id, "+", "COUNT", PIECE));
    var entries = new ArrayList<FeedEntry>();
    var end = place;
    if (!before.isEmpty()) {
      var holding = before.getFirst().entry();
      if (place.compareTo(holding.last()) < 0) {
        entries.add(holding);
        end = holding.last();
      }
    }
    for (var each : after) {
      if (!each.entry().previous().equals(end)) {
        break;
      }
      entries.add(each.entry());
      end = each.entry().last();
    }
    if (!entries.isEmpty()) {
      return new FeedStep.Several(entries);
    }
    if (after.isEmpty()) {
      return before.isEmpty()
          ? new FeedStep.Lost(FeedStep.Reason.TRIMMED, known)
          : new FeedStep.End();
    }
    return new FeedStep.Lost(
        before.isEmpty() ? FeedStep.Reason.TRIMMED : FeedStep.Reason.EPOCH, known);
  }

  private RedisPipe asking() throws IOException {
    opening.lock();
    try {
      if (closed) {
        throw new IOException("closed");
      }
      if (asking == null || asking.failure() != null) {
        asking = RedisPipe.open(target, times, "rowcast-feed-ask", ticker);
      }
      return asking;
    } finally {
      opening.unlock();
    }
  }

  @Override
  public void close() {
    closed = true;
    tailer.close();
    writer.close();
    opening.lock();
    try {
      if (asking != null) {
        asking.close();
      }
    } finally {
      opening.unlock();
    }
    probe.down("closed");
  }

  private void report() {
    link.trouble()
        .ifPresentOrElse(
            why -> probe.down(target + " is away; " + why), () -> probe.up("following " + target));
  }
}
