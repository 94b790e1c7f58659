package dev.rowcast.capture.migrate;

import static dev.rowcast.capture.migrate.CapturedDatabase.ARRAYS;
import static dev.rowcast.capture.migrate.CapturedDatabase.all;
import static dev.rowcast.capture.migrate.CapturedDatabase.run;
import static dev.rowcast.capture.migrate.CapturedDatabase.texts;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.embedded.EmbeddedPostgres;
import dev.rowcast.embedded.PostgresOptions;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.PGConnection;

/** What writers notice of the triggers, with several sessions at once. */
@Timeout(60)
class WriterIT {
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
    database.execute(
        "CREATE TABLE a (id int PRIMARY KEY, v text)",
        "CREATE TABLE b (id int PRIMARY KEY, v text)");
    database.apply(all());
  }

  @Test
  void nobodyIsNotifiedUnlessTheLeaderSleeps() throws Exception {
    try (var leader = database.open();
        var writer = database.open()) {
      run(leader, "LISTEN rowcast");
      run(writer, "INSERT INTO a VALUES (1)");
      assertThat(notifications(leader)).isZero();

      run(leader, "SELECT pg_advisory_lock(1919907683, 2)");
      run(writer, "INSERT INTO a VALUES (2)");
      run(writer, "SELECT rowcast.publish('c', '1')");
      assertThat(notifications(leader)).isEqualTo(2);

      run(writer, "SET rowcast.notify = off");
      run(writer, "INSERT INTO a VALUES (3)");
      assertThat(notifications(leader)).isZero();
    }
  }

  @Test
  void anOpenTransactionKeepsTheLeaderAwakeAndNobodyWaits() throws Exception {
    try (var leader = database.open();
        var open = database.open();
        var other = database.open()) {
      open.setAutoCommit(false);
      run(open, "INSERT INTO a VALUES (1)");
      assertThat(texts(leader, "SELECT pg_try_advisory_lock(1919907683, 2)")).containsExactly("f");

      run(other, "SET lock_timeout = '100ms'");
      run(other, "INSERT INTO a VALUES (2)");
      run(other, "UPDATE b SET v = 'x'");
      open.commit();

      assertThat(texts(leader, "SELECT pg_try_advisory_lock(1919907683, 2)")).containsExactly("t");
      assertThat(database.outbox()).hasSize(2);
    }
  }

  @Test
  void tablesWrittenInOppositeOrderDoNotDeadlock() throws Exception {
    try (var leader = database.open();
        var one = database.open();
        var two = database.open()) {
      for (var asleep : List.of(false, true)) {
        if (asleep) {
          run(leader, "SELECT pg_advisory_lock(1919907683, 2)");
        }
        one.setAutoCommit(false);
        two.setAutoCommit(false);
        for (int i = 0; i < 20; i++) {
          var id = (asleep ? 1000 : 0) + i;
          run(one, "INSERT INTO a VALUES (" + id + ")");
          run(two, "INSERT INTO b VALUES (" + id + ")");
          run(one, "INSERT INTO b VALUES (" + (id + 100) + ")");
          run(two, "INSERT INTO a VALUES (" + (id + 100) + ")");
          one.commit();
          two.commit();
        }
        one.setAutoCommit(true);
        two.setAutoCommit(true);
      }
    }
    assertThat(database.outbox()).hasSize(160);
  }

  @Test
  void preparedTransactionsAppearWhenTheyAreCommitted() throws Exception {
    try (var leader = database.open();
        var writer = database.open()) {
      for (var asleep : List.of(false, true)) {
        if (asleep) {
          run(leader, "SELECT pg_advisory_lock(1919907683, 2)");
          run(writer, "SET rowcast.notify = off");
        }
        var name = database.name() + asleep;
        run(writer, "BEGIN; INSERT INTO a VALUES (" + (asleep ? 2 : 1) + ")");
        run(writer, "PREPARE TRANSACTION '" + name + "'");
        assertThat(database.outbox()).hasSize(asleep ? 1 : 0);

        run(writer, "COMMIT PREPARED '" + name + "'");
        assertThat(database.outbox()).hasSize(asleep ? 2 : 1);
      }
    }
  }

  @Test
  void copyIsOneStatementInPieces() throws Exception {
    var lines = new StringBuilder();
    for (int i = 0; i < 1302; i++) {
      lines.append(i).append("\tv\n");
    }
    try (var connection = database.open()) {
      connection
          .unwrap(PGConnection.class)
          .getCopyAPI()
          .copyIn("COPY a FROM STDIN", new StringReader(lines.toString()));
    }

    assertThat(
            database.texts(
                "SELECT json_array_length(payload::json) FROM " + ARRAYS + " o ORDER BY seq"))
        .containsExactly("1", "1", "500", "500", "300");
    assertThat(
            database.texts(
                "SELECT count(DISTINCT r ->> 'id') FROM "
                    + ARRAYS
                    + " o, json_array_elements(payload::json) r"))
        .containsExactly("1302");
  }

  @Test
  void aHugeStatementComesInPiecesOnceOverEachRow() {
    database.execute(
        "INSERT INTO a SELECT i, 'v' FROM generate_series(1, 20000) i",
        "DELETE FROM rowcast.outbox WHERE false");

    assertThat(
            database.texts(
                "SELECT count(DISTINCT r ->> 'id') || ' of ' || count(*) || ', at most '"
                    + " || max(json_array_length(payload::json))"
                    + " FROM "
                    + ARRAYS
                    + " o, json_array_elements(payload::json) r"))
        .containsExactly("20000 of 20000, at most 500");
  }

  @Test
  void wideRowsComeInSmallerPieces() {
    database.execute(
        "INSERT INTO a SELECT i, (SELECT string_agg(md5(i || '-' || j), '') FROM generate_series(1,"
            + " 4000) j) FROM generate_series(1, 100) i");

    assertThat(
            Integer.parseInt(
                database.texts("SELECT max(octet_length(payload)) FROM rowcast.outbox").getFirst()))
        .isBetween(1_000_000, 6_000_000);
  }

  @Test
  void aValueThatIsTooLargeForJsonDoesNotFailItsWriter() {
    database.execute("INSERT INTO a VALUES (1, repeat('x', 300000000))");

    assertThat(database.outbox())
        .containsExactly(
            "{\"op\": \"I\", \"table\": \"public.a\", \"payload\": [{\"id\": 1}], \"truncated\":"
                + " [0]}");
  }

  @Test
  void aRowLargerThanAnyValueDoesNotFailItsWriter() {
    database.execute("CREATE TABLE w (id int PRIMARY KEY, a text, b text, c text, d text)");
    database.apply(all());
    database.execute(
        "INSERT INTO w (id, a) VALUES (1, repeat('x', 300000000)), (2, 'small')",
        "UPDATE w SET b = a, c = a, d = a WHERE id = 1",
        "UPDATE w SET id = id + 10");

    assertThat(
            database.texts(
                "SELECT op::text || payload || COALESCE(before, '') FROM "
                    + ARRAYS
                    + " o ORDER BY seq"))
        .containsExactly(
            "I[{\"id\": 1}]",
            "I[{\"a\": \"small\", \"b\": null, \"c\": null, \"d\": null, \"id\": 2}]",
            "U[{\"id\": 1}]",
            "U[{\"a\": \"small\", \"b\": null, \"c\": null, \"d\": null, \"id\": 12}][{\"id\": 2}]",
            "U[{\"id\": 11}][{\"id\": 1}]");
  }

  @Test
  void foldingTheOutboxGivesTheTableWhateverWasWritten() throws Exception {
    database.execute(
        "CREATE TABLE x (id int PRIMARY KEY DEFERRABLE, v int)",
        "CREATE TABLE y (id int, v int, PRIMARY KEY (id, v)) PARTITION BY LIST (v)",
        "CREATE TABLE y0 PARTITION OF y FOR VALUES IN (0)",
        "CREATE TABLE y1 PARTITION OF y FOR VALUES IN (1, 2)",
        "CREATE TABLE z (id int PRIMARY KEY, v int)",
        "CREATE FUNCTION bump() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            + " UPDATE z SET v = v + 100 WHERE id = NEW.id AND v % 3 = 0 AND v < 100;"
            + " IF NEW.v % 5 = 1 THEN DELETE FROM z WHERE id = NEW.id + 1; END IF;"
            + " RETURN NULL; END $$",
        "CREATE TRIGGER bump AFTER INSERT OR UPDATE ON z FOR EACH ROW EXECUTE FUNCTION bump()");
    database.apply(all());
    var random = new Random(20261123);
    try (var connection = database.open()) {
      for (int i = 0; i < 400; i++) {
        transaction(connection, random);
      }
    }

    assertThat(database.outbox()).hasSizeGreaterThan(500);
    for (var table : List.of("x", "y", "z")) {
      assertThat(database.texts(FOLD.replace("TABLE", table)))
          .as(table)
          .containsExactlyElementsOf(
              database.texts("SELECT to_jsonb(t)::text FROM " + table + " t ORDER BY 1"));
    }
  }

  private static void transaction(Connection connection, Random random) throws Exception {
    run(connection, "BEGIN");
    for (int i = random.nextInt(4); i >= 0; i--) {
      run(connection, "SAVEPOINT s");
      try {
        run(connection, statement(random));
        if (random.nextInt(5) == 0) {
          run(connection, "ROLLBACK TO s");
        }
      } catch (SQLException refused) {
        assertThat(refused.getSQLState()).as(refused.getMessage()).matches("(23|27).*");
        run(connection, "ROLLBACK TO s");
      }
    }
    run(connection, random.nextInt(6) == 0 ? "ROLLBACK" : "COMMIT");
  }

  private static String statement(Random random) {
    var table = List.of("x", "y", "z").get(random.nextInt(3));
    var id = random.nextInt(12);
    var v = random.nextInt(3);
    var kinds = new ArrayList<String>();
    kinds.add(
        "INSERT INTO <t> SELECT i, <v> FROM generate_series(<id>, <id> + <v>) i"
            + " WHERE NOT EXISTS (SELECT FROM <t> e WHERE e.id = i)");
    kinds.add("UPDATE <t> SET v = <v> WHERE id >= <id>");
    kinds.add("DELETE FROM <t> WHERE id = <id>");
    kinds.add("UPDATE <t> SET id = id + <v> WHERE id > <id>");
    kinds.add("DELETE FROM <t> WHERE id BETWEEN <id> AND <id> + <v>");
    if (table.equals("x")) {
      kinds.add("UPDATE <t> SET id = id + 1");
      kinds.add("UPDATE <t> SET id = 13 - id WHERE id <= 13");
      kinds.add("INSERT INTO <t> VALUES (<id>, <v>)");
    }
    if (table.equals("y")) {
      kinds.add("INSERT INTO y0 VALUES (<id>, 0) ON CONFLICT DO NOTHING");
      kinds.add("UPDATE y1 SET id = id + 1");
      if (random.nextInt(4) == 0) {
        kinds.add("TRUNCATE y1");
      }
    }
    if (random.nextInt(20) == 0) {
      kinds.add("TRUNCATE <t>");
    }
    return kinds
        .get(random.nextInt(kinds.size()))
        .replace("<t>", table)
        .replace("<id>", Integer.toString(id))
        .replace("<v>", Integer.toString(v));
  }

  /** Replays the outbox in order into a row for each key, as a subscriber would. */
  private static final String FOLD =
      """
      WITH RECURSIVE entry AS (
        SELECT row_number() OVER (ORDER BY o.seq, r.place) AS n, o.op::text AS op, r.row,
          (SELECT b FROM jsonb_array_elements(o.before::jsonb) WITH ORDINALITY AS b(b, p)
           WHERE b.p = r.place AND jsonb_typeof(b.b) = 'object') AS before,
          ARRAY(SELECT unnest(s.key)) AS key
        FROM <outbox> o
          JOIN rowcast.source s ON s.id = o.source AND s.table_name = 'TABLE'
          LEFT JOIN LATERAL jsonb_array_elements(o.payload::jsonb) WITH ORDINALITY AS r(row, place)
            ON true
      ), keyed AS (
        SELECT n, op, row,
          (SELECT jsonb_object_agg(k, row -> k) FROM unnest(key) k)::text AS key,
          (SELECT jsonb_object_agg(k, before -> k) FROM unnest(key) k WHERE before IS NOT NULL)::text
            AS old_key
        FROM entry
      ), folded (n, state) AS (
        SELECT 0::bigint, '{}'::jsonb
        UNION ALL
        SELECT k.n,
          CASE k.op
            WHEN 'T' THEN '{}'::jsonb
            WHEN 'D' THEN f.state - k.key
            ELSE (CASE WHEN k.old_key IS NULL THEN f.state ELSE f.state - k.old_key END)
              || jsonb_build_object(k.key, k.row)
          END
        FROM folded f JOIN keyed k ON k.n = f.n + 1
      )
      SELECT r.value::text
      FROM (SELECT state FROM folded ORDER BY n DESC LIMIT 1) last, jsonb_each(last.state) r
      ORDER BY 1\
      """
          .replace("<outbox>", ARRAYS);

  private static int notifications(Connection connection) throws Exception {
    run(connection, "SELECT 1");
    var notifications = connection.unwrap(PGConnection.class).getNotifications();
    return notifications == null ? 0 : notifications.length;
  }
}
