package dev.rowcast.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.capture.migrate.Migration;
import dev.rowcast.config.Configuration;
import dev.rowcast.config.Sources;
import dev.rowcast.embedded.EmbeddedPostgres;
import dev.rowcast.embedded.PostgresOptions;
import dev.rowcast.postgres.Database;
import dev.rowcast.testing.FoldedRows;
import dev.rowcast.testing.LiveClient;
import java.io.IOException;
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
import java.util.Objects;
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
 *
 * <p>Besides, some go on over a WebSocket ({@code -Drowcast.socket-pages=…}, of which half are cut
 * off once and come back with the last position that they were told).
 */
@Timeout(600)
final class RenderedPageIT {
  private static final int PAGES = Integer.getInteger("rowcast.pages", 500);
  private static final int SOCKETS = Integer.getInteger("rowcast.socket-pages", 60);
  private static final int ROUNDS = 10;
  private static final int WRITERS = 8;
  private static final int LEAST_TRANSACTIONS = 10;
  private static final int MOST_TRANSACTIONS = 60;
  private static final int ROWS = 40;
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String EVEN = "kind=eq.even";
  private static final JsonMapper JSON = JsonMapper.shared();

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final AtomicInteger events = new AtomicInteger();
  private final AtomicInteger socketEvents = new AtomicInteger();
  private final AtomicInteger resumed = new AtomicInteger();

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
    System.out.printf(
        "%s: %d pages, %d events; %d pages on a WebSocket, %d events, %d cut off and resumed%n",
        mode, PAGES, events.get(), SOCKETS, socketEvents.get(), resumed.get());
    assertThat(events.get()).isGreaterThan(PAGES);
    assertThat(socketEvents.get()).isGreaterThan(SOCKETS);
    assertThat(resumed.get()).isGreaterThan(SOCKETS / 4);
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
        for (int i = 0; i < Math.max(PAGES, SOCKETS) / ROUNDS; i++) {
          if (i < PAGES / ROUNDS) {
            pages.add(render(connection, gateway, i));
          }
          if (i < SOCKETS / ROUNDS) {
            pages.add(renderForSocket(connection, gateway, i + round * (SOCKETS / ROUNDS)));
          }
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
      assertThat(page.rows.rows()).as(page.name).isEqualTo(page.where.isEmpty() ? all : even);
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
    var where = number % 5 > 2 ? EVEN : "";
    var page =
        number % 5 == 4
            ? new RequestedPage(where, Map.of(), "snapshot")
            : rendered(connection, where, RequestedPage::new);
    page.read(gateway, 0);
    return page;
  }

  /** Every second has its rows read by the gateway, and every third filters. */
  private Page renderForSocket(Connection connection, Gateway gateway, int number)
      throws Exception {
    var where = number % 3 == 0 ? EVEN : "";
    var page =
        number % 2 == 0
            ? new SocketPage(where, Map.of(), "snapshot")
            : rendered(connection, where, SocketPage::new);
    page.isCutOff = number / 2 % 2 == 0;
    page.connect(gateway);
    return page;
  }

  private interface Rendering<P> {
    P of(String where, Map<Integer, Integer> rows, String since);
  }

  /** The rows and the position, read in one transaction. */
  private static <P> P rendered(Connection connection, String where, Rendering<P> page)
      throws SQLException {
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
    return page.of(where, rows, position);
  }

  /** What a browser holds: rows by key, and where to go on. Confined to the test's thread. */
  private abstract static class Page {
    final String where;
    final String name;
    final FoldedRows rows;
    String since;

    Page(String where, Map<Integer, Integer> rows, String since) {
      this.where = where;
      this.name = getClass().getSimpleName() + " since " + since + " where " + where;
      this.rows = new FoldedRows(name, rows);
      this.since = since;
    }

    /** Reads on until a row of this key is there. */
    abstract void follow(Gateway gateway, int mark) throws Exception;
  }

  /** A page that asks for pages of JSON. */
  private final class RequestedPage extends Page {
    RequestedPage(String where, Map<Integer, Integer> rows, String since) {
      super(where, rows, since);
    }

    @Override
    void follow(Gateway gateway, int mark) throws Exception {
      var deadline = System.nanoTime() + PATIENCE.toNanos();
      while (!rows.has(mark)) {
        read(gateway, 2);
        assertThat(System.nanoTime() - deadline).as("%s ends in time", name).isNegative();
      }
    }

    void read(Gateway gateway, int wait) throws Exception {
      var answer = get(gateway, since, where, wait);
      assertThat(answer.statusCode()).as("%s: %s", name, answer.body()).isEqualTo(200);
      var page = JSON.readTree(answer.body());
      assertThat(page.has("reset")).as("%s is reset: %s", name, answer.body()).isFalse();
      rows.load(page.path("rows"));
      page.get("events").forEach(rows::apply);
      events.addAndGet(page.get("events").size());
      since = page.get("position").asString();
    }
  }

  /** A page that listens on a WebSocket. */
  private final class SocketPage extends Page {
    private @Nullable LiveClient client;
    private int taken;

    /** Whether it is cut off once, after its first event. */
    boolean isCutOff;

    SocketPage(String where, Map<Integer, Integer> rows, String since) {
      super(where, rows, since);
    }

    /** Subscribes; what comes is not read yet. */
    void connect(Gateway gateway) throws IOException {
      client =
          LiveClient.open(
              gateway.endpoint().port(), "", "Sec-WebSocket-Protocol: rowcast.v1, rowcast.x");
      client.says(
          "{'type':'subscribe','id':'p','table':'public.item','where':'"
              + where
              + "','since':'"
              + since
              + "'}");
    }

    @Override
    void follow(Gateway gateway, int mark) throws Exception {
      while (!rows.has(mark)) {
        take(Objects.requireNonNull(client).next());
        if (isCutOff && taken > 0) {
          isCutOff = false;
          resumed.incrementAndGet();
          client.close();
          connect(gateway);
        }
      }
      Objects.requireNonNull(client).close();
    }

    private void take(JsonNode said) {
      assertThat(said.path("type").asString(""))
          .as("%s: %s", name, said)
          .isIn("", "welcome", "subscribed", "live", "commit");
      rows.load(said.path("rows"));
      var event = said.path("event");
      if (!event.isMissingNode()) {
        socketEvents.incrementAndGet();
        taken++;
        rows.apply(event);
      }
      since = event.path("position").asString(said.path("position").asString(since));
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
