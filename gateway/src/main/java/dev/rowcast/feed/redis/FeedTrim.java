package dev.rowcast.feed.redis;

import dev.rowcast.base.Pause;
import dev.rowcast.base.Ticker;
import dev.rowcast.feed.FeedMeters;
import dev.rowcast.feed.FeedSettings;
import dev.rowcast.message.Position;
import dev.rowcast.redis.RedisPipe;
import dev.rowcast.redis.RedisReply;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes from the stream what is too old, too many or too large, once a second, on the writer's
 * connection.
 *
 * <p>Thread-safe: the writer tells what it appends, one virtual thread trims.
 *
 * <p>IDs are positions, not times, so the writer remembers where the log was when, coarsely. What
 * stood there before this process wrote says it in its own fields: those entries are read, a piece
 * at a time and only when they come to be trimmed.
 */
final class FeedTrim {
  private static final Logger LOG = LoggerFactory.getLogger(FeedTrim.class);
  private static final Duration EVERY = Duration.ofSeconds(1);
  private static final String PIECE = "64";

  /** How far apart remembered places are at least: a thousandth of what is kept. */
  private final long stride;

  private final FeedSettings settings;
  private final FeedMeters meters;
  private final Ticker ticker;

  private final Object lock = new Object();

  /* Guarded by the lock. */
  private final Deque<Mark> marks = new ArrayDeque<>();
  private @Nullable Thread thread;
  private @Nullable RedisPipe pipe;
  private long size;

  /** The log reached this entry at this time, with so many bytes from its beginning. */
  private record Mark(String id, long nanos, long size) {}

  FeedTrim(FeedSettings settings, FeedMeters meters, Ticker ticker) {
    this.settings = settings;
    this.meters = meters;
    this.ticker = ticker;
    this.stride = settings.maxBytes().bytes() / 1000;
  }

  /** Trims this stream from now on; it ends with {@code last}. */
  void start(RedisPipe current, String stream, StreamEntry last) {
    synchronized (lock) {
      if (pipe == current && thread != null && thread.getName().endsWith(stream)) {
        return;
      }
      stop();
      marks.clear();
      size = last.size();
      pipe = current;
      thread =
          Thread.ofVirtual()
              .name("rowcast-feed-trim " + stream)
              .start(() -> run(current, stream, StreamEntry.id(last.entry().first())));
    }
  }

  /** The writer appended an entry and Redis has it. */
  void appended(Position id, long nanos, long total) {
    synchronized (lock) {
      size = total;
      var newest = marks.peekLast();
      if (newest == null
          || total - newest.size > stride
          || nanos - newest.nanos > settings.maxAge().toNanos() / 1000) {
        marks.add(new Mark(StreamEntry.id(id), nanos, total));
      }
    }
  }

  void stop() {
    synchronized (lock) {
      if (thread != null) {
        thread.interrupt();
      }
      thread = null;
    }
  }

  private void run(RedisPipe current, String stream, String foreignEnd) {
    var foreign = true;
    try {
      while (current.failure() == null) {
        Pause.of(EVERY);
        trim(current, stream, "MAXLEN", Integer.toString(settings.maxLength()));
        if (foreign) {
          foreign = trimForeign(current, stream, foreignEnd);
        }
        if (!foreign) {
          trimOwn(current, stream);
        }
      }
    } catch (IOException broken) {
      LOG.debug("the trimming ends with its connection", broken);
    } catch (InterruptedException end) {
      LOG.trace("the trimming ends", end);
    }
  }

  /**
   * Trims what stood there before we wrote.
   *
   * @return whether some of it is still there
   */
  private boolean trimForeign(RedisPipe current, String stream, String end)
      throws IOException, InterruptedException {
    while (true) {
      var piece = StreamEntry.readAll("x", current.ask("XRANGE", stream, "-", end, "COUNT", PIECE));
      if (piece.isEmpty()) {
        return false;
      }
      var oldest = Clock.systemUTC().millis() - settings.maxAge().toMillis();
      var kept = 0;
      while (kept < piece.size()
          && (piece.get(kept).at() < oldest || isOver(piece.get(kept).size()))) {
        kept++;
      }
      if (kept == 0) {
        return true;
      }
      if (kept < piece.size()) {
        trim(current, stream, "MINID", StreamEntry.id(piece.get(kept).entry().first()));
        return true;
      }
      trimThrough(current, stream, piece.getLast().entry().first());
    }
  }

  private void trimOwn(RedisPipe current, String stream) throws IOException, InterruptedException {
    @Nullable Mark reached = null;
    synchronized (lock) {
      var oldest = ticker.nanoTime() - settings.maxAge().toNanos();
      for (var mark = marks.peekFirst();
          mark != null && marks.size() > 1 && (mark.nanos - oldest < 0 || isOver(mark.size));
          mark = marks.peekFirst()) {
        reached = marks.removeFirst();
      }
    }
    if (reached != null) {
      trim(current, stream, "MINID", reached.id);
    }
  }

  /** Whether a log that began behind this much would still be too large. */
  private boolean isOver(long before) {
    synchronized (lock) {
      return size - before > settings.maxBytes().bytes();
    }
  }

  private void trimThrough(RedisPipe current, String stream, Position last)
      throws IOException, InterruptedException {
    var next = new Position(last.epoch(), last.major(), last.minor() + 1);
    trim(current, stream, "MINID", StreamEntry.id(next));
  }

  private void trim(RedisPipe current, String stream, String by, String bound)
      throws IOException, InterruptedException {
    var reply = current.ask("XTRIM", stream, by, bound);
    switch (reply) {
      case RedisReply.Count(var count) -> meters.trimmed.add(count);
      case RedisReply.Failure(var why) -> throw new IOException(why);
      default -> throw new IOException("Redis answers " + reply + " to XTRIM");
    }
  }
}
