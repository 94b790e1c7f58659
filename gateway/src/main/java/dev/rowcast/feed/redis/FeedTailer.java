package dev.rowcast.feed.redis;

import dev.rowcast.base.Backoff;
import dev.rowcast.base.Pause;
import dev.rowcast.base.Ticker;
import dev.rowcast.feed.FeedEntry;
import dev.rowcast.feed.FeedListener;
import dev.rowcast.feed.FeedMeters;
import dev.rowcast.feed.FeedRing;
import dev.rowcast.feed.FeedStep.Reason;
import dev.rowcast.message.Position;
import dev.rowcast.redis.Link;
import dev.rowcast.redis.RedisPipe;
import dev.rowcast.redis.RedisTarget;
import dev.rowcast.redis.RedisTimes;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the stream as it grows, into the ring, on a connection of its own.
 *
 * <p>Confined to its virtual thread, except {@link #appended} and {@link #close}.
 *
 * <p>A blocked {@code XREAD} says nothing of a stream that has gone, gone back, or been followed by
 * another: it just waits. So it waits half a second at most, and whenever it comes back with
 * nothing, and on each new connection, the head and the last entry are read again. Every entry must
 * name as its predecessor the one that was read before it.
 *
 * <p>On the node that appends, Redis is asked only while nothing of the node's own is acknowledged:
 * what is, and names as its predecessor the entry that this node had last, is taken as it was sent.
 * After half a second without, or when it does not follow, the stream is read again, and with it
 * whatever another node has put there.
 */
final class FeedTailer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FeedTailer.class);
  private static final Duration BLOCK = Duration.ofMillis(500);
  private static final String PIECE = "64";

  private final RedisTarget target;
  private final RedisTimes times;
  private final FeedNames names;
  private final FeedRing ring;
  private final FeedMeters meters;
  private final Link link;
  private final Backoff backoff;
  private final Ticker ticker;

  private @Nullable Thread thread;
  private volatile boolean closed;

  private final OwnAppends own = new OwnAppends();

  /* The thread's own. */
  private @Nullable FeedListener listener;
  private @Nullable Place place;

  /** Whether anybody may have read anything from this node yet. */
  private boolean knew;

  /** Whether what came last was this node's own. */
  private boolean isAppending;

  /** How far this node has read: the epoch, the ID of the last entry, and where that ends. */
  private record Place(String epoch, String id, Position last) {}

  FeedTailer(
      RedisTarget target,
      RedisTimes times,
      FeedNames names,
      FeedRing ring,
      FeedMeters meters,
      Link link,
      Backoff backoff,
      Ticker ticker) {
    this.target = target;
    this.times = times;
    this.names = names;
    this.ring = ring;
    this.meters = meters;
    this.link = link;
    this.backoff = backoff;
    this.ticker = ticker;
  }

  void start(FeedListener told) {
    thread =
        Thread.ofVirtual()
            .name("rowcast-feed-tail")
            .start(() -> {
              listener = told;
              run();
            });
  }

  /** This node has appended an entry, and Redis has acknowledged it; in the order of the log. */
  void appended(FeedEntry entry) {
    own.add(entry);
  }

  @Override
  public void close() {
    closed = true;
    var running = thread;
    if (running != null) {
      running.interrupt();
      try {
        running.join(Duration.ofSeconds(5));
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void run() {
    try {
      while (!closed) {
        var since = ticker.nanoTime();
        try (var pipe = RedisPipe.open(target, times, "rowcast-feed-tail", ticker)) {
          pipe.allowBlocking(BLOCK);
          follow(pipe);
        } catch (IOException away) {
          link.away(String.valueOf(away.getMessage()));
        } catch (RuntimeException bug) {
          LOG.error("following the feed failed; it is begun again", bug);
          link.away("failed");
          forget();
        }
        if (ticker.nanoTime() - since > times.stable().toNanos()) {
          backoff.reset();
        }
        backoff.pause();
      }
    } catch (InterruptedException end) {
      LOG.trace("the tailing ends", end);
    }
  }

  private void follow(RedisPipe pipe) throws IOException, InterruptedException {
    look(pipe);
    link.up();
    while (!closed) {
      var current = place;
      if (current == null) {
        Pause.of(BLOCK);
        look(pipe);
        continue;
      }
      if (isAppending) {
        var mine = own.take(current.last, BLOCK);
        isAppending = !mine.isEmpty();
        if (isAppending) {
          mine.forEach(this::take);
          told().grown();
          continue;
        }
      }
      var stream = names.stream(current.epoch);
      var reply =
          pipe.ask(
              "XREAD",
              "BLOCK",
              Long.toString(BLOCK.toMillis()),
              "COUNT",
              PIECE,
              "STREAMS",
              stream,
              current.id);
      var streams = reply.parts();
      if (streams.isEmpty()) {
        look(pipe);
        continue;
      }
      for (var each : StreamEntry.readAll(current.epoch, streams.getFirst().parts().get(1))) {
        take(each.entry());
      }
      var now = place;
      isAppending = now != null && own.pass(now.last);
      told().grown();
    }
  }

  /** Whether the log is the one we read, and still goes as far as we have read. */
  private void look(RedisPipe pipe) throws IOException, InterruptedException {
    var head = FeedHead.of(pipe, names);
    var current = place;
    if (head.isEmpty()) {
      if (current != null) {
        LOG.warn("the feed is gone from Redis; its place was {}", current.last);
        forget();
      }
      return;
    }
    var epoch = head.get().epoch();
    var newest =
        StreamEntry.readAll(
            epoch, pipe.ask("XREVRANGE", names.stream(epoch), "+", "-", "COUNT", "1"));
    if (newest.isEmpty()) {
      if (current != null) {
        LOG.warn("the feed's stream is gone from Redis; its place was {}", current.last);
        forget();
      }
      return;
    }
    if (current == null && !knew) {
      startAt(newest.getFirst().entry());
    } else if (current == null || !current.epoch.equals(epoch)) {
      follow(pipe, epoch);
    } else if (newest.getFirst().entry().last().compareTo(current.last) < 0) {
      // An older copy of this log: what comes next is another epoch, begun by who writes.
      LOG.warn("the feed went back from {} to {}", current.last, newest.getFirst().entry().last());
      forget();
    }
  }

  private void forget() {
    place = null;
    ring.clear();
  }

  /** A process that has just begun: nobody has read anything from it yet. */
  private void startAt(FeedEntry newest) {
    knew = true;
    place = new Place(newest.first().epoch(), StreamEntry.id(newest.first()), newest.last());
    ring.restart(newest.last());
    told().grown();
  }

  /** Another log: it is read from its beginning, or from what is left of it. */
  private void follow(RedisPipe pipe, String epoch) throws IOException, InterruptedException {
    var oldest =
        StreamEntry.readAll(epoch, pipe.ask("XRANGE", names.stream(epoch), "-", "+", "COUNT", "1"));
    if (oldest.isEmpty()) {
      return;
    }
    var first = oldest.getFirst().entry();
    var floor = first.previous();
    place = new Place(epoch, StreamEntry.id(floor), floor);
    knew = true;
    broken(Reason.EPOCH, floor);
    if (!first.isBeginning()) {
      place = new Place(epoch, "0-0", floor);
    }
  }

  private void take(FeedEntry entry) {
    var current = place;
    if (current == null) {
      return;
    }
    if (!entry.previous().equals(current.last)) {
      LOG.warn(
          "the feed goes on behind {} and this node had come to {}: a gap",
          entry.previous(),
          current.last);
      broken(Reason.TRIMMED, entry.previous());
    }
    if (!ring.add(entry)) {
      throw new IllegalStateException("the ring refuses " + entry.first());
    }
    place = new Place(current.epoch, StreamEntry.id(entry.first()), entry.last());
    meters.entriesIn.increment();
  }

  private void broken(Reason reason, Position now) {
    meters.broken.increment();
    ring.restart(now);
    told().broken(reason, now);
    told().grown();
  }

  private FeedListener told() {
    return Optional.ofNullable(listener).orElseThrow();
  }
}
