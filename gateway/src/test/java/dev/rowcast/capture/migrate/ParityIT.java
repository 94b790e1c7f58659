package dev.rowcast.capture.migrate;

import static dev.rowcast.capture.migrate.CapturedDatabase.rule;
import static dev.rowcast.capture.migrate.CapturedDatabase.settings;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.capture.CaptureSettings;
import dev.rowcast.capture.CaptureSettings.OldRow;
import dev.rowcast.capture.CaptureSettings.TableRule;
import dev.rowcast.change.JsonText;
import dev.rowcast.change.RowChange;
import dev.rowcast.embedded.EmbeddedPostgres;
import dev.rowcast.embedded.PostgresOptions;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;

/**
 * Both ways to capture tell the same: the same statements run in two databases, one captured by
 * triggers and one by the log, and what is told folds to what {@code to_jsonb} says in the end.
 *
 * <p>{@code -Drowcast.parity.rows=10000} for the long run.
 */
@Timeout(900)
final class ParityIT {
  private static final int ROWS = Integer.getInteger("rowcast.parity.rows", 600);

  @ParameterizedTest
  @ValueSource(ints = {18, 13})
  void everyTypeAndEveryWayToWriteIsToldAlike(int version) throws Exception {
    try (var server =
        EmbeddedPostgres.start(
            PostgresOptions.forTests().version(version).with("timezone", "UTC"))) {
      everyTypeIsToldAlike(server);
      everyWayToWriteIsToldAlike(server);
    }
  }

  private static void everyTypeIsToldAlike(EmbeddedPostgres server) throws Exception {
    var byTriggers = CapturedDatabase.create(server);
    var byLog = CapturedDatabase.create(server);
    var whole =
        settings(
            new TableRule(
                rule("public.every").match(), List.of(), List.of(), List.of(), OldRow.ALL));
    var tables = new RandomRows(1, server.version()).tables().toArray(String[]::new);
    byTriggers.execute(tables);
    byLog.execute(tables);
    assertThat(byTriggers.apply(whole).isComplete()).isTrue();
    assertThat(byLog.apply(byLog.byLog(whole)).isComplete()).isTrue();
    try (var run = byLog.log(byLog.byLog(whole))) {
      var statements = statements(server.version()).toArray(String[]::new);
      byTriggers.execute(statements);
      byLog.execute(statements);
      byLog.execute("SELECT rowcast.publish('the end', '0')");
      run.awaitMessage("the end");

      var told = run.changes().stream().map(EventLine::of).toList();
      var outbox =
          byTriggers.outbox().stream().flatMap(line -> EventLine.ofOutbox(line).stream()).toList();
      assertThat(outbox).hasSizeGreaterThan(ROWS * 2);
      assertSame(told.subList(0, told.size() - 1), outbox);
      assertThat(folded(run.changes()))
          .isEqualTo(rows(byLog, "every"))
          .isEqualTo(rows(byTriggers, "every"));
    }
    byLog.migration(byLog.byLog(whole)).drop();
  }

  /** Element by element: a difference of two lists of long rows would be unreadable. */
  private static void assertSame(List<String> told, List<String> outbox) {
    for (int i = 0; i < Math.min(told.size(), outbox.size()); i++) {
      assertThat(told.get(i)).as("event %s", i).isEqualTo(outbox.get(i));
    }
    assertThat(told).hasSameSizeAs(outbox);
  }

