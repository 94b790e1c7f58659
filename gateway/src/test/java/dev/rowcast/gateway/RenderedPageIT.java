package dev.rowcast.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.capture.migrate.Migration;
import dev.rowcast.config.Configuration;
import dev.rowcast.config.Sources;
import dev.rowcast.embedded.EmbeddedPostgres;
import dev.rowcast.embedded.PostgresOptions;
import dev.rowcast.postgres.Database;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A page whose rows were read together with {@code rowcast.position()} goes on live from there: 8
 * writers commit meanwhile, and each of 1,000 pages (500 by each way of capture; {@code
 * -Drowcast.pages=…}) ends with what the database holds. Every row counts its versions, so that an
 * event which is missing, or there twice, does not fit the row it meets. Some pages filter, and
 * some have the rows read by the gateway, with {@code since=snapshot}.
 */
@Timeout(600)
final class RenderedPageIT {
  private static final int PAGES = Integer.getInteger("rowcast.pages", 500);
  private static final int ROUNDS = 10;
  private static final int WRITERS = 8;
  private static final int LEAST_TRANSACTIONS = 10;
  private static final int MOST_TRANSACTIONS = 60;
  private static final int ROWS = 40;
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final JsonMapper JSON = JsonMapper.shared();

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final AtomicInteger events = new AtomicInteger();

  @ParameterizedTest
  @ValueSource(strings = {"triggers", "wal"})
  void everyPageEndsWithWhatTheDatabaseHolds(String mode, @TempDir Path folder) throws Exception {
    try (var server = EmbeddedPostgres.start(PostgresOptions.forTests())) {
      var configuration = configuration(folder, server, mode);
      var database = new Database(configuration.gateway().database().orElseThrow());
      execute(
          database,
          "CREATE TABLE item (id int PRIMARY KEY, v int NOT NULL, kind text NOT NULL)",
          "INSERT INTO item SELECT i, 0, 'even' FROM generate_series(1, " + ROWS + ") i");
      new Migration(database, configuration.gateway().capture()).apply();
      try (var gateway = new Gateway(configuration.gateway())) {
        gateway.start();
        beginLog(database, gateway);
        for (int round = 1; round <= ROUNDS; round++) {
          round(database, gateway, round);
        }
      }
    }
    System.out.printf("%s: %d pages, %d events%n", mode, PAGES, events.get());
    assertThat(events.get()).isGreaterThan(PAGES);
  }

  private static Configuration configuration(Path folder, EmbeddedPostgres server, String mode)
      throws Exception {
    var file =
        Files.writeString(
            folder.resolve("rowcast.yaml"),
            """
            listen: 127.0.0.1:0
            drain: 0s
            database: { url: "%s" }
            capture:
              mode: %s
              tables:
                - { match: public.item, old-row: all }
            live:
              tables:
                - { match: public.item }
            limits: { handshakes-per-second: 100000 }
            """
                .formatted(server.url("postgres"), mode));
    return Configuration.load(new Sources(Optional.of(file), Map.of(), List.of()));
  }

