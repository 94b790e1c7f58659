package dev.rowcast.relay;

import dev.rowcast.base.Ticker;
import dev.rowcast.capture.BatchHandler;
import dev.rowcast.change.CapturedBatch;
import dev.rowcast.change.CommittedTransaction;
import dev.rowcast.feed.Feed;
import dev.rowcast.feed.FeedChange;
import dev.rowcast.feed.FeedEntry;
import dev.rowcast.feed.FeedTail;
import dev.rowcast.message.Position;
import dev.rowcast.routing.EventFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Appends the row changes of each captured batch to the feed, beside what becomes of it otherwise,
 * and returns when both are acknowledged.
 *
 * <p>Confined to the capture's thread.
 *
 * <p>Appends are pipelined, a bounded number and amount of them unacknowledged. What the feed has
 * already is left out, by position, so a batch that is brought again adds only what was missing. At
 * a failure nothing more is sent, and it is reported only when every append has been answered.
 *
 * <p>By triggers every entry carries the batch's receipt, and the first one is waited for before
 * the rest is sent. It fixes of which rows the batch of this number is made; of two leaders who
 * took different rows for it, one being deposed, only one gets it in, and the other must not have
 * sent anything behind it.
 *
 * <p>By the log the last entry of a batch says up to which place the log was taken, and a batch
 * that adds no change and moves that place on leaves an entry without any, just before it. So
 * PostgreSQL is never told of a place that the feed does not know of, and a leader that finds less
 * in the feed than was confirmed knows that it lacks something.
 *
 * <p>Where an entry ends depends on nothing but the changes from its beginning on, so two nodes cut
 * the same changes in the same way.
 */
public final class FeedRelay implements BatchHandler {
  private static final Logger LOG = LoggerFactory.getLogger(FeedRelay.class);

  /** An entry is full with so many changes, or so many bytes. Part of the format: see FEED.md. */
  static final int MAX_CHANGES = 1000;

  static final int MAX_BYTES = 256 * 1024;

  private final Feed feed;
  private final BatchHandler beside;
  private final Ticker ticker;
  private final SharedHistory history;
  private final EventFormat format = new EventFormat();

  /** Where the log ends; null when it has to be looked up. */
  private @Nullable FeedTail tail;

  /** Also hands each batch to {@code beside}, while the appends are under way. */
  public FeedRelay(Feed feed, BatchHandler beside, Ticker ticker) {
    this.feed = feed;
    this.beside = beside;
    this.ticker = ticker;
    this.history = new SharedHistory(feed);
  }

  @Override
  public void lead(String epoch, long confirmed, long end) throws InterruptedException {
    tail = null;
    var found = feed.tail();
    var objection = objection(found, epoch);
    if (objection.isEmpty()) {
      objection = history.objection(found.orElseThrow(), confirmed, end);
    }
    tail = objection.isEmpty() ? found.orElseThrow() : begin(epoch, confirmed, objection.get());
  }

  @Override
  public Optional<String> resume(String epoch, long next) throws InterruptedException {
    tail = null;
    var end = end(epoch, next, true);
    return end.last().major() == next && !end.receipt().isEmpty()
        ? Optional.of(end.receipt())
        : Optional.empty();
  }

  @Override
  public void handle(CapturedBatch batch) throws InterruptedException {
    var isCounted = !batch.receipt().isEmpty();
    var deadline = ticker.nanoTime() + Relay.DEADLINE.toNanos();
    var end = end(batch.epoch(), firstMajor(batch), isCounted);
    tail = null;
    if (!isCounted) {
      var contradiction = history.contradiction(end, batch);
      if (contradiction.isPresent()) {
        end = begin(batch.epoch(), firstMajor(batch), contradiction.get());
      }
    }
    var flight = new Flight(ticker, deadline);
    var load = new Load(end, batch.receipt(), flight);
    try {
      load.append(batch);
      if (flight.failure() == null) {
        beside.handle(batch);
      }
    } finally {
      flight.land();
    }
    var failure = flight.failure();
    if (failure != null) {
      throw new RelayException(
          "batch "
              + Long.toUnsignedString(batch.number())
              + " was not appended to the feed: "
              + failure.getMessage(),
          failure);
    }
    tail = new FeedTail(load.last, batch.epoch(), load.told);
  }

  private static long firstMajor(CapturedBatch batch) {
    return batch.transactions().isEmpty()
        ? batch.number()
        : batch.transactions().getFirst().major();
  }