  private static List<String> statements(int version) {
    var rows = new RandomRows(7, version);
    var random = new SplittableRandom(11);
    var statements = new ArrayList<String>();
    statements.add("SET TimeZone = 'UTC'");
    // In which order a statement finds its rows is to be the same in both databases: by the key,
    // and not by where pruning and vacuum left room.
    statements.add("SET enable_seqscan = off");
    statements.add("SET enable_bitmapscan = off");
    for (int id = 0; id < ROWS; ) {
      var many = Math.min(ROWS - id, 1 + random.nextInt(40));
      statements.add(rows.insert(id, many));
      id += many;
    }
    for (int i = 0; i < ROWS / 2; i++) {
      statements.add(rows.update(random.nextInt(ROWS)));
      if (i % 50 == 0) {
        statements.add("UPDATE every SET i4 = " + i + " WHERE id < 600 AND id % 17 = " + i % 17);
        statements.add("UPDATE every SET id = id + 1000000 WHERE id = " + i);
      }
    }
    for (int i = 0; i < ROWS / 4; i++) {
      statements.add("DELETE FROM every WHERE id = " + random.nextInt(ROWS));
    }
    statements.add("DELETE FROM every WHERE id >= 0 AND id % 5 = 0");
    return statements;
  }

  private static void everyWayToWriteIsToldAlike(EmbeddedPostgres server) throws Exception {
    var byTriggers = CapturedDatabase.create(server);
    var byLog = CapturedDatabase.create(server);
    CaptureSettings settings = settings(rule("public.*"));
    for (var database : List.of(byTriggers, byLog)) {
      database.execute(WORLD);
    }
    assertThat(byTriggers.apply(settings).isComplete()).isTrue();
    assertThat(byLog.apply(byLog.byLog(settings)).isComplete()).isTrue();
    try (var run = byLog.log(byLog.byLog(settings))) {
      for (var database : List.of(byTriggers, byLog)) {
        writeInEveryWay(database, server.version());
      }
      byLog.execute("SELECT rowcast.publish('the end', '0')");
      run.awaitMessage("the end");

      var keys = byLog.keys();
      var told = byRow(run.changes().stream().map(EventLine::of).toList(), keys);
      var outbox =
          byRow(
              byTriggers.outbox().stream()
                  .flatMap(line -> EventLine.ofOutbox(line, keys).stream())
                  .toList(),
              keys);
      assertThat(outbox).hasSizeGreaterThan(300);
      assertThat(told).isEqualTo(outbox);
    }
    byLog.migration(byLog.byLog(settings)).drop();
  }

  private static final String[] WORLD = {
    "CREATE TABLE plain (id int PRIMARY KEY, n int)",
    "CREATE TABLE parent (id int PRIMARY KEY, n int)",
    "CREATE TABLE child (id int PRIMARY KEY, parent int REFERENCES parent ON DELETE CASCADE ON"
        + " UPDATE CASCADE)",
    "CREATE TABLE own (id int PRIMARY KEY, n int, stamp int)",
    "CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.stamp :="
        + " COALESCE(NEW.n, 0) * 2; RETURN NEW; END $$",
    "CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON own FOR EACH ROW EXECUTE FUNCTION stamp()",
    "CREATE FUNCTION again() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.n < 3 THEN UPDATE"
        + " own SET n = n + 1 WHERE id = NEW.id; END IF; RETURN NULL; END $$",
    "CREATE TRIGGER again AFTER INSERT OR UPDATE ON own FOR EACH ROW EXECUTE FUNCTION again()",
    "CREATE TABLE part (id int, region text, n int, PRIMARY KEY (id, region)) PARTITION BY LIST"
        + " (region)",
    "CREATE TABLE part_a PARTITION OF part FOR VALUES IN ('a')",
    "CREATE TABLE part_b PARTITION OF part FOR VALUES IN ('b')"
  };

