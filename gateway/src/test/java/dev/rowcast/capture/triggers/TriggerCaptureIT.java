package dev.rowcast.capture.triggers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.base.DataSize;
import dev.rowcast.capture.BatchHandler;
import dev.rowcast.change.CapturedBatch;
import dev.rowcast.change.CommittedTransaction;
import dev.rowcast.change.JsonText;
import dev.rowcast.change.RowChange;
import dev.rowcast.embedded.EmbeddedPostgres;
import dev.rowcast.observe.Health;
import dev.rowcast.testing.OutboxDatabase;
import dev.rowcast.testing.Writers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.PGConnection;

@Timeout(120)
final class TriggerCaptureIT {
  private static EmbeddedPostgres server;

  @BeforeAll
  static void startServer() {
    server = OutboxDatabase.server();
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @Test
  void committedWorkIsDeliveredAndUndoneWorkIsNot() throws Exception {
    var database = OutboxDatabase.create(server);
    try (var capture = RunningCapture.start(database.database());
        var connection = database.connect();
        var statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("INSERT INTO t VALUES (1, 'kept')");
      var savepoint = connection.setSavepoint();
      statement.execute("INSERT INTO t VALUES (2, 'undone')");
      connection.rollback(savepoint);
      statement.execute("UPDATE t SET v = 'more' WHERE id = 1");
      connection.commit();
      statement.execute("INSERT INTO t VALUES (3, 'undone')");
      connection.rollback();
      statement.execute("DELETE FROM t");
      statement.execute("SELECT rowcast.publish('news', '{\"n\": 1.0}')");
      statement.execute("TRUNCATE t");
      connection.commit();

      await().until(() -> capture.changes().size() == 5);

      assertThat(capture.changes())
          .extracting(change -> change.getClass().getSimpleName())
          .containsExactly("Inserted", "Updated", "Deleted", "Published", "Truncated");
      assertThat(capture.rows()).containsExactly("{\"v\": \"kept\", \"id\": 1}");
      assertThat(capture.changes().get(3))
          .isEqualTo(new RowChange.Published("news", "{\"n\": 1.0}"));
      await().until(() -> database.ask("SELECT count(*) FROM rowcast.outbox").equals("0"));
    }
  }

  @Test
  void changesOfARowKeepTheirOrderUnderEightWriters() throws Exception {
    var database = OutboxDatabase.empty(server);
    database.install();
    database.execute(Writers.TABLE, "CALL rowcast.capture('load_test', 'id')");
    var writers = new Writers(database::connect, 20, 7);
    var failures = new AtomicInteger();
    BatchHandler sometimesFails =
        batch -> {
          if (batch.number() % 50 == 7 && failures.getAndIncrement() % 2 == 0) {
            throw new IllegalStateException("a failure of the test's own");
          }
        };
    try (var capture =
        RunningCapture.start(database.database(), OutboxSettings.DEFAULTS, sometimesFails)) {
      writers.fill();
      writers.write(8, 250);

      await().atMost(Duration.ofSeconds(30)).until(() -> isDrained(database));

      assertThat(writers.committed()).isGreaterThan(2000);
      assertThat(writers.wrongs(seen(capture.changes()))).isEmpty();
    }
  }

  @Test
  void aLargeBacklogIsTakenInBatchesBoundedInRowsAndBytes() throws Exception {
    var database = OutboxDatabase.create(server);
    database.execute(
        "SELECT rowcast.publish('c', to_jsonb(i)) FROM generate_series(1, 5000) i",
        "SELECT rowcast.publish('c', to_jsonb(repeat(i::text, 300000)))"
            + " FROM generate_series(101, 160) i");
    var settings =
        new OutboxSettings(
            700, DataSize.ofMebibytes(2), Duration.ofSeconds(2), Duration.ofMinutes(1), 1000);
    var largest = new AtomicInteger();
    var most = new AtomicInteger();
    var published = new AtomicInteger();
    var backlogs = new CopyOnWriteArrayList<String>();
    try (var capture =
        RunningCapture.start(
            database.database(),
            settings,
            batch -> {
              var changes = changes(batch);
              most.accumulateAndGet(changes.size(), Math::max);
              largest.accumulateAndGet(
                  changes.stream().mapToInt(c -> ((RowChange.Published) c).json().length()).sum(),
                  Math::max);
              published.addAndGet(changes.size());
            })) {
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> {
            backlogs.add(capture.report().detail());
            return published.get() == 5060;
          });

      assertThat(most.get()).isEqualTo(700);
      assertThat(largest.get()).isBetween(2 << 20, (2 << 20) + 900_002);
      await().until(() -> capture.metric("rowcast_outbox_rows") == 0);
      assertThat(backlogs).anyMatch(detail -> detail.matches("about 4\\d{3} rows wait in .*"));
    }
  }

