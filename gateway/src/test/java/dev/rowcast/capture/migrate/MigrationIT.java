package dev.rowcast.capture.migrate;

import static dev.rowcast.capture.migrate.CapturedDatabase.all;
import static dev.rowcast.capture.migrate.CapturedDatabase.rule;
import static dev.rowcast.capture.migrate.CapturedDatabase.run;
import static dev.rowcast.capture.migrate.CapturedDatabase.settings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.rowcast.base.DataSize;
import dev.rowcast.base.Glob;
import dev.rowcast.capture.CaptureException;
import dev.rowcast.capture.CaptureSettings;
import dev.rowcast.capture.CaptureSettings.OldRow;
import dev.rowcast.capture.CaptureSettings.TableRule;
import dev.rowcast.capture.migrate.Change.Kind;
import dev.rowcast.change.TableName;
import dev.rowcast.embedded.EmbeddedPostgres;
import dev.rowcast.embedded.PostgresOptions;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Installing, comparing and removing, on PostgreSQL 18. */
class MigrationIT {
  private static EmbeddedPostgres server;
  private CapturedDatabase database;

  @BeforeAll
  static void start() {
    server = EmbeddedPostgres.start(PostgresOptions.forTests());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void createDatabase() {
    database = CapturedDatabase.create(server);
  }

  @Test
  void planAndDryRunChangeNothing() {
    database.execute("CREATE TABLE t (id int PRIMARY KEY)");

    var plan = database.migration(all()).plan();

    assertThat(plan.lines()).contains("public.t is not captured yet (key id)");
    assertThat(plan.sql()).startsWith("BEGIN;").endsWith("COMMIT;\n").contains("CREATE TRIGGER");
    assertThat(database.texts("SELECT nspname FROM pg_namespace WHERE nspname = 'rowcast'"))
        .isEmpty();
  }

  @Test
  void theDryRunsScriptInstallsTheSame() {
    database.execute("CREATE TABLE t (id int PRIMARY KEY, v json)");

    database.execute(database.migration(all()).plan().sql());

    assertThat(database.migration(all()).verify()).isEmpty();
  }

  @Test
  void applyingTwiceHasNothingToDo() {
    database.execute("CREATE TABLE t (id int PRIMARY KEY)");
    var first = database.apply(all());
    var before = database.texts("SELECT oid FROM pg_trigger UNION SELECT oid FROM pg_proc");

    var second = database.apply(all());

    assertThat(first.done()).isNotEmpty();
    assertThat(second.done()).isEmpty();
    assertThat(second.lines()).containsExactly("nothing to do: 1 table captured as configured");
    assertThat(database.texts("SELECT oid FROM pg_trigger UNION SELECT oid FROM pg_proc"))
        .containsExactlyInAnyOrderElementsOf(before);
  }

  @Test
  void statusNamesTablesKeysAndWhatWaits() {
    database.execute(
        "CREATE TABLE t (a int, b int, PRIMARY KEY (b, a))", "CREATE VIEW v AS SELECT 1");
    database.apply(all());
    database.execute("INSERT INTO t VALUES (1, 2)");

    assertThat(database.migration(all()).status().lines())
        .containsExactly(
            "public.t: key b, a, captured",
            "skipped: public.v is not captured: it is a view; capture the tables below it",
            "outbox: 1 rows waiting");
  }

  @Test
  void dropLeavesNothingOfOursAndEverythingElse() throws InterruptedException {
    database.execute(
        "CREATE TABLE t (id int PRIMARY KEY)",
        "CREATE FUNCTION own() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        "CREATE TRIGGER own AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION own()");
    database.apply(all());
    database.execute("INSERT INTO t VALUES (1)");

    var result = database.migration(all()).drop();

    assertThat(result.lines())
        .containsExactly(
            "done: public.t is no longer captured",
            "done: schema rowcast is dropped, with 1 outbox rows that nobody had taken");
    assertThat(database.texts("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"))
        .containsExactly("own");
    assertThat(database.texts("SELECT 1 FROM pg_namespace WHERE nspname = 'rowcast'")).isEmpty();
    assertThat(database.texts("SELECT id FROM t")).containsExactly("1");
    assertThat(database.migration(all()).drop().done()).isEmpty();
  }

  @Test
  void dropRefusesWhatIsNotOurs() {
    database.execute("CREATE TABLE t (id int PRIMARY KEY)");
    database.apply(all());
    database.execute("CREATE TABLE rowcast.mine (a int)");

    assertThatThrownBy(() -> database.migration(all()).drop())
        .isInstanceOf(CaptureException.class)
        .hasMessageContaining("table rowcast.mine")
        .hasMessageContaining("nothing was changed");

    assertThat(database.migration(all()).verify()).isEmpty();
  }

  @Test
  void everyDriftIsNamedAndPutRight() {
    record Drift(String tables, String cause, Kind kind, String sentence) {}
    var partitioned =
        "CREATE TABLE p (id int PRIMARY KEY) PARTITION BY RANGE (id);"
            + "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10)";
    var table = "CREATE TABLE t (id int PRIMARY KEY, a int)";
    var own = "CREATE FUNCTION own() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';";
    var drifts =
        List.of(
            new Drift(
                table,
                "DROP TRIGGER \"!rowcast_delete\" ON t",
                Kind.MISSING_TRIGGER,
                "public.t lacks its trigger !rowcast_delete"),
            new Drift(
                table,
                "ALTER TABLE t DISABLE TRIGGER ALL",
                Kind.DISABLED_TRIGGER,
                "public.t has its trigger !rowcast_insert disabled"),
            new Drift(
                table,
                "CREATE OR REPLACE FUNCTION rowcast.insert_1() RETURNS trigger LANGUAGE plpgsql"
                    + " SECURITY DEFINER AS 'BEGIN RETURN NULL; END'",
                Kind.CHANGED_FUNCTION,
                "public.t has another function rowcast.insert_1 than its columns and the settings"
                    + " ask for"),
            new Drift(
                table,
                "DROP TRIGGER \"!rowcast_insert\" ON t; CREATE TRIGGER \"!rowcast_insert\" AFTER"
                    + " INSERT ON t REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT"
                    + " EXECUTE FUNCTION rowcast.delete_1()",
                Kind.CHANGED_TRIGGER,
                "public.t has a trigger !rowcast_insert that is not the one installed"),
            new Drift(
                table,
                "DROP TABLE t; CREATE TABLE t (id int PRIMARY KEY, a int)",
                Kind.RECREATED_TABLE,
                "public.t was created again and has no triggers of ours"),
            new Drift(
                table,
                "CREATE TABLE n (id int PRIMARY KEY)",
                Kind.NEW_TABLE,
                "public.n is not captured yet (key id)"),
            new Drift(
                table,
                "ALTER TABLE t DROP CONSTRAINT t_pkey, ADD PRIMARY KEY (a)",
                Kind.CHANGED_TABLE,
                "public.t is captured with key id, wanted are key a and all columns"),
            new Drift(
                table,
                "ALTER TABLE t ADD v json",
                Kind.CHANGED_FUNCTION,
                "public.t has another function rowcast.insert_1 than its columns and the settings"
                    + " ask for"),
            new Drift(
                table,
                own + "CREATE TRIGGER own AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION own()",
                Kind.NESTING,
                "public.t has row triggers of the application's own (own) since its triggers were"
                    + " installed; what they write could be reported out of order"),
            new Drift(
                partitioned,
                "CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (10) TO (20)",
                Kind.MISSING_TRIGGER,
                "public.p lacks its trigger !rowcast_insert on its partition public.p2"),
            new Drift(
                partitioned,
                "ALTER TABLE p DETACH PARTITION p1",
                Kind.NEW_TABLE,
                "public.p1 is not captured yet (key id)"),
            new Drift(
                table,
                "CREATE OR REPLACE FUNCTION rowcast.wake() RETURNS text LANGUAGE sql AS 'SELECT"
                    + " NULL::text'",
                Kind.CHANGED_FUNCTION,
                "function rowcast.wake is not the one of this version"),
            new Drift(
                table, "DROP TABLE rowcast.outbox", Kind.SCHEMA, "schema rowcast lacks outbox"));
    for (var drift : drifts) {
      var own1 = CapturedDatabase.create(server);
      own1.execute(drift.tables());
      own1.apply(all());
      own1.execute(drift.cause());

      var differences = own1.migration(all()).verify();
      var result = own1.apply(all());

      assertThat(differences)
          .as(drift.cause())
          .anySatisfy(change -> {
            assertThat(change.kind()).isEqualTo(drift.kind());
            assertThat(change.sentence()).isEqualTo(drift.sentence());
          });
      assertThat(result.isComplete()).isTrue();
      assertThat(own1.migration(all()).verify()).as("after " + drift.cause()).isEmpty();
    }
  }

  @Test
  void tablesNoLongerConfiguredLoseTheirTriggers() {
    database.execute("CREATE TABLE a (id int PRIMARY KEY)", "CREATE TABLE b (id int PRIMARY KEY)");
    database.apply(all());
    var less = settings(rule("public.a"));

    var differences = database.migration(less).verify();
    database.apply(less);

    assertThat(differences)
        .extracting(Change::sentence)
        .contains("public.b still has the trigger !rowcast_insert, which is no longer wanted");
    assertThat(database.migration(less).verify()).isEmpty();
    database.execute("INSERT INTO b VALUES (1)", "INSERT INTO a VALUES (1)");
    assertThat(database.outbox())
        .containsExactly("{\"op\": \"I\", \"table\": \"public.a\", \"payload\": [{\"id\": 1}]}");
  }

  @Test
  void aTableCreatedAgainKeepsItsNumber() {
    database.execute("CREATE TABLE t (id int PRIMARY KEY)");
    database.apply(all());
    database.execute(
        "INSERT INTO t VALUES (1)", "DROP TABLE t", "CREATE TABLE t (id int PRIMARY KEY)");
    database.apply(all());
    database.execute("INSERT INTO t VALUES (2)");

    assertThat(database.texts("SELECT DISTINCT source FROM rowcast.outbox")).containsExactly("1");
  }

  @Test
  void whatCannotBeCapturedIsSkippedWithItsReason() {
    database.execute(
        "CREATE TABLE no_key (a int)",
        "CREATE VIEW a_view AS SELECT 1",
        "CREATE MATERIALIZED VIEW seen AS SELECT 1",
        "CREATE TABLE parent (id int PRIMARY KEY)",
        "CREATE TABLE child () INHERITS (parent)",
        "CREATE SCHEMA other",
        "CREATE TABLE other.root (id int PRIMARY KEY) PARTITION BY RANGE (id)",
        "CREATE TABLE part PARTITION OF other.root FOR VALUES FROM (0) TO (10)",
        "CREATE UNLOGGED TABLE quick (id int PRIMARY KEY)",
        "CREATE TEMP TABLE gone (id int PRIMARY KEY)");

    var lines = database.migration(all()).plan().lines();

    assertThat(lines)
        .anyMatch(line ->
            line.startsWith("skipped: public.no_key is not captured: it has no primary key"))
        .anyMatch(line -> line.startsWith("skipped: public.a_view is not captured: it is a view"))
        .anyMatch(line -> line.startsWith("skipped: public.seen is not captured"))
        .anyMatch(line -> line.startsWith("skipped: public.parent is not captured"))
        .anyMatch(line -> line.startsWith("skipped: public.child is not captured"))
        .anyMatch(
            line -> line.contains("public.part is not captured: it is a partition of other.root"))
        .anyMatch(line -> line.startsWith("note: public.quick is unlogged"))
        .noneMatch(line -> line.contains("gone"))
        .noneMatch(line -> line.contains("pg_catalog") || line.contains("information_schema"));
  }

  @Test
  void aForeignPartitionIsNotGivenTriggersThatWouldRefuseWrites() {
    database.execute(
        "CREATE FOREIGN DATA WRAPPER dummy",
        "CREATE SERVER dummy FOREIGN DATA WRAPPER dummy",
        "CREATE TABLE p (id int) PARTITION BY RANGE (id)",
        "CREATE FOREIGN TABLE f PARTITION OF p FOR VALUES FROM (0) TO (10) SERVER dummy");
    var byId =
        settings(
            new TableRule(
                Glob.all(List.of("public.p")), List.of(), List.of("id"), List.of(), OldRow.KEY));

    assertThat(database.migration(byId).plan().lines())
        .anyMatch(line -> line.contains("its partition public.f is a foreign table"));
  }

  @Test
  void theFirstRuleThatMatchesDecides() {
    database.execute(
        "CREATE TABLE a (id int PRIMARY KEY, x int, y int)",
        "CREATE TABLE b (id int PRIMARY KEY, x int)");
    var rules =
        settings(
            new TableRule(
                Glob.all(List.of("public.a*")), List.of(), List.of("x"), List.of("y"), OldRow.KEY),
            new TableRule(
                Glob.all(List.of("*")),
                Glob.all(List.of("*.b")),
                List.of(),
                List.of(),
                OldRow.KEY));

    assertThat(database.migration(rules).status().tables())
        .extracting(
            MigrationStatus.Table::name, MigrationStatus.Table::key, MigrationStatus.Table::columns)
        .containsExactly(tuple(new TableName("public", "a"), List.of("x"), List.of("x", "y")));
  }

  @Test
  void anOwnerWithoutSuperuserRightsMigratesAndAnotherRoleWrites() throws Exception {
    var role = "owner_" + database.name();
    var writer = "writer_" + database.name();
    database.execute(
        "CREATE ROLE " + role + " LOGIN",
        "CREATE ROLE " + writer + " LOGIN",
        "GRANT CREATE ON DATABASE " + database.name() + " TO " + role,
        "CREATE SCHEMA app AUTHORIZATION " + role,
        "SET ROLE " + role,
        "CREATE TABLE app.t (id int PRIMARY KEY)",
        "RESET ROLE",
        "GRANT USAGE ON SCHEMA app TO " + writer,
        "GRANT INSERT ON app.t TO " + writer);
    var app = settings(rule("app.*"));

    var result = new Migration(database.database(role), app).apply();
    try (var connection = database.database(writer).open("test")) {
      run(connection, "INSERT INTO app.t VALUES (1)");
      assertThatThrownBy(() -> run(connection, "SELECT * FROM rowcast.outbox"))
          .hasMessageContaining("permission denied");
      assertThatThrownBy(() -> run(connection, "SELECT rowcast.publish('a', '1')"))
          .hasMessageContaining("permission denied");
    }

    assertThat(result.isComplete()).isTrue();
    assertThat(database.outbox()).hasSize(1);
    new Migration(database.database(role), app).drop();
  }

  @Test
  void aTableOfAnotherOwnerIsNamedWithWhatToRun() throws Exception {
    var role = "stranger_" + database.name();
    database.execute(
        "CREATE ROLE " + role + " LOGIN",
        "GRANT CREATE ON DATABASE " + database.name() + " TO " + role,
        "CREATE TABLE theirs (id int PRIMARY KEY)",
        "GRANT CREATE ON SCHEMA public TO " + role,
        "SET ROLE " + role,
        "CREATE TABLE mine (id int PRIMARY KEY)");

    var result = new Migration(database.database(role), all()).apply();

    assertThat(result.isComplete()).isFalse();
    assertThat(result.lines())
        .contains("done: public.mine is not captured yet (key id)")
        .anyMatch(line ->
            line.startsWith("left out: public.theirs")
                && line.contains("GRANT postgres TO " + role));
    database.execute("INSERT INTO mine VALUES (1)");
    assertThat(database.outbox()).hasSize(1);
  }

  @Test
  void aRoleThatMayNotCreateTheSchemaIsToldWhatToRun() throws Exception {
    var role = "poor_" + database.name();
    database.execute("CREATE ROLE " + role + " LOGIN", "CREATE TABLE t (id int PRIMARY KEY)");

    var result = new Migration(database.database(role), all()).apply();

    assertThat(result.done()).isEmpty();
    assertThat(result.lines())
        .anyMatch(
            line -> line.contains("GRANT CREATE ON DATABASE " + database.name() + " TO " + role));
  }

  @Test
  void theServingRoleNeedsItsGrantsOnly() throws Exception {
    var role = "server_" + database.name();
    database.execute("CREATE ROLE " + role + " LOGIN", "CREATE TABLE t (id int PRIMARY KEY)");
    database.apply(all());
    database.execute(database.migration(all()).grants(role).toArray(String[]::new));
    database.execute("INSERT INTO t VALUES (1)");

    assertThat(new Migration(database.database(role), all()).verify()).isEmpty();
    try (var connection = database.database(role).open("test")) {
      run(connection, "DELETE FROM rowcast.outbox WHERE seq IN (SELECT seq FROM rowcast.outbox)");
      run(connection, "UPDATE rowcast.state SET batch = batch + 1");
      run(connection, "SELECT * FROM rowcast.source");
    }
  }

  @Test
  void aBusyTableIsNamedWithWhoHoldsIt() throws Exception {
    database.execute("CREATE TABLE t (id int PRIMARY KEY)");
    try (var holder = database.open()) {
      holder.setAutoCommit(false);
      run(holder, "INSERT INTO t VALUES (1)");

      assertThatThrownBy(() -> database.migration(all()).apply())
          .isInstanceOf(CaptureException.class)
          .hasMessageContaining("table public.t was busy")
          .hasMessageContaining("INSERT INTO t VALUES (1)")
          .satisfies(failure -> assertThat(((CaptureException) failure).retryable()).isTrue());
      holder.rollback();
    }
    assertThat(database.texts("SELECT 1 FROM pg_namespace WHERE nspname = 'rowcast'")).isEmpty();
    assertThat(database.apply(all()).isComplete()).isTrue();
  }

  @Test
  void rodansTriggersAreReplacedAndItsTokensStaySecret() throws Exception {
    database.execute(
        "CREATE TABLE rodan_workflowrun (uuid uuid PRIMARY KEY, project_id uuid, secret text)",
        "CREATE TABLE rodan_job (uuid uuid PRIMARY KEY, name text)",
        "CREATE TABLE rodan_job_tags (id int PRIMARY KEY)",
        "CREATE TABLE rodan_tempauthtoken (uuid uuid PRIMARY KEY)",
        "CREATE FUNCTION publish_message(message text) RETURNS void LANGUAGE plpgsql AS 'BEGIN"
            + " RAISE $$published$$; END'",
        "CREATE FUNCTION object_notify() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM"
            + " publish_message($$x$$); RETURN NULL; END'");
    for (var table : List.of("rodan_workflowrun", "rodan_job", "rodan_tempauthtoken")) {
      database.execute(
          "CREATE TRIGGER object_post_insert_notify AFTER INSERT OR UPDATE OR DELETE ON "
              + table
              + " FOR EACH ROW EXECUTE FUNCTION object_notify()");
    }
    var rodan =
        new CaptureSettings(
            CaptureSettings.Mode.TRIGGERS,
            CaptureSettings.DEFAULTS.migrate(),
            List.of(),
            DataSize.ofMebibytes(1),
            true);

    var result = database.apply(rodan);
    database.execute(
        "INSERT INTO rodan_workflowrun VALUES ('00000000-0000-0000-0000-000000000001',"
            + " '00000000-0000-0000-0000-000000000002', 's')",
        "INSERT INTO rodan_job VALUES ('00000000-0000-0000-0000-000000000003', 'j')",
        "INSERT INTO rodan_tempauthtoken VALUES ('00000000-0000-0000-0000-000000000004')",
        "INSERT INTO rodan_job_tags VALUES (1)");

    assertThat(result.lines())
        .anyMatch(line ->
            line.startsWith(
                "skipped: public.rodan_tempauthtoken is not captured: a row's uuid is itself the"
                    + " token"));
    assertThat(database.outbox())
        .containsExactly(
            "{\"op\": \"I\", \"table\": \"public.rodan_workflowrun\", \"payload\": [{\"uuid\":"
                + " \"00000000-0000-0000-0000-000000000001\", \"project_id\":"
                + " \"00000000-0000-0000-0000-000000000002\"}]}",
            "{\"op\": \"I\", \"table\": \"public.rodan_job\", \"payload\": [{\"uuid\":"
                + " \"00000000-0000-0000-0000-000000000003\"}]}");
    assertThat(
            database.texts(
                "SELECT proname FROM pg_proc WHERE proname IN ('object_notify',"
                    + " 'publish_message')"))
        .isEmpty();
    assertThat(database.migration(rodan).verify()).isEmpty();
    assertThat(database.migration(rodan).drop().lines())
        .anyMatch(line -> line.contains("are not created again"));
  }
}
