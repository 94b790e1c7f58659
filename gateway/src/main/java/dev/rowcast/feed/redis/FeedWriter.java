package dev.rowcast.feed.redis;

import dev.rowcast.base.Ticker;
import dev.rowcast.feed.FeedEntry;
import dev.rowcast.feed.FeedException;
import dev.rowcast.feed.FeedMeters;
import dev.rowcast.feed.FeedTail;
import dev.rowcast.message.Position;
import dev.rowcast.redis.RedisPipe;
import dev.rowcast.redis.RedisReply;
import dev.rowcast.redis.RedisTarget;
import dev.rowcast.redis.RedisTimes;
import dev.rowcast.redis.RespSocket;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Appends to the stream, on a connection of its own that is looked at before it is trusted.
 *
 * <p>{@link #tail}, {@link #begin} and {@link #append} belong to the one thread that writes;
 * answers come on the pipe's. What both touch is guarded by a lock.
 *
 * <h2>Why an append may be believed</h2>
 *
 * On each connection, before anything is appended, Redis says that it is a master, which log there
 * is, and which entry is its last. That must be the last one acknowledged here, or one that was
 * under way when the connection broke; an entry of another node behind ours is in order when ours
 * is still there. Anything else (an empty Redis, an older copy of the stream or of its head) does
 * not continue what we know, and {@link #tail} says that there is no log.
 *
 * <p>After that each append is checked by Redis itself: {@code NOMKSTREAM} answers nothing when the
 * stream is gone, an ID that is not greater than the last is refused, and a server that has become
 * a replica refuses all. Any such answer ends the connection. What had been sent behind a refused
 * entry may have been taken all the same; an end of the log among those is a hole, and the log does
 * not go on.
 */
final class FeedWriter implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FeedWriter.class);

  private final RedisTarget target;
  private final RedisTimes times;
  private final FeedNames names;
  private final FeedTrim trim;
  private final FeedMeters meters;
  private final RandomGenerator random;
  private final Ticker ticker;

  private final Object lock = new Object();

  /* Guarded by the lock. */
  private @Nullable RedisPipe pipe;
  private @Nullable Known known;
  private Optional<FeedHead> lookedAt = Optional.empty();

  /** What this process knows of the log; outlives connections. */
  private static final class Known {
    final FeedHead head;

    /** The last entry Redis has acknowledged: its ID and where it ends. */
    Position acknowledgedId;

    Position acknowledged;

    /** The end of what has been sent, and the bytes of events up to there. */
    Position sent;

    long size;

    /** Entries sent and not answered, in order. */
    final Deque<FeedEntry> inDoubt = new ArrayDeque<>();

    /** IDs of entries that were sent behind one that was refused. */
    final Set<Position> misplaced = new HashSet<>();

    Known(FeedHead head, StreamEntry last) {
      this.head = head;
      this.acknowledgedId = last.entry().first();
      this.acknowledged = last.entry().last();
      this.sent = acknowledged;
      this.size = last.size();
    }
  }

  FeedWriter(
      RedisTarget target,
      RedisTimes times,
      FeedNames names,
      FeedTrim trim,
      FeedMeters meters,
      RandomGenerator random,
      Ticker ticker) {
    this.target = target;
    this.times = times;
    this.names = names;
    this.trim = trim;
    this.meters = meters;
    this.random = random;
    this.ticker = ticker;
  }

  Optional<FeedTail> tail() throws InterruptedException {
    try {
      return lookUp(connected());
    } catch (IOException away) {
      throw failed("cannot look up the end of the feed", away);
    }
  }

  Optional<FeedEntry> floor(Position place) throws InterruptedException {
    try {
      var reply =
          connected()
              .ask(
                  "XREVRANGE",
                  names.stream(place.epoch()),
                  StreamEntry.id(place),
                  "-",
                  "COUNT",
                  "1");
      return StreamEntry.readAll(place.epoch(), reply).stream().map(StreamEntry::entry).findFirst();
    } catch (IOException away) {
      throw failed("cannot read the feed", away);
    }
  }

  FeedTail begin(String lineage, long beforeMajor, String why) throws InterruptedException {
    try {
      return begin(connected(), lineage, beforeMajor, why);
    } catch (IOException away) {
      throw failed("cannot begin a feed", away);
    }
  }

  CompletionStage<Void> append(FeedEntry entry) {
    RedisPipe current;
    FeedEntry fresh;
    byte[] command;
    synchronized (lock) {
      var log = known;
      current = pipe;
      if (current == null || log == null || current.failure() != null) {
        meters.failures.increment();
        return refused("cannot append: not connected to " + target);
      }
      if (!log.head.epoch().equals(entry.first().epoch())) {
        meters.failures.increment();
        return refused("cannot append: another log has begun meanwhile");
      }
      var rest = entry.behind(log.sent);
      if (rest.isEmpty()) {
        return done(log);
      }
      fresh = rest.get();
      if (!fresh.previous().equals(log.sent)) {
        meters.failures.increment();
        return refused("an entry after " + fresh.previous() + " does not follow " + log.sent);
      }
      log.sent = fresh.last();
      log.size += fresh.changes().stream().mapToLong(change -> change.json().length).sum();
      log.inDoubt.add(fresh);
      command =
          new StreamEntry(fresh, Clock.systemUTC().millis(), log.size)
              .append(names.stream(log.head.epoch()), false);
    }
    var since = ticker.nanoTime();
    return current
        .send(command)
        .handle((reply, broken) -> {
          answered(current, fresh, reply, broken, since);
          return (Void) null;
        });
  }

  @Override
  public void close() {
    RedisPipe open;
    synchronized (lock) {
      open = pipe;
      pipe = null;
    }
    trim.stop();
    if (open != null) {
      open.close();
    }
  }

  /**
   * A repetition is done when everything before it is acknowledged, which may still be under way.
   */
  private CompletionStage<Void> done(Known log) {
    if (log.inDoubt.isEmpty()) {
      return CompletableFuture.completedFuture(null);
    }
    return refused("what this repeats is still under way");
  }

  /** Runs where answers are read; throws what the stage shall fail with. */
  private void answered(
      RedisPipe current,
      FeedEntry entry,
      @Nullable RedisReply reply,
      @Nullable Throwable broken,
      long since) {
    var refusal =
        broken != null
            ? String.valueOf(broken.getMessage())
            : switch (reply) {
              case RedisReply.Bulk _ -> null;
              case RedisReply.Nothing _ -> "the log is gone from Redis";
              case RedisReply.Failure(var text) -> text;
              case null, default -> "an answer that none is";
            };
    if (refusal != null) {
      meters.failures.increment();
      if (broken == null) {
        misplaced(entry);
        current.fail(refusal);
      }
      throw new FeedException("an append was not acknowledged: " + refusal, true);
    }
    synchronized (lock) {
      var log = known;
      if (log != null
          && !log.inDoubt.isEmpty()
          && log.inDoubt.element().first().equals(entry.first())) {
        log.inDoubt.removeFirst();
        log.acknowledgedId = entry.first();
        log.acknowledged = entry.last();
        trim.appended(entry.first(), ticker.nanoTime(), log.size);
      }
    }
    meters.entriesOut.increment();
    meters.changesOut.add(entry.changes().size());
    meters.bytesOut.add(entry.bytes());
    meters.latency.record(Duration.ofNanos(ticker.nanoTime() - since));
  }

  /** Redis refused this entry: those behind it are not to be believed, whatever becomes of them. */
  private void misplaced(FeedEntry refused) {
    synchronized (lock) {
      var log = known;
      if (log == null
          || log.inDoubt.stream().noneMatch(each -> each.first().equals(refused.first()))) {
        return;
      }
      while (!log.inDoubt.isEmpty()) {
        var each = log.inDoubt.removeFirst();
        if (!each.first().equals(refused.first())) {
          log.misplaced.add(each.first());
        }
      }
    }
  }

  /** The connection there is, or a new one to a server that says it is a master. */
  private RedisPipe connected() throws IOException, InterruptedException {
    synchronized (lock) {
      if (pipe != null && pipe.failure() == null) {
        return pipe;
      }
    }
    var fresh = RedisPipe.open(target, times, "rowcast-feed-write", ticker);
    try {
      var role = fresh.ask("ROLE").parts();
      if (role.isEmpty() || !role.getFirst().text().equals("master")) {
        throw new IOException("it is no master");
      }
    } catch (IOException | InterruptedException unusable) {
      fresh.fail(String.valueOf(unusable.getMessage()));
      throw unusable;
    }
    synchronized (lock) {
      pipe = fresh;
    }
    return fresh;
  }

  private Optional<FeedTail> lookUp(RedisPipe current) throws IOException, InterruptedException {
    var head = FeedHead.of(current, names);
    synchronized (lock) {
      lookedAt = head;
    }
    if (head.isEmpty()) {
      return Optional.empty();
    }
    var stream = names.stream(head.get().epoch());
    var entries =
        StreamEntry.readAll(
            head.get().epoch(), current.ask("XREVRANGE", stream, "+", "-", "COUNT", "1"));
    if (entries.isEmpty() || !continues(current, head.get(), entries.getFirst().entry())) {
      return Optional.empty();
    }
    var last = entries.getFirst();
    synchronized (lock) {
      known = new Known(head.get(), last);
    }
    trim.start(current, stream, last);
    return Optional.of(
        new FeedTail(last.entry().last(), head.get().lineage(), last.entry().receipt()));
  }

  /** Whether a log that ends so is the one we know, or goes on from it. */
  private boolean continues(RedisPipe current, FeedHead head, FeedEntry last)
      throws IOException, InterruptedException {
    Position ours;
    synchronized (lock) {
      var log = known;
      if (log == null) {
        return true;
      }
      if (!log.head.epoch().equals(head.epoch())) {
        return head.number() > log.head.number();
      }
      if (log.misplaced.contains(last.first())) {
        LOG.warn("entry {} stands behind one that Redis refused: the log has a hole", last.first());
        return false;
      }
      if (last.first().equals(log.acknowledgedId)
          || log.inDoubt.stream().anyMatch(each -> each.first().equals(last.first()))) {
        return true;
      }
      ours = log.acknowledgedId;
    }
    if (last.first().compareTo(ours) < 0) {
      LOG.warn("the log ends at {}, and {} had been acknowledged", last.last(), ours);
      return false;
    }
    return isThere(current, head, ours);
  }

  /** Whether an entry is still in the stream, or was trimmed with all before it. */
  private boolean isThere(RedisPipe current, FeedHead head, Position ours)
      throws IOException, InterruptedException {
    var stream = names.stream(head.epoch());
    var id = StreamEntry.id(ours);
    if (!current.ask("XRANGE", stream, id, id).parts().isEmpty()) {
      return true;
    }
    var oldest =
        StreamEntry.readAll(head.epoch(), current.ask("XRANGE", stream, "-", "+", "COUNT", "1"));
    return !oldest.isEmpty() && oldest.getFirst().entry().previous().compareTo(ours) >= 0;
  }

  private FeedTail begin(RedisPipe current, String lineage, long beforeMajor, String why)
      throws IOException, InterruptedException {
    // By the clock, it is greater as well than that of a log which this node has not heard of.
    var now = Clock.systemUTC().millis();
    var number = now;
    synchronized (lock) {
      if (known != null) {
        number = Math.max(number, known.head.number() + 1);
      }
    }
    var _ = current.ask("WATCH", names.head()).text();
    var before = FeedHead.of(current, names);
    synchronized (lock) {
      if (!before.equals(lookedAt)) {
        throw new IOException("another node has just begun one");
      }
    }
    number = Math.max(number, before.map(FeedHead::number).orElse(0L) + 1);
    var head = new FeedHead(HexFormat.of().toHexDigits(random.nextLong()), number, lineage);
    var start = new Position(head.epoch(), beforeMajor, 1);
    var beginning = new StreamEntry(new FeedEntry(start, start, "", List.of()), now, 0);
    var commands = new ArrayList<byte[]>();
    commands.add(RespSocket.command("MULTI"));
    before.ifPresent(old -> commands.add(RespSocket.command("UNLINK", names.stream(old.epoch()))));
    commands.add(beginning.append(names.stream(head.epoch()), true));
    commands.add(RespSocket.command("DEL", names.head()));
    commands.add(
        RespSocket.command(
            "HSET",
            names.head(),
            "epoch",
            head.epoch(),
            "number",
            Long.toString(number),
            "lineage",
            lineage,
            "reason",
            why));
    commands.add(RespSocket.command("EXEC"));
    var executed = current.askAll(commands).getLast();
    if (executed instanceof RedisReply.Nothing) {
      throw new IOException("another node has just begun one");
    }
    for (var each : executed.parts()) {
      var _ = each.text();
    }
    meters.epochs.increment();
    LOG.warn(
        "the feed begins anew at {} ({}); readers of an earlier one are told to reload",
        start,
        why);
    synchronized (lock) {
      known = new Known(head, beginning);
      lookedAt = Optional.of(head);
    }
    trim.start(current, names.stream(head.epoch()), beginning);
    return new FeedTail(start, lineage, "");
  }

  private FeedException failed(String what, IOException cause) {
    return new FeedException(what + ": " + target + ": " + cause.getMessage(), true, cause);
  }

  private static CompletionStage<Void> refused(String why) {
    return CompletableFuture.failedFuture(new FeedException(why, true));
  }
}