  @Test
  void aLeaderThatLosesItsConnectionBeforeTheCommitBringsTheSameChangesAgain() {
    var database = OutboxDatabase.create(server);
    var attempts = new CopyOnWriteArrayList<CapturedBatch>();
    BatchHandler cutsTheFirst =
        batch -> {
          attempts.add(batch);
          if (attempts.size() == 1) {
            terminateLeader(database);
          }
        };
    try (var capture =
        RunningCapture.start(database.database(), OutboxSettings.DEFAULTS, cutsTheFirst)) {
      await().until(capture::leads);
      database.execute("INSERT INTO t VALUES (1, 'a'), (2, 'b')");

      await().until(() -> attempts.size() == 2);

      assertThat(attempts.get(1)).isEqualTo(attempts.get(0));
      await().until(() -> isDrained(database));
      assertThat(capture.metric("rowcast_capture_losses_total")).isEqualTo(1);
    }
  }

  @Test
  void aBatchThatWasNotDeliveredComesAgainWithoutAnOpenTransactionInBetween() throws Exception {
    var database = OutboxDatabase.create(server);
    var attempts = new CopyOnWriteArrayList<CapturedBatch>();
    var open = new CopyOnWriteArrayList<String>();
    BatchHandler fails =
        batch -> {
          attempts.add(batch);
          if (attempts.size() <= 4) {
            throw new IllegalStateException("Redis\nis away");
          }
        };
    try (var capture = RunningCapture.start(database.database(), OutboxSettings.DEFAULTS, fails)) {
      await().until(capture::leads);
      var pid = leader(database);
      database.execute("INSERT INTO t VALUES (1, 'a')");

      await().until(() -> capture.report().state() == Health.State.DOWN);
      assertThat(capture.report().detail()).isEqualTo("Redis is away");
      await()
          .until(() -> {
            open.add(database.ask("SELECT state FROM pg_stat_activity WHERE pid = " + pid));
            return attempts.size() == 5;
          });

      assertThat(open).contains("idle");
      assertThat(attempts).allMatch(batch -> batch.equals(attempts.getFirst()));
      await().until(() -> capture.report().state() == Health.State.UP);
      assertThat(leader(database)).isEqualTo(pid);
      assertThat(capture.metric("rowcast_capture_redeliveries_total")).isEqualTo(4);
    }
  }

  @Test
  void aStandbyTakesOverWithinFiveSecondsAndHoldsNoTransactionBefore() throws Exception {
    var database = OutboxDatabase.create(server);
    var first = RunningCapture.start(database.database());
    await().until(first::leads);
    try (var second = RunningCapture.start(database.database())) {
      await().until(() -> second.report().state() == Health.State.UP);
      assertThat(second.leads()).isFalse();
      assertThat(
              database.ask(
                  "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                      + " AND application_name = 'rowcast capture'"
                      + " AND (state <> 'idle' OR backend_xmin IS NOT NULL)"))
          .isEqualTo("0");

      assertThat(first.endsWithin(Duration.ofSeconds(2))).isTrue();
      database.execute("INSERT INTO t VALUES (1, 'a')");

      await().atMost(Duration.ofSeconds(5)).until(() -> second.changes().size() == 1);
      assertThat(second.leads()).isTrue();
    }
  }

  @Test
  void writersNotifyExactlyWhileTheLeaderSleeps() throws Exception {
    var database = OutboxDatabase.create(server);
    var inHand = new CountDownLatch(1);
    var goOn = new CountDownLatch(1);
    BatchHandler waits =
        _ -> {
          inHand.countDown();
          goOn.await();
        };
    try (var listener = database.connect();
        var capture = RunningCapture.start(database.database(), OutboxSettings.DEFAULTS, waits)) {
      listener.createStatement().execute("LISTEN rowcast");
      awaitSleep(database);

      database.execute("INSERT INTO t VALUES (1, 'a')");
      inHand.await();
      for (int id = 2; id < 30; id++) {
        database.execute("INSERT INTO t VALUES (%d, 'b')".formatted(id));
      }

      assertThat(notifications(listener.unwrap(PGConnection.class))).isEqualTo(1);
      goOn.countDown();
      await().until(() -> capture.changes().size() == 29);
      awaitSleep(database);
      assertThat(capture.metric("rowcast_capture_wakeups_total")).isEqualTo(1);
      database.execute("INSERT INTO t VALUES (30, 'a')");
      await().until(() -> capture.changes().size() == 30);
      assertThat(notifications(listener.unwrap(PGConnection.class))).isEqualTo(1);
    }
  }