  /**
   * Where the log ends that this goes on with; begins another where that would not be proven.
   *
   * @param isCounted whether majors grow one by one, so that a log which ends earlier lacks
   *     something that PostgreSQL has been told is there
   */
  private FeedTail end(String lineage, long major, boolean isCounted) throws InterruptedException {
    var known = tail;
    var end = known != null ? Optional.of(known) : feed.tail();
    var objection = objection(end, lineage);
    if (objection.isEmpty() && isCounted) {
      objection = objection(end.orElseThrow().last().major(), major);
    }
    return objection.isEmpty() ? end.orElseThrow() : begin(lineage, major, objection.get());
  }

  private FeedTail begin(String lineage, long major, String why) throws InterruptedException {
    LOG.info("the feed cannot go on: {}", why);
    history.begin();
    return feed.begin(lineage, major - 1, why);
  }

  private static Optional<String> objection(Optional<FeedTail> end, String lineage) {
    if (end.isEmpty()) {
      return Optional.of("Redis does not have the log that is gone on with");
    }
    return end.get().lineage().equals(lineage)
        ? Optional.empty()
        : Optional.of("what is captured has another history");
  }

  /** What speaks against a log that ends in batch {@code last} when the next one is this. */
  private static Optional<String> objection(long last, long major) {
    if (Long.compareUnsigned(last, major - 1) < 0) {
      return Optional.of(
          "the log ends at batch "
              + Long.toUnsignedString(last)
              + " and the next one is "
              + Long.toUnsignedString(major));
    }
    if (Long.compareUnsigned(last, major) > 0) {
      return Optional.of(
          "the log has batch "
              + Long.toUnsignedString(last)
              + " already and the database is at "
              + Long.toUnsignedString(major));
    }
    return Optional.empty();
  }

  /** The appends of one batch. */
  private final class Load {
    private final String receipt;
    private final Flight flight;
    private final List<FeedChange> changes = new ArrayList<>();
    private Position last;
    private String told;
    private long major;
    private int bytes;
    private boolean isFirst = true;

    Load(FeedTail end, String receipt, Flight flight) {
      this.last = end.last();
      this.told = end.receipt();
      this.receipt = receipt;
      this.flight = flight;
    }

    void append(CapturedBatch batch) throws InterruptedException {
      for (var transaction : batch.transactions()) {
        if (transaction.major() != major) {
          send(receipt);
          major = transaction.major();
        }
        add(transaction);
      }
      if (receipt.isEmpty()) {
        close(batch);
      } else {
        send(receipt);
        if (last.major() != batch.number()) {
          send(new FeedEntry(last, place(batch.number()), receipt, List.of()));
        }
      }
    }

    /** By the log: says up to which place this batch took it, in its last entry or one more. */
    private void close(CapturedBatch batch) throws InterruptedException {
      var taken = Long.toUnsignedString(batch.number());
      send(Long.compareUnsigned(batch.number(), major) > 0 ? taken : "");
      var covered = SharedHistory.covered(new FeedTail(last, batch.epoch(), told));
      if (Long.compareUnsigned(batch.number(), covered) > 0) {
        send(new FeedEntry(last, place(batch.number() - 1), taken, List.of()));
      }
    }

    private Position place(long number) {
      return new Position(last.epoch(), number, 0);
    }

    private void add(CommittedTransaction transaction) throws InterruptedException {
      var all = transaction.changes();
      var end = EventFormat.lastEvent(all);
      for (int i = 0; i <= end; i++) {
        var position =
            new Position(last.epoch(), transaction.major(), transaction.firstMinor() + i);
        if (position.compareTo(last) > 0 && EventFormat.isEvent(all.get(i))) {
          var json = format.write(all.get(i), position, transaction, i == end);
          add(position, json.orElseThrow());
        }
      }
    }

    private void add(Position position, byte[] json) throws InterruptedException {
      if (changes.size() >= MAX_CHANGES || bytes >= MAX_BYTES) {
        send(receipt);
      }
      changes.add(new FeedChange(position.minor(), format.type(), format.table(), json));
      bytes += json.length;
    }

    private void send(String with) throws InterruptedException {
      if (!changes.isEmpty()) {
        var first = new Position(last.epoch(), major, changes.getFirst().minor());
        send(new FeedEntry(last, first, with, changes));
        changes.clear();
        bytes = 0;
      }
    }

    private void send(FeedEntry entry) throws InterruptedException {
      var size = bytes;
      if (!flight.board(size)) {
        return;
      }
      feed.append(entry).whenComplete((_, failure) -> flight.leave(size, failure));
      last = entry.last();
      told = entry.receipt();
      if (isFirst && !receipt.isEmpty()) {
        flight.land();
      }
      isFirst = false;
    }
  }
}
