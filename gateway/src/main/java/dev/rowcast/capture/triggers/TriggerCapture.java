package dev.rowcast.capture.triggers;

import dev.rowcast.base.Backoff;
import dev.rowcast.base.Ticker;
import dev.rowcast.capture.BatchHandler;
import dev.rowcast.capture.Capture;
import dev.rowcast.capture.CaptureException;
import dev.rowcast.capture.Situation;
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
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Learns what was committed from the outbox that our triggers fill.
 *
 * <p>{@link #run} is confined to the capture's thread; {@link #close} is thread-safe.
 *
 * <h2>One leader</h2>
 *
 * A session advisory lock elects it. The others ask again every two seconds, in a transaction that
 * ends at once. Lock, batch transaction and commit are on one connection, so a commit that succeeds
 * proves that we still led; and the server ends the session of a leader that has fallen silent (see
 * {@code session.sql}), so that a stopped process does not lead for ever.
 *
 * <h2>At least once, in order</h2>
 *
 * A batch is deleted from the outbox and its number counted in one transaction, which is committed
 * when the handler has returned. Anything else leaves the rows where they were, and they come
 * again, in the same order, with the same number. Other rows may have become visible meanwhile; so
 * when some of the batch was delivered where places matter (the feed), its receipt lies there, and
 * the batch is made of exactly those rows again. There is no place to go on from that is
 * remembered: sequence numbers become visible out of order, so each look takes what is there, from
 * the start.
 *
 * <h2>Who wakes whom</h2>
 *
 * NOTIFY takes a lock of the whole database until the commit is done, so writers must not send one
 * while the leader looks anyway. The leader holds advisory lock 2 exclusively while it sleeps. A
 * trigger asks for that lock shared, without waiting: if it gets it (until the end of its
 * transaction), the leader is awake and nothing is sent; if not, the leader sleeps and it sends
 * NOTIFY. Why nothing is missed:
 *
 * <ol>
 *   <li><em>A transaction that decided not to notify</em> holds the lock shared until it ends, and
 *       PostgreSQL makes a transaction's rows visible before it releases its locks. The leader
 *       falls asleep only when it has got the lock exclusively, hence when every such transaction
 *       has ended; and it takes its last look before sleeping <em>after</em> that, with a snapshot
 *       newer than the lock. So the rows are in that look or in an earlier one. While such a
 *       transaction is open the leader cannot get the lock: it tries, never waits (a waiting
 *       exclusive request would make the triggers' attempts fail), and goes on looking. A row
 *       committed late by a transaction that was open long before is found by such a look.
 *   <li><em>A transaction that decided to notify</em> did so while the leader held the lock. LISTEN
 *       was committed before the leader first took the lock, so the notification will arrive. If
 *       the leader is awake by then, one look is made for nothing. It cannot be taken for old: what
 *       the driver has received when a look begins comes from transactions visible to that look,
 *       since PostgreSQL sends notifications only between transactions and only of committed ones,
 *       and what arrives later is seen before or during the wait.
 *   <li><em>A transaction that may not notify</em> ({@code rowcast.notify = off}, two-phase commit)
 *       is found by the look that a sleeping leader takes every two seconds.
 *   <li><em>No leader at all</em>: nobody holds lock 2, writers send nothing, and a new leader
 *       begins awake.
 * </ol>
 *
 * A woken leader gives the lock back before it looks: in the other order every writer of the
 * meantime would still pay for a NOTIFY. Nothing depends on that order but the cost, since what
 * commits after the look is covered by the cases above.
 *
 * <p>The session runs at READ COMMITTED whatever the role's default is: the argument needs a new
 * snapshot after each lock.
 */
public final class TriggerCapture implements Capture {
  private static final Logger log = LoggerFactory.getLogger(TriggerCapture.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  // Shorter than idle_session_timeout, and so short that a take-over stays within 5 s.
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(3);

  private final Database database;
  private final OutboxSettings settings;
  private final Situation situation;
  private final Ticker ticker;
  private final RandomGenerator random;
  private final Backlog backlog;
  private final Counters counters;
  private final Lineage lineage = new Lineage();
  private final Backoff reconnecting;
  private final Backoff redelivering;
  private volatile boolean leading;

  private final CountDownLatch closing = new CountDownLatch(1);
  private final ReentrantLock waitLock = new ReentrantLock();
  private @Nullable OutboxSession waiting;

  public TriggerCapture(
      Database database,
      OutboxSettings settings,
      Health health,
      Metrics metrics,
      Ticker ticker,
      RandomGenerator random) {
    this.database = database;
    this.settings = settings;
    this.situation =
        new Situation(health, log, "this node empties the outbox of " + database.url());
    this.ticker = ticker;
    this.random = random;
    this.backlog = new Backlog(settings, metrics, ticker);
    this.counters = new Counters(metrics);
    this.reconnecting = new Backoff(FIRST_PAUSE, LONGEST_PAUSE, random);
    this.redelivering = new Backoff(FIRST_PAUSE, LONGEST_PAUSE, random);
    metrics.gauge(
        "rowcast.capture.leader",
        "1 on the node that empties the outbox, else 0",
        () -> leading ? 1 : 0);
  }

  @Override
  public void run(BatchHandler handler) throws InterruptedException {
    while (!isClosed()) {
      try (var session = OutboxSession.open(database, settings)) {
        standBy(session);
        if (!isClosed()) {
          lead(session, handler);
        }
      } catch (SQLException | DatabaseException | CaptureException failure) {
        if (Thread.interrupted()) {
          throw new InterruptedException("the capture was interrupted");
        }
        if (!isClosed()) {
          failed(failure);
          pause(reconnecting.next());
        }
      } finally {
        leading = false;
        backlog.unknown();
      }
    }
  }

  /** Returns when this node leads, or when the capture is closed. */
  private void standBy(OutboxSession session) throws SQLException, InterruptedException {
    while (!isClosed() && !session.lead()) {
      reconnecting.reset();
      situation.standsBy();
      pause(withJitter(settings.idlePoll()));
    }
  }

  /** Empties the outbox until closed; every way to lose the leadership is an exception. */
  private void lead(OutboxSession session, BatchHandler handler)
      throws SQLException, InterruptedException {
    leading = true;
    var pace = new Pace(ticker);
    var look = Look.PLAIN;
    var unsure = true;
    while (!isClosed()) {
      if (unsure) {
        unsure = !resume(session, handler);
        continue;
      }
      counters.polls.increment();
      var looked = ticker.nanoTime();
      var batch =
          switch (look) {
            case PLAIN -> session.take();
            case BEFORE_SLEEP -> session.trySleepAndTake();
            case WOKEN -> session.wakeAndTake();
          };
      reconnecting.reset();
      if (batch.isEmpty()) {
        session.release();
        backlog.empty();
        leads();
        look = session.holdsSleepLock() ? sleep(session, look, pace) : rest(session, look, pace);
      } else {
        if (session.holdsSleepLock()) {
          session.wake();
        }
        unsure = !deliver(session, handler, batch);
        var took = Duration.ofNanos(ticker.nanoTime() - looked);
        restFor(session, pace.afterBatch(batch.full(), took));
        look = Look.PLAIN;
      }
    }
  }

  /**
   * Asks whether the batch to come was begun before; if so brings it again, of the same rows.
   *
   * @return whether the outbox can be looked into as usual
   */
  private boolean resume(OutboxSession session, BatchHandler handler)
      throws SQLException, InterruptedException {
    var counted = session.counted();
    List<Long> rows;
    try {
      rows =
          handler.resume(counted.nonce(), counted.batch() + 1).map(Receipt::read).orElse(List.of());
    } catch (RuntimeException unknown) {
      session.release();
      counters.failures.increment();
      situation.isStuck(unknown);
      pause(redelivering.next());
      return false;
    }
    if (rows.isEmpty()) {
      session.release();
      return true;
    }
    var batch = session.takeAgain(rows);
    if (batch.rows() == rows.size()) {
      return deliver(session, handler, batch);
    }
    session.release();
    fork(session, counted.nonce(), counted.batch() + 1);
    return false;
  }

  private void fork(OutboxSession session, String nonce, long number) throws SQLException {
    session.renewNonce(nonce);
    lineage.restart();
    counters.lineages.increment();
    log.warn(
        "batch number {} was given out before: the database went back in time (a failover to"
            + " a copy that lagged, or a restore); a new epoch begins",
        Long.toUnsignedString(number));
  }

  /**
   * Hands a batch over and confirms it; or puts it back and pauses, still the leader.
   *
   * @return whether it was confirmed
   */
  private boolean deliver(OutboxSession session, BatchHandler handler, OutboxBatch batch)
      throws SQLException, InterruptedException {
    if (backlog.isDue()) {
      backlog.measured(session.backlog(), batch.age());
    }
    var captured = batch.batch();
    switch (lineage.judge(captured.epoch(), captured.number())) {
      case CONTINUES -> {}
      case REPLACED -> {
        lineage.restart();
        counters.lineages.increment();
        log.warn("the outbox has another history than before: epoch {} begins", captured.epoch());
      }
      case FORKED -> {
        session.release();
        fork(session, captured.epoch(), captured.number());
        return false;
      }
    }
    try {
      handler.handle(captured);
    } catch (RuntimeException undelivered) {
      session.release();
      counters.failures.increment();
      situation.isStuck(undelivered);
      pause(redelivering.next());
      return false;
    }
    session.confirm();
    lineage.confirm(captured.epoch(), captured.number());
    redelivering.reset();
    counters.batches.increment();
    counters.changes.add(batch.changes());
    leads();
    return true;
  }

  /** Awake, and nothing found: pauses, or tries to sleep. */
  private Look rest(OutboxSession session, Look look, Pace pace) throws SQLException {
    if (look == Look.BEFORE_SLEEP) {
      restFor(session, pace.afterVainAttempt());
      return Look.BEFORE_SLEEP;
    }
    var lingering = pace.linger();
    if (lingering.isPresent()) {
      restFor(session, lingering.get());
      return Look.PLAIN;
    }
    return Look.BEFORE_SLEEP;
  }

  /** Asleep, and nothing found since: waits for a writer, or for the time to look by itself. */
  private Look sleep(OutboxSession session, Look look, Pace pace) throws SQLException {
    if (look == Look.BEFORE_SLEEP) {
      pace.asleep();
    }
    if (session.isNotified() || await(session, settings.idlePoll())) {
      pace.woken();
      counters.wakeUps.increment();
      return Look.WOKEN;
    }
    return Look.PLAIN;
  }

  private void restFor(OutboxSession session, Duration pause) throws SQLException {
    if (pause.isPositive()) {
      await(session, pause);
    }
  }

  /** Waits for a word from the server; {@link #close} ends the wait. */
  private boolean await(OutboxSession session, Duration timeout) throws SQLException {
    waitsOn(session);
    try {
      return !isClosed() && session.await(timeout);
    } finally {
      waitsOn(null);
    }
  }

  private void waitsOn(@Nullable OutboxSession session) {
    waitLock.lock();
    try {
      waiting = session;
    } finally {
      waitLock.unlock();
    }
  }

  private void leads() {
    if (backlog.isWorrying()) {
      situation.lags(backlog.toString());
    } else {
      situation.leads();
    }
  }

  private void failed(Exception failure) {
    counters.losses.increment();
    situation.isDown(failure);
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
    waitLock.lock();
    try {
      closing.countDown();
      var session = waiting;
      if (session != null) {
        session.cutShort();
      }
    } finally {
      waitLock.unlock();
    }
  }

  /** The three ways to look into the outbox. */
  private enum Look {
    PLAIN,
    /** Takes the sleep lock first, if it is free. */
    BEFORE_SLEEP,
    /** Gives the sleep lock back first. */
    WOKEN
  }

  /** What is counted. */
  private static final class Counters {
    final LongAdder polls;
    final LongAdder wakeUps;
    final LongAdder batches;
    final LongAdder changes;
    final LongAdder failures;
    final LongAdder losses;
    final LongAdder lineages;

    Counters(Metrics metrics) {
      polls = metrics.counter("rowcast.capture.polls", "Looks into the outbox");
      wakeUps = metrics.counter("rowcast.capture.wakeups", "Times a writer woke the leader");
      batches = metrics.counter("rowcast.capture.batches", "Batches delivered and confirmed");
      changes = metrics.counter("rowcast.capture.changes", "Changes delivered and confirmed");
      failures = metrics.counter("rowcast.capture.redeliveries", "Batches put back undelivered");
      losses = metrics.counter("rowcast.capture.losses", "Times the database could not be used");
      lineages = metrics.counter("rowcast.capture.epochs", "New lineages of the batch counter");
    }
  }
}