  @Test
  void aRowCommittedLateIsHeardWithoutAnyLaterWrite() throws Exception {
    var database = OutboxDatabase.create(server);
    try (var connection = database.connect();
        var statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("INSERT INTO t VALUES (1, 'late')");
      try (var capture = RunningCapture.start(database.database())) {
        await().until(() -> capture.metric("rowcast_capture_polls_total") > 15);
        database.execute("INSERT INTO t VALUES (2, 'other')");
        await().until(() -> capture.changes().size() == 1);

        connection.commit();

        await().atMost(Duration.ofSeconds(1)).until(() -> capture.changes().size() == 2);
        assertThat(capture.rows().getLast()).isEqualTo("{\"v\": \"late\", \"id\": 1}");
        awaitSleep(database);
      }
    }
  }

  @Test
  void anOpenTransactionIsPolledForEverMoreSeldom() throws Exception {
    var database = OutboxDatabase.create(server);
    try (var connection = database.connect();
        var statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("INSERT INTO t VALUES (1, 'open')");
      try (var capture = RunningCapture.start(database.database())) {
        var started = System.nanoTime();

        await().until(() -> System.nanoTime() - started > 3_000_000_000L);

        assertThat(capture.metric("rowcast_capture_polls_total")).isBetween(15.0, 55.0);
      }
    }
  }

  @Test
  void aPreparedTransactionOfARoleThatNeverNotifiesIsHeard() {
    var database = OutboxDatabase.create(server);
    try (var capture = RunningCapture.start(database.database())) {
      awaitSleep(database);

      database.execute(
          "SET rowcast.notify = off; BEGIN; INSERT INTO t VALUES (1, 'prepared');"
              + " PREPARE TRANSACTION '%s'".formatted(database.name()),
          "COMMIT PREPARED '%s'".formatted(database.name()));

      await().atMost(Duration.ofSeconds(3)).until(() -> capture.changes().size() == 1);
    }
  }

