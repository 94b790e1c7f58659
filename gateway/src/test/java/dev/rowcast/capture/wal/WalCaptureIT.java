package dev.rowcast.capture.wal;

import static dev.rowcast.capture.migrate.CapturedDatabase.all;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.base.DataSize;
import dev.rowcast.base.Ticker;
import dev.rowcast.capture.CaptureSettings;
import dev.rowcast.capture.CaptureSettings.TableRule;
import dev.rowcast.capture.migrate.CapturedDatabase;
import dev.rowcast.capture.migrate.Change;
import dev.rowcast.capture.migrate.MigrationResult;
import dev.rowcast.change.CapturedBatch;
import dev.rowcast.change.JsonText;
import dev.rowcast.change.RowChange;
import dev.rowcast.embedded.EmbeddedPostgres;
import dev.rowcast.embedded.PostgresOptions;
import dev.rowcast.observe.Health;
import dev.rowcast.testing.CaptureRun;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The slot and who reads it, on PostgreSQL 18. */
@Timeout(180)
final class WalCaptureIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static EmbeddedPostgres server;

  private CapturedDatabase database;
  private CaptureSettings settings;

  @BeforeAll
  static void start() {
    server =
        EmbeddedPostgres.start(PostgresOptions.forTests().with("max_slot_wal_keep_size", "48MB"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void install() {
    database = CapturedDatabase.create(server);
    database.execute("CREATE TABLE t (id int PRIMARY KEY, v text)");
    settings = database.byLog(all());
    assertThat(database.apply(settings).isComplete()).isTrue();
  }

  @AfterEach
  void remove() throws InterruptedException {
    database.migration(settings).drop();
    assertThat(database.texts("SELECT slot_name FROM pg_replication_slots")).isEmpty();
  }

  @Test
  void committedWorkIsDeliveredWithGrowingPlacesAndUndoneWorkIsNot() {
    try (var run = database.log(settings)) {
      database.execute(
          "INSERT INTO t VALUES (1, 'kept')",
          "BEGIN; INSERT INTO t VALUES (2, 'undone'); ROLLBACK",
          "BEGIN; INSERT INTO t VALUES (3, 'a'); SAVEPOINT s; INSERT INTO t VALUES (4, 'undone');"
              + " ROLLBACK TO s; INSERT INTO t VALUES (5, 'b'); COMMIT",
          "SELECT rowcast.publish('end', '1')");
      run.awaitMessage("end");

      assertThat(inserted(run)).containsExactly("1", "3", "5");
      var majors = run.transactions().stream().map(part -> part.major()).toList();
      assertThat(majors).isSorted().doesNotHaveDuplicates();
      assertThat(run.transactions()).allMatch(part -> part.firstMinor() == 0);
      assertThat(run.transactions().get(1).xid())
          .isEqualTo(database.texts("SELECT xmin::text FROM t WHERE id = 3").getFirst());
      assertThat(epochs(run)).hasSize(1);
    }
  }

  @Test
  void whatIsWrittenWhileNobodyReadsIsReadLaterAndOnlyOnce() {
    try (var run = database.log(settings)) {
      database.execute("INSERT INTO t VALUES (1, 'a')", "SELECT rowcast.publish('one', '1')");
      run.awaitMessage("one");
    }
    database.execute("INSERT INTO t VALUES (2, 'b')");
    try (var run = database.log(settings)) {
      database.execute("SELECT rowcast.publish('two', '1')");
      run.awaitMessage("two");

      assertThat(inserted(run)).containsExactly("2");
    }
  }

  @Test
  void nothingIsConfirmedThatWasNotDelivered() {
    var refusing = new AtomicBoolean(true);
    try (var run =
        database
            .log(
                settings,
                _ -> {
                  if (refusing.get()) {
                    throw new IllegalStateException("a failure of the test's own");
                  }
                })
            .start()) {
      run.awaitLead();
      database.execute("INSERT INTO t VALUES (1, 'a')");
      await().atMost(PATIENCE).until(() -> run.metric("rowcast_capture_redeliveries_total") >= 2);
      assertThat(run.report().state()).isEqualTo(Health.State.DOWN);
    }
    refusing.set(false);
    try (var run = database.log(settings)) {
      database.execute("SELECT rowcast.publish('end', '1')");
      run.awaitMessage("end");

      assertThat(inserted(run)).containsExactly("1");
    }
  }

  @Test
  void theSlotIsKeptWhileADeliveryTakesLongerThanTheServerWaits() throws Exception {
    var held = new CountDownLatch(1);
    var since = new CountDownLatch(1);
    try (var run =
        database
            .log(
                settings,
                _ -> {
                  since.countDown();
                  held.await();
                })
            .start()) {
      run.awaitLead();
      try (var second = database.log(settings)) {
        database.execute("INSERT INTO t VALUES (1, 'a')");
        since.await();
        var before = Ticker.SYSTEM.nanoTime();
        await("longer than wal_sender_timeout")
            .atMost(PATIENCE)
            .until(() -> Ticker.SYSTEM.nanoTime() - before > Duration.ofSeconds(4).toNanos());

        assertThat(run.leads()).isTrue();
        assertThat(second.batches()).isEmpty();
        held.countDown();
        await().atMost(PATIENCE).until(() -> inserted(run).equals(List.of("1")));
      }
    }
  }

  @Test
  void aStandbyTakesOverWhenTheLeaderEnds() {
    try (var first = database.log(settings)) {
      first.awaitLead();
      try (var second = database.log(settings)) {
        await().atMost(PATIENCE).until(() -> second.report().detail().contains("another node"));
        database.execute("INSERT INTO t VALUES (1, 'a')", "SELECT rowcast.publish('one', '1')");
        first.awaitMessage("one");
        first.end();
        second.awaitLead();
        database.execute("INSERT INTO t VALUES (2, 'b')", "SELECT rowcast.publish('two', '1')");
        second.awaitMessage("two");

        assertThat(inserted(second)).containsExactly("2");
        assertThat(epochs(second)).isEqualTo(epochs(first));
      }
    }
  }

  @Test
  void aDroppedSlotBeginsANewEpoch() {
    try (var run = database.log(settings)) {
      database.execute("INSERT INTO t VALUES (1, 'a')", "SELECT rowcast.publish('one', '1')");
      run.awaitMessage("one");
      loseSlot();
      await()
          .atMost(PATIENCE)
          .until(() -> run.metric("rowcast_capture_epochs_total") == 1 && run.leads());
      database.execute("INSERT INTO t VALUES (2, 'b')", "SELECT rowcast.publish('two', '1')");
      run.awaitMessage("two");

      assertThat(epochs(run)).hasSize(2);
      assertThat(inserted(run)).containsExactly("1", "2");
      assertThat(database.migration(settings).verify()).isEmpty();
    }
  }

  @Test
  void anInvalidatedSlotBeginsANewEpoch() {
    String before;
    try (var run = database.log(settings)) {
      database.execute("SELECT rowcast.publish('one', '1')");
      run.awaitMessage("one");
      before = epochs(run).getFirst();
    }
    database.execute("INSERT INTO t VALUES (1, 'lost')");
    for (int i = 0; i < 6; i++) {
      database.execute(
          "CREATE TABLE IF NOT EXISTS bulk (v text)",
          "INSERT INTO bulk SELECT repeat('x', 1000) FROM generate_series(1, 16000)",
          "SELECT pg_switch_wal()",
          "CHECKPOINT");
    }
    await()
        .atMost(PATIENCE)
        .until(() ->
            database.texts("SELECT wal_status FROM pg_replication_slots").equals(List.of("lost")));
    assertThat(database.migration(settings).verify())
        .extracting(Change::kind)
        .contains(Change.Kind.EPOCH, Change.Kind.SLOT);
    try (var run = database.log(settings)) {
      run.awaitLead();
      database.execute("INSERT INTO t VALUES (2, 'b')", "SELECT rowcast.publish('two', '1')");
      run.awaitMessage("two");

      assertThat(inserted(run)).containsExactly("2");
      assertThat(epochs(run)).hasSize(1).doesNotContain(before);
      assertThat(run.metric("rowcast_capture_epochs_total")).isEqualTo(1);
    }
  }

  @Test
  void aDroppedPublicationStopsCaptureUntilItIsInstalledAgainInANewEpoch() {
    try (var run = database.log(settings)) {
      database.execute("SELECT rowcast.publish('one', '1')");
      run.awaitMessage("one");
      database.execute("DROP PUBLICATION " + database.name(), "INSERT INTO t VALUES (1, 'lost')");
      await()
          .atMost(PATIENCE)
          .until(() -> run.report().detail().contains("run `rowcast migrate apply`"));
      assertThat(database.apply(settings).isComplete()).isTrue();
      run.awaitLead();
      database.execute("INSERT INTO t VALUES (2, 'b')", "SELECT rowcast.publish('two', '1')");
      run.awaitMessage("two");

      assertThat(inserted(run)).containsExactly("2");
      assertThat(epochs(run)).hasSize(2);
    }
  }

  @Test
  void aSlotWhoseTablesAreIdleLetsTheLogGo() {
    try (var run = database.log(settings)) {
      run.awaitLead();
      database.execute(
          "CREATE TABLE other (v text)",
          "INSERT INTO other SELECT repeat('x', 1000) FROM generate_series(1, 5000)");
      var written = database.texts("SELECT pg_current_wal_lsn()").getFirst();

      await()
          .atMost(PATIENCE)
          .until(() ->
              database
                  .texts(
                      "SELECT confirmed_flush_lsn >= '" + written + "' FROM pg_replication_slots")
                  .equals(List.of("t")));
    }
  }

  @Test
  void readinessWarnsWhenTheSlotHoldsBackMoreThanItsBudget() {
    var tight =
        new CaptureSettings(
            settings.mode(),
            settings.migrate(),
            settings.tables(),
            settings.maxRow(),
            false,
            new CaptureSettings.Wal(database.name(), database.name(), DataSize.parse("1B")));
    try (var run = database.log(tight)) {
      await().atMost(PATIENCE).until(() -> run.report().state() == Health.State.WARNING);

      assertThat(run.report().detail()).contains("the budget is 1");
      assertThat(run.metric("rowcast_wal_retained_bytes")).isPositive();
    }
  }

  @Test
  void aLargeTransactionComesInPartsAndTheSmallOneBehindItAfterIt() {
    try (var run = database.log(settings)) {
      run.awaitLead();
      database.execute(
          "INSERT INTO t SELECT i, repeat('x', 100) FROM generate_series(1, 30000) i",
          "INSERT INTO t VALUES (0, 'small')",
          "SELECT rowcast.publish('end', '1')");
      run.awaitMessage("end");

      var parts = run.transactions();
      assertThat(inserted(run)).hasSize(30_001).last().isEqualTo("0");
      assertThat(parts).hasSizeGreaterThan(10);
      var next = 0L;
      for (var part : parts.subList(0, parts.size() - 2)) {
        assertThat(part.major()).isEqualTo(parts.getFirst().major());
        assertThat(part.firstMinor()).isEqualTo(next);
        next += part.changes().size();
      }
    }
  }

  @Test
  void largeValuesThatDidNotChangeAreListedAndNeverNull() {
    database.execute("ALTER TABLE t ALTER v SET STORAGE EXTERNAL", "ALTER TABLE t ADD n int");
    try (var run = database.log(settings)) {
      database.execute(
          "INSERT INTO t VALUES (1, repeat('x', 5000), 1)",
          "UPDATE t SET n = 2",
          "ALTER TABLE t REPLICA IDENTITY FULL",
          "UPDATE t SET n = 3",
          "SELECT rowcast.publish('end', '1')");
      run.awaitMessage("end");

      var second = (RowChange.Updated) run.changes().get(1);
      var third = (RowChange.Updated) run.changes().get(2);
      assertThat(second.after().json()).isEqualTo("{\"n\": 2, \"id\": 1}");
      assertThat(second.unchanged()).containsExactly("v");
      assertThat(third.after().json()).startsWith("{\"n\": 3, \"v\": \"xxx");
      assertThat(third.unchanged()).isEmpty();
    }
  }

  @Test
  void tablesAndColumnsThatChangeAreFollowedFromTheRightPlaceOn() {
    try (var run = database.log(settings)) {
      run.awaitLead();
      database.execute(
          "INSERT INTO t VALUES (1, 'a')",
          "ALTER TABLE t RENAME v TO w",
          "ALTER TABLE t ADD x int DEFAULT 7",
          "INSERT INTO t VALUES (2, 'b')",
          "ALTER TABLE t DROP w",
          "ALTER TABLE t ALTER x TYPE text",
          "INSERT INTO t VALUES (3, 'c')",
          "CREATE TABLE late (id int PRIMARY KEY)");
      assertThat(database.apply(settings).isComplete()).isTrue();
      database.execute(
          "INSERT INTO late VALUES (4)", "DROP TABLE late", "SELECT rowcast.publish('end', '1')");
      run.awaitMessage("end");

      assertThat(rows(run))
          .containsExactly(
              "{\"v\": \"a\", \"id\": 1}",
              "{\"w\": \"b\", \"x\": 7, \"id\": 2}",
              "{\"x\": \"c\", \"id\": 3}",
              "{\"id\": 4}");
    }
  }

  @Test
  void aChangedKeyAndChangedColumnsHoldFromTheMigrationOn() {
    try (var run = database.log(settings)) {
      // What the catalogue says is asked when the row is read, not when it was written.
      database.execute("INSERT INTO t VALUES (1, 'a')", "SELECT rowcast.publish('read', '1')");
      run.awaitMessage("read");
      var rule =
          new TableRule(
              CapturedDatabase.rule("public.t").match(),
              List.of(),
              List.of("id"),
              List.of("id"),
              CaptureSettings.OldRow.KEY);
      MigrationResult applied = database.apply(database.byLog(CapturedDatabase.settings(rule)));
      assertThat(applied.done())
          .extracting(Change::kind)
          .containsExactly(Change.Kind.CHANGED_TABLE);
      database.execute("INSERT INTO t VALUES (2, 'b')", "SELECT rowcast.publish('end', '1')");
      run.awaitMessage("end");

      assertThat(rows(run)).containsExactly("{\"v\": \"a\", \"id\": 1}", "{\"id\": 2}");
    }
  }

  @Test
  void aForgedMessageIsNotPublished() {
    try (var run = database.log(settings)) {
      database.execute(
          "SELECT pg_logical_emit_message(true, 'rowcast.publish', '3 bad{}')",
          "SELECT pg_logical_emit_message(true, 'rowcast.publish:guess', '3 bad{}')",
          "SELECT rowcast.publish('end', '1')");
      run.awaitMessage("end");

      assertThat(run.changes()).hasSize(1);
    }
  }

  /** Drops the slot in a moment in which the leader, cut off, has not come back yet. */
  private void loseSlot() {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(1))
        .ignoreExceptions()
        .until(() -> {
          database.execute(
              "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE active",
              "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots");
          return true;
        });
  }

  private static List<String> epochs(CaptureRun run) {
    return run.batches().stream().map(CapturedBatch::epoch).distinct().toList();
  }

  private static List<String> rows(CaptureRun run) {
    return run.changes().stream()
        .filter(RowChange.Inserted.class::isInstance)
        .map(change -> ((RowChange.Inserted) change).after().json())
        .toList();
  }

  private static List<String> inserted(CaptureRun run) {
    return rows(run).stream().map(row -> String.valueOf(JsonText.member(row, "id"))).toList();
  }
}
