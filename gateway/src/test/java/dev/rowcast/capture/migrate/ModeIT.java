package dev.rowcast.capture.migrate;

import static dev.rowcast.capture.migrate.CapturedDatabase.all;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.capture.CaptureSettings;
import dev.rowcast.capture.CaptureSettings.Mode;
import dev.rowcast.capture.migrate.Change.Kind;
import dev.rowcast.capture.wal.WalCheck;
import dev.rowcast.embedded.EmbeddedPostgres;
import dev.rowcast.embedded.PostgresOptions;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which way captures, and changing over from one to the other, on PostgreSQL 18. */
class ModeIT {
  private static EmbeddedPostgres server;
  private CapturedDatabase database;

  @BeforeAll
  static void start() {
    server = EmbeddedPostgres.start(PostgresOptions.forTests().with("max_replication_slots", "2"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void createDatabase() {
    database = CapturedDatabase.create(server);
    database.execute("CREATE TABLE t (id int PRIMARY KEY, v text)");
  }

  @AfterEach
  void dropSlot() throws InterruptedException {
    database.migration(byLog()).drop();
    assertThat(slots()).isEmpty();
  }

  @Test
  void autoTakesTheLogWhereItCanAndNothingIsInstalled() {
    assertThat(database.migration(auto()).mode())
        .isEqualTo(new ModeChoice(Mode.WAL, "the server and the role allow it", List.of()));
    assertThat(Migration.installed(database.database())).isEmpty();

    database.apply(auto());

    assertThat(Migration.installed(database.database())).contains(Mode.WAL);
    assertThat(database.migration(auto()).verify()).isEmpty();
    assertThat(triggers()).isEmpty();
    assertThat(slots()).containsExactly(database.name());
    assertThat(WalCheck.of(database.database()).trouble()).isEmpty();
    assertThat(database.texts("SELECT failover::text FROM pg_replication_slots"))
        .containsExactly("true");
  }

  @Test
  void autoKeepsTriggersThatAreInstalled() {
    database.apply(all());

    assertThat(database.migration(auto()).mode().mode()).isEqualTo(Mode.TRIGGERS);
    assertThat(database.migration(auto()).plan().notes())
        .containsExactly("captured by triggers: they are installed, and capture.mode is auto");
    assertThat(database.migration(auto()).verify()).isEmpty();
    assertThat(Migration.installed(database.database())).contains(Mode.TRIGGERS);
  }

  @Test
  void autoTakesTriggersWhereTheRoleMayNotReplicateOrNoSlotIsFree() {
    database.execute(
        "CREATE ROLE plain_owner LOGIN",
        "GRANT CREATE ON DATABASE " + database.name() + " TO plain_owner",
        "SELECT pg_create_physical_replication_slot('taken')",
        "SELECT pg_create_physical_replication_slot('taken_too')");
    try {
      var choice = new Migration(database.database("plain_owner"), auto()).mode();

      assertThat(choice.mode()).isEqualTo(Mode.TRIGGERS);
      assertThat(choice.against())
          .containsExactly(
              "role plain_owner has not the right REPLICATION: ALTER ROLE plain_owner REPLICATION",
              "no replication slot is free: raise max_replication_slots, or drop an unused one");
    } finally {
      database.execute(
          "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots",
          "REVOKE CREATE ON DATABASE " + database.name() + " FROM plain_owner",
          "DROP ROLE plain_owner");
    }
  }

  @Test
  void triggersStayWhereTheLogCannotBeUsed() throws InterruptedException {
    database.execute(
        "CREATE ROLE owner_without LOGIN",
        "GRANT CREATE ON DATABASE " + database.name() + " TO owner_without",
        "ALTER TABLE t OWNER TO owner_without");
    try {
      var own = database.database("owner_without");
      new Migration(own, all()).apply();

      var refused = new Migration(own, byLog()).apply();

      assertThat(refused.isComplete()).isFalse();
      assertThat(refused.done()).isEmpty();
      assertThat(triggers()).isNotEmpty();
      assertThat(Migration.installed(own)).contains(Mode.TRIGGERS);
    } finally {
      database.migration(all()).drop();
      database.execute("DROP OWNED BY owner_without CASCADE", "DROP ROLE owner_without");
    }
  }

  @Test
  void aPublicationOfSomebodyElseIsLeftAlone() {
    database.apply(all());
    database.execute("CREATE PUBLICATION " + database.name() + " FOR TABLE t");

    var refused = database.apply(byLog());

    assertThat(refused.done()).isEmpty();
    assertThat(refused.plan().obstructed().getFirst().line())
        .contains("Rowcast did not make the publication");
    assertThat(triggers()).isNotEmpty();
    assertThat(database.texts("SELECT pubname FROM pg_publication"))
        .containsExactly(database.name());
    assertThat(Migration.installed(database.database())).contains(Mode.TRIGGERS);
  }

  @Test
  void changingOverIsExplicitAndNeverCapturesTwice() {
    database.apply(all());
    var nonce = nonce();

    var over = database.apply(byLog());

    assertThat(over.done()).extracting(Change::kind).contains(Kind.PUBLICATION, Kind.SLOT);
    assertThat(triggers()).isEmpty();
    assertThat(database.migration(byLog()).verify()).isEmpty();
    assertThat(database.apply(byLog()).done()).isEmpty();

    var back = database.apply(all());

    assertThat(back.done()).extracting(Change::kind).contains(Kind.OLD_SLOT);
    assertThat(triggers()).isNotEmpty();
    assertThat(slots()).isEmpty();
    assertThat(database.texts("SELECT pubname FROM pg_publication")).isEmpty();
    assertThat(database.migration(all()).verify()).isEmpty();
    assertThat(nonce()).isNotEqualTo(nonce);
  }

  @Test
  void theDryRunsScriptInstallsTheSame() {
    var script = database.migration(byLog()).plan().sql();

    database.execute(script.split("(?<=COMMIT;\n)|(?<=\\);\n)(?=UPDATE)"));

    assertThat(script).contains("CREATE PUBLICATION").contains("COMMIT;\n\n-- slot");
    assertThat(database.migration(byLog()).verify()).isEmpty();
  }

  @Test
  void oldRowsAndKeysThatAreNoPrimaryKeyNeedTheWholeRowInTheLog() {
    database.execute(
        "CREATE TABLE no_key (a int, b int)",
        "CREATE TABLE swap (id int PRIMARY KEY DEFERRABLE)",
        "CREATE UNLOGGED TABLE fast (id int PRIMARY KEY)",
        "CREATE TABLE p (id int PRIMARY KEY) PARTITION BY RANGE (id)",
        "CREATE TABLE p1 PARTITION OF p DEFAULT");
    var rules =
        CapturedDatabase.settings(
            new CaptureSettings.TableRule(
                CapturedDatabase.rule("public.no_key").match(),
                List.of(),
                List.of("a"),
                List.of(),
                CaptureSettings.OldRow.KEY),
            new CaptureSettings.TableRule(
                CapturedDatabase.rule("public.p").match(),
                List.of(),
                List.of(),
                List.of(),
                CaptureSettings.OldRow.ALL),
            CapturedDatabase.rule("public.*"));

    var applied = database.apply(database.byLog(rules));

    assertThat(
            database.texts(
                "SELECT relname FROM pg_class WHERE relreplident = 'f' AND relnamespace ="
                    + " 'public'::regnamespace ORDER BY relname"))
        .containsExactly("no_key", "p", "p1");
    assertThat(applied.plan().refused())
        .extracting(refused -> refused.table().name())
        .containsExactlyInAnyOrder("swap", "fast");
    database.execute("INSERT INTO no_key VALUES (1, 1)", "UPDATE no_key SET b = 2");
    assertThat(database.migration(database.byLog(rules)).verify()).isEmpty();
  }

  @Test
  void aRoleThatServesNeedsWhatGrantsSays() {
    database.apply(byLog());
    database.execute("CREATE ROLE serving LOGIN");
    try {
      database.execute(database.migration(byLog()).grants("serving").toArray(String[]::new));

      assertThat(WalCheck.of(database.database("serving")).trouble()).isEmpty();
      assertThat(Migration.installed(database.database("serving"))).contains(Mode.WAL);
    } finally {
      database.execute("DROP OWNED BY serving", "DROP ROLE serving");
    }
  }

  @Test
  void namesThatChangeMakeAnotherSlotAndPublication() {
    database.apply(byLog());
    var renamed =
        new CaptureSettings(
            Mode.WAL,
            all().migrate(),
            all().tables(),
            all().maxRow(),
            false,
            new CaptureSettings.Wal(
                database.name() + "_b", "Other \"name\"", all().wal().warnRetained()));

    var plan = database.migration(renamed).plan();

    assertThat(plan.changes())
        .extracting(Change::kind)
        .contains(Kind.PUBLICATION, Kind.EPOCH, Kind.OLD_SLOT, Kind.SLOT);
    database.apply(renamed);
    assertThat(database.migration(renamed).verify()).isEmpty();
    assertThat(slots()).containsExactly(database.name() + "_b");
    assertThat(database.texts("SELECT pubname FROM pg_publication"))
        .containsExactly("Other \"name\"");
  }

  private CaptureSettings byLog() {
    return database.byLog(all());
  }

  private CaptureSettings auto() {
    return new CaptureSettings(
        Mode.AUTO, all().migrate(), all().tables(), all().maxRow(), false, byLog().wal());
  }

  private List<String> triggers() {
    return database.texts("SELECT tgname FROM pg_trigger WHERE tgname LIKE '!rowcast%'");
  }

  private List<String> slots() {
    return database.texts("SELECT slot_name FROM pg_replication_slots");
  }

  private String nonce() {
    return database.texts("SELECT nonce FROM rowcast.state").getFirst();
  }
}