  @Test
  void whileNothingHappensTheLeaderCostsHalfATransactionASecond() {
    var database = OutboxDatabase.create(server);
    var count =
        "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = '%s'"
            .formatted(database.name());
    var monitor = OutboxDatabase.empty(server);
    try (var leader = RunningCapture.start(database.database())) {
      awaitSleep(database);
      // The server publishes a session's count when a later transaction ends.
      var polls = leader.metric("rowcast_capture_polls_total");
      await().until(() -> leader.metric("rowcast_capture_polls_total") == polls + 2);
      var before = Long.parseLong(monitor.ask(count));
      var started = System.nanoTime();

      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> System.nanoTime() - started > 10_000_000_000L);

      assertThat(Long.parseLong(monitor.ask(count)) - before).isBetween(3L, 6L);
    }
  }

  @Test
  void theOutboxThatIsMissingIsWaitedForWithOneSentence() {
    var database = OutboxDatabase.empty(server);
    try (var capture = RunningCapture.start(database.database())) {
      await().until(() -> capture.report().detail().contains("not installed"));
      assertThat(capture.report().state()).isEqualTo(Health.State.DOWN);
      assertThat(capture.report().detail())
          .startsWith("schema rowcast is not installed in ")
          .endsWith(database.name() + ": run `rowcast migrate apply`");

      database.install();

      await().until(() -> capture.report().state() == Health.State.UP);
    }
  }

  @Test
  void aRightThatIsMissingIsNamed() {
    var database = OutboxDatabase.create(server);
    var role = "server_of_" + database.name();
    database.execute(
        "CREATE ROLE %s LOGIN".formatted(role),
        "GRANT USAGE ON SCHEMA rowcast TO " + role,
        "GRANT SELECT ON rowcast.outbox, rowcast.source TO " + role,
        "GRANT SELECT, UPDATE ON rowcast.state TO " + role);
    try (var capture = RunningCapture.start(database.database(role))) {
      await().until(() -> capture.report().detail().contains("lacks DELETE on rowcast.outbox"));

      database.execute("GRANT DELETE ON rowcast.outbox TO " + role);
      database.execute("INSERT INTO t VALUES (1, 'a')");

      await().until(() -> capture.changes().size() == 1);
    }
  }

  @Test
  void aDatabaseThatWentBackInTimeBeginsANewEpoch() {
    var database = OutboxDatabase.create(server);
    try (var capture = RunningCapture.start(database.database())) {
      for (int id = 1; id <= 3; id++) {
        var expected = id;
        database.execute("INSERT INTO t VALUES (%d, 'a')".formatted(id));
        await().until(() -> capture.batches().size() == expected);
      }
      var epoch = capture.batches().getFirst().epoch();

      database.execute("UPDATE rowcast.state SET batch = 1", "INSERT INTO t VALUES (4, 'a')");

      await().until(() -> capture.batches().size() == 4);
      assertThat(capture.batches())
          .extracting(CapturedBatch::number)
          .containsExactly(1L, 2L, 3L, 2L);
      assertThat(capture.batches().subList(0, 3)).allMatch(batch -> batch.epoch().equals(epoch));
      assertThat(capture.batches().getLast().epoch()).isNotEqualTo(epoch);
      assertThat(capture.metric("rowcast_capture_epochs_total")).isEqualTo(1);
    }
  }

  @Test
  void aServerThatRestartsIsReturnedTo() {
    try (var own = OutboxDatabase.server()) {
      var database = OutboxDatabase.create(own);
      try (var capture = RunningCapture.start(database.database())) {
        database.execute("INSERT INTO t VALUES (1, 'a')");
        await().until(() -> capture.changes().size() == 1);

        own.stop();
        await().until(() -> capture.report().state() == Health.State.DOWN);
        own.startAgain();
        database.execute("INSERT INTO t VALUES (2, 'b')");

        await().atMost(Duration.ofSeconds(15)).until(() -> capture.changes().size() >= 2);
        await().until(() -> capture.report().state() == Health.State.UP);
      }
    }
  }

  @Test
  void aSleepingOrInterruptedCaptureEndsAtOnce() throws Exception {
    var database = OutboxDatabase.create(server);
    try (var closed = RunningCapture.start(database.database())) {
      awaitSleep(database);
      assertThat(closed.endsWithin(Duration.ofSeconds(1))).isTrue();
    }
    try (var interrupted = RunningCapture.start(database.database())) {
      awaitSleep(database);
      interrupted.thread().interrupt();
      assertThat(interrupted.thread().join(Duration.ofSeconds(1))).isTrue();
    }
  }

  @Test
  void theBatchUnderWayAtTheEndIsConfirmed() throws Exception {
    var database = OutboxDatabase.create(server);
    var inHand = new CountDownLatch(1);
    var goOn = new CountDownLatch(1);
    BatchHandler waits =
        _ -> {
          inHand.countDown();
          goOn.await();
        };
    try (var capture = RunningCapture.start(database.database(), OutboxSettings.DEFAULTS, waits)) {
      database.execute("INSERT INTO t VALUES (1, 'a')");
      inHand.await();

      assertThat(capture.endsWithin(Duration.ofMillis(100))).isFalse();
      goOn.countDown();
      assertThat(capture.endsWithin(Duration.ofSeconds(5))).isTrue();
      assertThat(isDrained(database)).isTrue();
    }
  }

  @Test
  void theSessionCarriesItsLease() throws Exception {
    var database = OutboxDatabase.create(server);
    try (var session = OutboxSession.open(database.database(), OutboxSettings.DEFAULTS)) {
      assertThat(session.setting("idle_session_timeout")).isEqualTo("15s");
      assertThat(session.setting("idle_in_transaction_session_timeout")).isEqualTo("30s");
      assertThat(session.setting("transaction_isolation")).isEqualTo("read committed");
    }
  }

  private static List<RowChange> changes(CapturedBatch batch) {
    return batch.transactions().stream()
        .map(CommittedTransaction::changes)
        .flatMap(List::stream)
        .toList();
  }

  private static List<Writers.Seen> seen(List<RowChange> changes) {
    var seen = new ArrayList<Writers.Seen>();
    for (var change : changes) {
      var row =
          change instanceof RowChange.Updated updated
              ? updated.after().json()
              : ((RowChange.Inserted) change).after().json();
      var mark = Objects.requireNonNull(JsonText.member(row, "mark"));
      seen.add(
          new Writers.Seen(
              Integer.parseInt(Objects.requireNonNull(JsonText.member(row, "id"))),
              Long.parseLong(Objects.requireNonNull(JsonText.member(row, "version"))),
              mark.substring(1, mark.length() - 1)));
    }
    return seen;
  }

  private static boolean isDrained(OutboxDatabase database) {
    return database.ask("SELECT count(*) FROM rowcast.outbox").equals("0");
  }

  private static String leader(OutboxDatabase database) {
    return holder(database, 1);
  }

  private static void awaitSleep(OutboxDatabase database) {
    await().until(() -> !holder(database, 2).isEmpty());
  }

  private static String holder(OutboxDatabase database, int lock) {
    return database.ask(
        "SELECT pid FROM pg_locks JOIN pg_database d ON d.oid = database"
            + " WHERE locktype = 'advisory' AND classid = 1919907683 AND granted"
            + " AND mode = 'ExclusiveLock' AND d.datname = current_database() AND objid = "
            + lock);
  }

  private static void terminateLeader(OutboxDatabase database) {
    database.ask("SELECT pg_terminate_backend(" + leader(database) + ", 5000)");
  }

  private static int notifications(PGConnection listener) throws Exception {
    return listener.getNotifications(200).length;
  }
}
