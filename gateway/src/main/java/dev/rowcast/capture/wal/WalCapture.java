package dev.rowcast.capture.wal;

import dev.rowcast.base.Backoff;
import dev.rowcast.base.Ticker;
import dev.rowcast.capture.BatchHandler;
import dev.rowcast.capture.Capture;
import dev.rowcast.capture.CaptureException;
import dev.rowcast.capture.Gathering;
import dev.rowcast.capture.Situation;
import dev.rowcast.change.CapturedBatch;
import dev.rowcast.observe.Health;
import dev.rowcast.observe.Metrics;
import dev.rowcast.postgres.Database;
import dev.rowcast.postgres.DatabaseException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Captures by reading PostgreSQL's log through one slot for the whole cluster.
 *
 * <p>{@link #run} is confined to its thread; {@link #close} is thread-safe.
 *
 * <p>Who holds the slot leads: PostgreSQL lets one session read it. The others look now and then
 * whether it is free. Two threads work in a leader, this one and the {@link WalReader}'s, so that
 * PostgreSQL is answered while a batch is being delivered.
 *
 * <p>A batch is all that was read since the last one, bounded. It is confirmed when the handler has
 * returned; a batch that could not be delivered is handed over again, in the same form, for as long
 * as this node leads. Where PostgreSQL writes and nothing of it is for us, a batch without changes
 * is handed over now and then: nothing is confirmed that the handler has not been told of, so that
 * the next leader can hold what was confirmed against what was kept.
 *
 * <p>An epoch names one slot's unbroken log. It ends, with an alarm in log and readiness, when the
 * slot was dropped or invalidated, when the publication was dropped or made again (what is written
 * without it is not sent), and when the server's log turns out not to go on from what was delivered
 * ({@link Continuity}). A slot that is made anew always stands for a new epoch.
 */
public final class WalCapture implements Capture {
  private static final Logger log = LoggerFactory.getLogger(WalCapture.class);
  private static final Duration SHORTEST_GATHER = Duration.ofMillis(1);
  private static final Duration LONGEST_GATHER = Duration.ofMillis(10);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(3);
  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final Duration PASSING = Duration.ofSeconds(5);
  private static final long PASSED_AT_ONCE = 16L << 20;

  private final Database database;
  private final WalSettings settings;
  private final Situation situation;
  private final Ticker ticker;
  private final RandomGenerator random;
  private final Retained retained;
  private final Counters counters;
  private final Continuity continuity = new Continuity();
  private final Backoff reconnecting;
  private final Backoff redelivering;
  private final VisiblePlace visible;
  private final CountDownLatch closing = new CountDownLatch(1);
  private long confirmed = Lsn.NONE;
  private long confirmedAt;
  private volatile boolean leading;
  private volatile @Nullable Handover current;

  public WalCapture(
      Database database,
      WalSettings settings,
      Health health,
      Metrics metrics,
      Ticker ticker,
      RandomGenerator random) {
    this.database = database;
    this.settings = settings;
    this.situation = new Situation(health, log, "this node reads the log of " + database.url());
    this.ticker = ticker;
    this.random = random;
    this.retained = new Retained(settings.warnRetained(), metrics, ticker);
    this.counters = new Counters(metrics);
    this.reconnecting = new Backoff(FIRST_PAUSE, LONGEST_PAUSE, random);
    this.redelivering = new Backoff(FIRST_PAUSE, LONGEST_PAUSE, random);
    this.visible = new VisiblePlace(database);
    metrics.gauge(
        "rowcast.capture.leader", "1 on the node that captures, else 0", () -> leading ? 1 : 0);
  }

  /**
   * Makes the slot that an installed WAL capture still lacks, so that nothing is missed from here
   * on; does nothing when it has one.
   *
   * @throws SQLException when the role may not, or no slot is free
   */
  public static void makeSlot(Database database) throws SQLException {
    try (var keeper = SlotKeeper.open(database)) {
      keeper.establish();
    }
  }

  @Override
  public void run(BatchHandler handler) throws InterruptedException {
    while (!isClosed()) {
      try (var keeper = SlotKeeper.open(database)) {
        attend(keeper, handler);
      } catch (SQLException | DatabaseException | CaptureException failure) {
        if (Thread.interrupted()) {
          throw new InterruptedException("the capture was interrupted");
        }
        if (!isClosed()) {
          failed(failure);
          pause(reconnecting.next());
        }
      } catch (RuntimeException bug) {
        log.error("capture: this is a bug of Rowcast; reading goes on where it was confirmed", bug);
        failed(bug);
        pause(reconnecting.next());
      }
    }
  }

  /** Stands by, leads, stands by again, over one connection. */
  private void attend(SlotKeeper keeper, BatchHandler handler)
      throws SQLException, InterruptedException {
    while (!isClosed()) {
      var slot = keeper.look();
      if (isReady(keeper, slot)) {
        if (slot.active() || !lead(keeper, slot, handler)) {
          reconnecting.reset();
          situation.standsBy();
          pause(withJitter(settings.standby()));
        }
      }
    }
  }

  /** Whether the slot can be read; if not, does the next thing towards it. */
  private boolean isReady(SlotKeeper keeper, SlotKeeper.Slot slot) throws SQLException {
    if (slot.inRecovery()) {
      throw refusal("it is a standby; name the primary in database.url");
    }
    if (!slot.slotOurs()) {
      throw refusal(
          "the slot "
              + slot.name()
              + " belongs to another database or another plugin; choose another capture.wal.slot");
    }
    if (!slot.established()) {
      if (!slot.published()) {
        throw refusal(
            "the publication "
                + slot.publication()
                + " is not the one that was installed: run `rowcast migrate apply`");
      }
      keeper.establish();
      return false;
    }
    if (!slot.published()) {
      abandon(keeper, slot, "the publication " + slot.publication() + " was dropped");
      return false;
    }
    if (!slot.exists() || slot.slotLost()) {
      abandon(
          keeper,
          slot,
          slot.exists()
              ? "PostgreSQL invalidated the slot " + slot.name() + " (max_slot_wal_keep_size?)"
              : "the slot " + slot.name() + " was dropped");
      return false;
    }
    return true;
  }

  private void abandon(SlotKeeper keeper, SlotKeeper.Slot slot, String why) throws SQLException {
    keeper.abandon(slot.epoch());
    counters.epochs.increment();
    log.error(
        "ALARM: {}: changes committed since are not captured; a new epoch begins, and clients must"
            + " read their data anew",
        why);
  }

  /** Reads the slot until it is lost or this is closed; false when another node has it. */
  private boolean lead(SlotKeeper keeper, SlotKeeper.Slot slot, BatchHandler handler)
      throws SQLException, InterruptedException {
    var handover = new Handover(settings.queued().bytes(), settings.batchChanges());
    try (var reader = WalReader.open(database, handover, ticker)) {
      var fork = continuity.judge(slot.epoch(), reader.server(), reader::history);
      if (fork.isPresent()) {
        keeper.fork(slot.epoch());
        counters.epochs.increment();
        log.error(
            "ALARM: the log of {} does not go on from what was delivered: {}; a new epoch begins,"
                + " and clients must read their data anew",
            database.url(),
            fork.get());
        return true;
      }
      if (!reader.start(slot, settings)) {
        return false;
      }
      // Between the look and the start another node may have found the slot lost and made it anew,
      // and delivered more than was confirmed then.
      var held = keeper.look();
      if (!held.epoch().equals(slot.epoch())) {
        return true;
      }
      continuity.reads(held.epoch(), reader.server());
      leading = true;
      current = handover;
      if (begin(held, handover, handler)) {
        deliverAll(keeper, held, handover, handler);
      }
      return true;
    } finally {
      leading = false;
      current = null;
      retained.unknown();
    }
  }

  /** Tells the handler that this node leads; false when this was closed meanwhile. */
  private boolean begin(SlotKeeper.Slot slot, Handover handover, BatchHandler handler)
      throws SQLException, InterruptedException {
    confirmed = slot.confirmed();
    confirmedAt = ticker.nanoTime();
    while (!isClosed()) {
      try {
        handler.lead(slot.epoch(), slot.confirmed(), slot.end());
        redelivering.reset();
        return true;
      } catch (RuntimeException unknown) {
        undelivered(unknown, handover);
      }
    }
    return false;
  }

  private void deliverAll(
      SlotKeeper keeper, SlotKeeper.Slot slot, Handover handover, BatchHandler handler)
      throws SQLException, InterruptedException {
    leads();
    var gathering = new Gathering(ticker, 1, SHORTEST_GATHER, LONGEST_GATHER);
    while (!isClosed()) {
      if (retained.isDue() && !isStill(keeper, slot)) {
        return;
      }
      var parts = handover.take(LOOK);
      reconnecting.reset();
      if (!parts.isEmpty()) {
        var taken = ticker.nanoTime();
        deliver(slot.epoch(), handover, parts, handler);
        var took = Duration.ofNanos(ticker.nanoTime() - taken);
        handover.pause(gathering.afterBatch(handover.isFull(), took));
      } else if (isPassing(handover)) {
        pass(slot.epoch(), handover, handler);
      }
      if (!isClosed()) {
        leads();
      }
    }
  }

  private boolean isStill(SlotKeeper keeper, SlotKeeper.Slot slot) throws SQLException {
    var now = keeper.look();
    retained.measured(now.retained());
    return now.epoch().equals(slot.epoch()) && now.published();
  }

  private void deliver(
      String epoch, Handover handover, List<TransactionPart> parts, BatchHandler handler)
      throws SQLException, InterruptedException {
    var end = confirmed;
    for (var part : parts) {
      end = Lsn.later(end, part.endLsn());
    }
    var batch =
        new CapturedBatch(epoch, end, parts.stream().map(TransactionPart::transaction).toList());
    if (handOver(batch, handover, handler)) {
      handover.confirm(parts);
      visible.delivered(epoch, batch.transactions());
      counters.batches.increment();
      batch.transactions().forEach(part -> counters.changes.add(part.changes().size()));
    }
  }

  /**
   * Whether the log has gone on without us for so long, or so far, that this is to be confirmed.
   */
  private boolean isPassing(Handover handover) {
    var passed = handover.passed();
    return Lsn.isAfter(passed, confirmed)
        && (ticker.nanoTime() - confirmedAt >= PASSING.toNanos()
            || passed - confirmed >= PASSED_AT_ONCE);
  }

  private void pass(String epoch, Handover handover, BatchHandler handler)
      throws SQLException, InterruptedException {
    var batch = new CapturedBatch(epoch, handover.passed(), List.of());
    if (handOver(batch, handover, handler)) {
      handover.confirm(batch.number());
    }
  }

  /** Hands a batch over until it is delivered; false when this was closed before. */
  private boolean handOver(CapturedBatch batch, Handover handover, BatchHandler handler)
      throws SQLException, InterruptedException {
    while (true) {
      try {
        handler.handle(batch);
        break;
      } catch (RuntimeException undelivered) {
        undelivered(undelivered, handover);
        if (isClosed()) {
          return false;
        }
      }
    }
    redelivering.reset();
    continuity.delivered(batch.number());
    confirmed = batch.number();
    confirmedAt = ticker.nanoTime();
    return true;
  }

  private void undelivered(RuntimeException failure, Handover handover)
      throws SQLException, InterruptedException {
    counters.failures.increment();
    situation.isStuck(failure);
    handover.pause(redelivering.next());
  }

  private void leads() {
    if (retained.isWorrying()) {
      situation.lags(retained.toString());
    } else {
      situation.leads();
    }
  }

  private void failed(Exception failure) {
    counters.losses.increment();
    situation.isDown(failure);
  }

  private CaptureException refusal(String why) {
    return new CaptureException(
        "the log of " + database.url() + " cannot be read: " + why,
        true,
        new IllegalStateException(why));
  }

  private Duration withJitter(Duration duration) {
    return duration.plusNanos(random.nextLong(duration.toNanos() / 5 + 1));
  }

  private void pause(Duration duration) throws InterruptedException {
    var _ = closing.await(duration.toNanos(), TimeUnit.NANOSECONDS);
  }

  private boolean isClosed() {
    return closing.getCount() == 0;
  }

  @Override
  public void close() {
    closing.countDown();
    visible.close();
    var handover = current;
    if (handover != null) {
      handover.end();
    }
  }

  /** What is counted. */
  private static final class Counters {
    final LongAdder batches;
    final LongAdder changes;
    final LongAdder failures;
    final LongAdder losses;
    final LongAdder epochs;

    Counters(Metrics metrics) {
      batches = metrics.counter("rowcast.capture.batches", "Batches delivered and confirmed");
      changes = metrics.counter("rowcast.capture.changes", "Changes delivered and confirmed");
      failures = metrics.counter("rowcast.capture.redeliveries", "Batches put back undelivered");
      losses = metrics.counter("rowcast.capture.losses", "Times the database could not be used");
      epochs = metrics.counter("rowcast.capture.epochs", "New epochs: continuity was not proven");
    }
  }
}
