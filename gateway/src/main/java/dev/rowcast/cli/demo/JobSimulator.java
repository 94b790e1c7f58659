package dev.rowcast.cli.demo;

import dev.rowcast.base.Backoff;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A small Rodan at work: begins workflow runs, moves their jobs on, and ends them, a change or two
 * a second, each in a transaction of its own.
 *
 * <p>One virtual thread between {@link #start} and {@link #close}, both called once by one thread.
 *
 * <p>All its knowledge is in the database, so it goes on after a restart of either. It adopts runs
 * that a person inserted without jobs. About one transaction in ten is rolled back, to show that
 * nothing of it is heard. The tables stay small: ended runs beyond {@link #KEPT} are removed.
 */
final class JobSimulator implements AutoCloseable {
  /** How many ended runs are kept. */
  static final int KEPT = 8;

  private static final Logger LOG = LoggerFactory.getLogger(JobSimulator.class);
  private static final int AT_ONCE = 4;
  private static final int REMOVED_AT_ONCE = 20;
  private static final long PAUSE_MILLIS = 700;
  private static final List<String> NAMES =
      List.of(
          "Folio 12r",
          "Folio 12v",
          "Folio 13r",
          "Folio 77v",
          "Page 604",
          "Page 605",
          "Gradual, Advent I",
          "Kyrie IV",
          "Hymnal, quire 3");
  private static final List<String> CREATORS = List.of("ana", "deepa", "gabriel", "yun");

  private final Connections.Opener opener;
  private final RandomGenerator random;
  private final Backoff backoff;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final Thread thread =
      Thread.ofVirtual().name("demo-simulator").unstarted(this::runUntilStopped);

  JobSimulator(Connections.Opener opener, RandomGenerator random) {
    this.opener = opener;
    this.random = random;
    this.backoff = new Backoff(Duration.ofMillis(250), Duration.ofSeconds(5), random);
  }

  void start() {
    thread.start();
  }

  /** Ends the work; a transaction under way is finished first. */
  @Override
  public void close() {
    stopped.countDown();
    if (thread.getState() == Thread.State.NEW) {
      return;
    }
    try {
      if (!thread.join(Duration.ofSeconds(5))) {
        thread.interrupt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void runUntilStopped() {
    while (stopped.getCount() > 0) {
      try (var connection = opener.open()) {
        connection.setAutoCommit(false);
        work(connection);
      } catch (SQLException | RuntimeException e) {
        var pause = backoff.next();
        LOG.warn("The simulator lost the database ({}), again in {}.", e.getMessage(), pause);
        isStoppedAfter(pause.toMillis());
      }
    }
  }

  private void work(Connection connection) throws SQLException {
    do {
      step(connection);
      backoff.reset();
    } while (!isStoppedAfter(PAUSE_MILLIS / 2 + random.nextLong(PAUSE_MILLIS)));
  }

  /** One transaction. */
  void step(Connection connection) throws SQLException {
    if (random.nextInt(10) == 0) {
      begin(connection, "Rolled back");
      connection.rollback();
      return;
    }
    var unplanned = unplanned(connection);
    if (unplanned.isPresent()) {
      DemoDatabase.update(connection, Sql.PLAN_JOBS, unplanned.get());
    } else if (unfinished(connection) < AT_ONCE && random.nextInt(3) == 0) {
      begin(connection, NAMES.get(random.nextInt(NAMES.size())));
    } else {
      advance(connection);
    }
    DemoDatabase.update(connection, Sql.TRIM_RUNS, KEPT, REMOVED_AT_ONCE);
    connection.commit();
  }

  private void begin(Connection connection, String name) throws SQLException {
    try (var insert = connection.prepareStatement(Sql.INSERT_RUN.text())) {
      insert.setString(1, name);
      insert.setString(2, CREATORS.get(random.nextInt(CREATORS.size())));
      try (var result = insert.executeQuery()) {
        if (result.next()) {
          DemoDatabase.update(connection, Sql.PLAN_JOBS, result.getObject(1, UUID.class));
        } else {
          restoreSeed(connection); // somebody deleted every project
        }
      }
    }
  }

  private static void restoreSeed(Connection connection) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(Sql.SEED.text());
    }
  }

  private static Optional<UUID> unplanned(Connection connection) throws SQLException {
    try (var query = connection.prepareStatement(Sql.UNPLANNED_RUN.text());
        var result = query.executeQuery()) {
      return result.next() ? Optional.of(result.getObject(1, UUID.class)) : Optional.empty();
    }
  }

  private static long unfinished(Connection connection) throws SQLException {
    try (var query = connection.prepareStatement(Sql.UNFINISHED_RUNS.text());
        var result = query.executeQuery()) {
      return result.next() ? result.getLong(1) : 0;
    }
  }

  private void advance(Connection connection) throws SQLException {
    try (var query = connection.prepareStatement(Sql.NEXT_JOB.text());
        var result = query.executeQuery()) {
      if (!result.next()) {
        return;
      }
      var job = result.getObject(1, UUID.class);
      var run = result.getObject(4, UUID.class);
      var then = next(RunStatus.of(result.getInt(2)), result.getBoolean(3));
      DemoDatabase.update(connection, Sql.JOB_STATUS, then.number(), job);
      if (then == RunStatus.FAILED) {
        DemoDatabase.update(connection, Sql.CANCEL_JOBS, run);
      }
      var ofRun = then == RunStatus.FINISHED && !result.getBoolean(6) ? RunStatus.PROCESSING : then;
      if (ofRun.number() != result.getInt(5)) {
        DemoDatabase.update(connection, Sql.RUN_STATUS, ofRun.number(), run);
      }
      if (ofRun == RunStatus.FINISHED) {
        DemoDatabase.update(connection, Sql.KEEP_RESULT, run);
      }
    }
  }

  private RunStatus next(RunStatus now, boolean isInteractive) {
    if (now == RunStatus.SCHEDULED) {
      return isInteractive ? RunStatus.WAITING : RunStatus.PROCESSING;
    }
    return random.nextInt(40) == 0 ? RunStatus.FAILED : RunStatus.FINISHED;
  }

  private boolean isStoppedAfter(long millis) {
    try {
      return stopped.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      stopped.countDown();
      return true;
    }
  }
}