  /** There is a log, and a place in it, once a change was delivered and can be seen. */
  private void beginLog(Database database, Gateway gateway) throws Exception {
    var deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      execute(database, "UPDATE item SET v = v + 1 WHERE id = 1");
      var page = get(gateway, position(database), "", 1);
      if (page.statusCode() == 200 && !JSON.readTree(page.body()).has("reset")) {
        return;
      }
      assertThat(System.nanoTime() - deadline).as("the log begins in time").isNegative();
    }
  }

  private static String position(Database database) throws SQLException {
    try (var connection = database.open("a test");
        var statement = connection.createStatement();
        var row = statement.executeQuery("SELECT rowcast.position()")) {
      row.next();
      return row.getString(1);
    }
  }

  private void round(Database database, Gateway gateway, int round) throws Exception {
    var rendered = new AtomicBoolean();
    var pages = new ArrayList<Page>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var writers = new ArrayList<Future<?>>();
      for (int i = 0; i < WRITERS; i++) {
        var seed = round * 100L + i;
        writers.add(threads.submit(() -> write(database, seed, rendered)));
      }
      try (var connection = database.open("a page")) {
        for (int i = 0; i < PAGES / ROUNDS; i++) {
          pages.add(render(connection, gateway, i));
        }
      } finally {
        rendered.set(true);
      }
      for (var writer : writers) {
        writer.get();
      }
    }
    execute(database, "INSERT INTO item VALUES (" + -round + ", 0, 'even')");
    for (var page : pages) {
      page.follow(gateway, -round);
    }
    var all = rows(database, "TRUE");
    var even = rows(database, "kind = 'even'");
    for (var page : pages) {
      assertThat(page.rows).as(page.toString()).isEqualTo(page.where.isEmpty() ? all : even);
    }
  }

  /**
   * Small transactions, some of several rows, some slow, some rolled back; never more than that.
   */
  private static @Nullable Void write(Database database, long seed, AtomicBoolean stop)
      throws SQLException {
    var random = new SplittableRandom(seed);
    try (var connection = database.open("a writer")) {
      connection.setAutoCommit(false);
      for (int i = 0; i < MOST_TRANSACTIONS && (i < LEAST_TRANSACTIONS || !stop.get()); i++) {
        var ids = random.ints(1 + random.nextInt(3), 1, ROWS + 1).sorted().toArray();
        for (var id : ids) {
          execute(connection, statement(random, id));
        }
        if (random.nextInt(8) == 0) {
          execute(connection, "SELECT pg_sleep(0.01)");
        }
        if (random.nextInt(10) == 0) {
          connection.rollback();
        } else {
          connection.commit();
        }
      }
    }
    return null;
  }

  private static String statement(SplittableRandom random, int id) {
    return switch (random.nextInt(8)) {
      case 0 -> "DELETE FROM item WHERE id = " + id;
      case 1, 2 -> "INSERT INTO item VALUES (" + id + ", 0, 'even') ON CONFLICT DO NOTHING";
      default ->
          "UPDATE item SET v = v + 1, kind = CASE v % 2 WHEN 0 THEN 'odd' ELSE 'even' END"
              + " WHERE id = "
              + id;
    };
  }

  /** Every fifth has its rows read by the gateway, and every fifth filters. */
  private Page render(Connection connection, Gateway gateway, int number) throws Exception {
    var where = number % 5 > 2 ? "kind=eq.even" : "";
    if (number % 5 == 4) {
      var page = new Page(where, new TreeMap<>(), "snapshot");
      page.read(gateway, 0);
      return page;
    }
    connection.setAutoCommit(false);
    connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    var rows = rows(connection, where.isEmpty() ? "TRUE" : "kind = 'even'");
    String position;
    try (var statement = connection.createStatement();
        var row = statement.executeQuery("SELECT rowcast.position()")) {
      row.next();
      position = row.getString(1);
    }
    connection.commit();
    var page = new Page(where, rows, position);
    page.read(gateway, 0);
    return page;
  }

  /** What a browser holds: rows by key, and where to go on. Confined to the test's thread. */
  private final class Page {
    final String where;
    final Map<Integer, Integer> rows;
    final String began;
    String since;

    Page(String where, Map<Integer, Integer> rows, String since) {
      this.where = where;
      this.rows = rows;
      this.began = since;
      this.since = since;
    }

    void follow(Gateway gateway, int mark) throws Exception {
      var deadline = System.nanoTime() + PATIENCE.toNanos();
      while (!rows.containsKey(mark)) {
        read(gateway, 2);
        assertThat(System.nanoTime() - deadline).as("%s ends in time", this).isNegative();
      }
    }

    void read(Gateway gateway, int wait) throws Exception {
      var answer = get(gateway, since, where, wait);
      assertThat(answer.statusCode()).as("%s: %s", this, answer.body()).isEqualTo(200);
      var page = JSON.readTree(answer.body());
      assertThat(page.has("reset")).as("%s is reset: %s", this, answer.body()).isFalse();
      page.path("rows").forEach(row -> rows.put(row.get("id").asInt(), row.get("v").asInt()));
      page.get("events").forEach(this::apply);
      since = page.get("position").asString();
    }

    private void apply(JsonNode event) {
      events.incrementAndGet();
      var type = event.get("type").asString();
      if (type.equals("commit")) {
        return;
      }
      var id = event.get("key").get("id").asInt();
      var before = event.has("old") ? event.get("old").get("v").asInt() : null;
      switch (type) {
        case "insert" ->
            assertThat(rows.put(id, event.get("row").get("v").asInt()))
                .as("%s: %s", this, event)
                .isNull();
        case "update" ->
            assertThat(rows.put(id, event.get("row").get("v").asInt()))
                .as("%s: %s", this, event)
                .isEqualTo(before);
        case "delete" -> assertThat(rows.remove(id)).as("%s: %s", this, event).isEqualTo(before);
        case "leave" -> assertThat(rows.remove(id)).as("%s: %s", this, event).isNotNull();
        default -> throw new AssertionError(event.toString());
      }
    }

    @Override
    public String toString() {
      return "the page since " + began + " where " + where;
    }
  }

  private HttpResponse<String> get(Gateway gateway, String since, String where, int wait)
      throws Exception {
    var uri =
        gateway.url()
            + "/live?table=public.item&wait="
            + wait
            + "&since="
            + URLEncoder.encode(since, UTF_8)
            + (where.isEmpty() ? "" : "&" + where);
    return http.send(
        HttpRequest.newBuilder(URI.create(uri)).timeout(PATIENCE).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static Map<Integer, Integer> rows(Database database, String where) throws SQLException {
    try (var connection = database.open("a test")) {
      return rows(connection, where);
    }
  }

  private static Map<Integer, Integer> rows(Connection connection, String where)
      throws SQLException {
    var all = new TreeMap<Integer, Integer>();
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT id, v FROM item WHERE " + where)) {
      while (rows.next()) {
        all.put(rows.getInt(1), rows.getInt(2));
      }
    }
    return all;
  }

  private static void execute(Database database, String... statements) throws SQLException {
    try (var connection = database.open("a test")) {
      for (var sql : statements) {
        execute(connection, sql);
      }
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