  private static void writeInEveryWay(CapturedDatabase database, int version) throws Exception {
    var random = new SplittableRandom(3);
    var copied = new StringBuilder();
    for (int i = 0; i < 200; i++) {
      copied.append(i).append('\t').append(i).append('\n');
    }
    try (var connection = database.open()) {
      connection
          .unwrap(PGConnection.class)
          .getCopyAPI()
          .copyIn("COPY plain FROM STDIN", new StringReader(copied.toString()));
    }
    for (int i = 0; i < 40; i++) {
      var a = random.nextInt(220);
      var b = random.nextInt(220);
      database.execute(
          "INSERT INTO plain SELECT i, "
              + i
              + " FROM generate_series("
              + a
              + ", "
              + (a + 5)
              + ") i ON CONFLICT (id) DO UPDATE SET n = plain.n + excluded.n",
          version < 15
              ? "UPDATE plain SET n = n + 1 WHERE id = " + b
              : "MERGE INTO plain USING generate_series("
                  + b
                  + ", "
                  + (b + 5)
                  + ") v(id) ON"
                  + " plain.id = v.id WHEN MATCHED AND v.id % 2 = 0 THEN DELETE WHEN MATCHED THEN"
                  + " UPDATE SET n = -1 WHEN NOT MATCHED THEN INSERT VALUES (v.id, 0)",
          "INSERT INTO parent VALUES (" + i + ", 0)",
          "INSERT INTO child SELECT " + i + " * 10 + k, " + i + " FROM generate_series(0, 3) k",
          i % 3 == 0 ? "UPDATE parent SET id = id + 1000 WHERE id = " + i : "SELECT 1",
          i % 3 == 1 ? "DELETE FROM parent WHERE id = " + i : "SELECT 1",
          "INSERT INTO own VALUES (" + i + ", " + i % 5 + "), (" + (i + 1000) + ", 0)",
          "UPDATE own SET n = 2 WHERE id = " + random.nextInt(i + 1),
          "INSERT INTO part VALUES (" + i + ", 'a', 0)",
          "UPDATE part SET region = 'b', n = n + 1 WHERE id = "
              + random.nextInt(i + 1)
              + " AND region = 'a'",
          "DELETE FROM part WHERE id = " + random.nextInt(2 * i + 1));
    }
  }

  /** What happened to each row, in order; a row that moves is gone here and new there. */
  private static Map<String, List<String>> byRow(
      List<String> lines, Map<String, List<String>> keys) {
    var rows = new TreeMap<String, List<String>>();
    for (var line : lines) {
      var words = line.split(" ", 3);
      if (words[0].equals("M")) {
        continue;
      }
      var before = words[2].indexOf(" before ");
      var row = before < 0 ? words[2] : words[2].substring(0, before);
      if (before >= 0) {
        add(rows, place(words[1], words[2].substring(before + 8), keys), "gone");
      }
      add(rows, place(words[1], row, keys), words[0].equals("D") ? "gone" : row);
    }
    return rows;
  }

  private static void add(Map<String, List<String>> rows, String place, String what) {
    rows.computeIfAbsent(place, _ -> new ArrayList<>()).add(what);
  }

  private static String place(String table, String row, Map<String, List<String>> keys) {
    return table
        + keys.getOrDefault(table, List.of()).stream()
            .map(name -> JsonText.member(row, name))
            .toList();
  }

  private static Map<String, String> folded(List<RowChange> changes) {
    var rows = new HashMap<String, String>();
    for (var change : changes) {
      switch (change) {
        case RowChange.Inserted inserted ->
            rows.put(id(inserted.after().json()), inserted.after().json());
        case RowChange.Updated updated -> {
          updated.before().ifPresent(old -> rows.remove(id(old.json())));
          rows.put(id(updated.after().json()), updated.after().json());
        }
        case RowChange.Deleted deleted -> rows.remove(id(deleted.before().json()));
        case RowChange.Truncated _, RowChange.Published _ -> {}
      }
    }
    return rows;
  }

  private static Map<String, String> rows(CapturedDatabase database, String table) {
    var rows = new HashMap<String, String>();
    for (var row : database.texts("SELECT to_jsonb(whole)::text FROM " + table + " AS whole")) {
      rows.put(id(row), row);
    }
    return rows;
  }

  private static String id(String row) {
    return String.valueOf(JsonText.member(row, "id"));
  }
}
