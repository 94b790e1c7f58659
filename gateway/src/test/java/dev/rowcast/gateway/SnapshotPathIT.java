package dev.rowcast.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.embedded.EmbeddedPostgres;
import dev.rowcast.testing.EventSource;
import dev.rowcast.testing.FoldedRows;
import dev.rowcast.testing.LiveClient;
import dev.rowcast.testing.NamelessFiles;
import dev.rowcast.testing.OutboxDatabase;
import dev.rowcast.testing.RedisProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code since=snapshot} of more rows than are kept in memory, from PostgreSQL through Redis to
 * clients that read slowly: over a WebSocket and as Server-Sent Events, by each way of capture.
 */
@Timeout(300)
final class SnapshotPathIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final JsonMapper JSON = JsonMapper.shared();

  /** The last change that is made. */
  private static final int MARK = -1;

  private static EmbeddedPostgres postgres;
  private static RedisProcess redis;

  @TempDir private Path folder;

  private OutboxDatabase database;

  @BeforeAll
  static void start() throws Exception {
    postgres = OutboxDatabase.server();
    redis = RedisProcess.start();
  }

  @AfterAll
  static void stop() {
    redis.close();
    postgres.close();
  }

  @BeforeEach
  void create() {
    database = OutboxDatabase.empty(postgres);
  }

  @ParameterizedTest
  @ValueSource(strings = {"triggers", "wal"})
  void slowClientsHoldNoTransactionOpenAndEndWithWhatTheDatabaseHolds(String mode)
      throws Exception {
    database.execute(
        "CREATE TABLE many (id int PRIMARY KEY, v int NOT NULL, note text NOT NULL)",
        "INSERT INTO many SELECT i, 0, repeat('x', 1000) FROM generate_series(1, 6000) i",
        "CREATE TABLE few (id int PRIMARY KEY, v int NOT NULL)",
        "INSERT INTO few SELECT i, 0 FROM generate_series(1, 10) i",
        "CREATE TABLE too_many (id int PRIMARY KEY, v int NOT NULL, note text NOT NULL)",
        "INSERT INTO too_many SELECT i, 0, repeat('x', 10000) FROM generate_series(1, 1000) i");
    redis.command("FLUSHALL");
    try (var gateway = new Gateway(settings(mode))) {
      gateway.start();
      beginLog(gateway);

      slowClientsEndWithWhatTheDatabaseHolds(gateway);
      whoAsksForTooMuchIsToldSo(gateway);
    }
    assertThat(spilled()).isZero();
  }

  private GatewaySettings settings(String mode) throws IOException {
    return PathSettings.written(
        folder,
        database,
        redis,
        """
        capture:
          mode: %s
          migrate: apply
          tables:
            - { match: [public.many, public.few, public.too_many], old-row: all }
        live:
          snapshot: { max-size: 8MiB }
          tables:
            - { match: public.* }
        """
            .formatted(mode));
  }

  /** There is a log, and a place in it, once a change was delivered and can be seen. */
  private void beginLog(Gateway gateway) {
    await("a log")
        .atMost(PATIENCE)
        .until(() -> {
          database.execute("UPDATE few SET v = v + 1 WHERE id = 1");
          var page = page(gateway, "table=public.few&since=snapshot");
          return page.statusCode() == 200 && !JSON.readTree(page.body()).has("reset");
        });
  }

  private static HttpResponse<String> page(Gateway gateway, String query) throws Exception {
    try (var client = HttpClient.newHttpClient()) {
      var request = HttpRequest.newBuilder(URI.create(gateway.url() + "/live?" + query)).build();
      return client.send(request, HttpResponse.BodyHandlers.ofString());
    }
  }

  private void slowClientsEndWithWhatTheDatabaseHolds(Gateway gateway) throws Exception {
    try (var socket = new Socket(gateway);
        var stream = new Stream(gateway);
        var brokenSocket = new Socket(gateway);
        var brokenStream = new Stream(gateway)) {
      for (var reader : List.of(socket, stream, brokenSocket, brokenStream)) {
        reader.readRows(1);
      }
      await("everybody's rows are read").atMost(PATIENCE).until(() -> spilled() == 4);
      await("no transaction is open for who reads slowly")
          .atMost(PATIENCE)
          .until(() -> openTransactions().equals("0"));

      brokenSocket.readRows(3);
      brokenSocket.leave();
      brokenStream.leave();
      database.execute(
          "UPDATE many SET v = v + 1 WHERE id % 100 = 0",
          "DELETE FROM many WHERE id % 150 = 0",
          "UPDATE few SET v = v + 1",
          "INSERT INTO many SELECT i, 0, 'new' FROM generate_series(6001, 6100) i",
          "UPDATE many SET v = v + 1 WHERE id > 6090",
          "INSERT INTO few VALUES (" + MARK + ", 0)",
          "INSERT INTO many VALUES (" + MARK + ", 0, '')");

      await("nothing is kept for who has gone").atMost(PATIENCE).until(() -> spilled() == 2);
      stream.follow();
      socket.follow();
      assertThat(stream.many.rows()).isEqualTo(rows("many"));
      assertThat(socket.many.rows()).isEqualTo(rows("many"));
      assertThat(socket.few.rows()).isEqualTo(rows("few"));
      assertThat(spilled()).isZero();
    }
  }

  private static long spilled() throws IOException {
    return NamelessFiles.count(Path.of(System.getProperty("java.io.tmpdir")), "rowcast-snapshot");
  }

  private String openTransactions() {
    return database.ask(
        "SELECT count(*) FROM pg_stat_activity"
            + " WHERE application_name = 'rowcast live' AND xact_start IS NOT NULL");
  }

  private Map<Integer, Integer> rows(String table) throws SQLException {
    var all = new TreeMap<Integer, Integer>();
    try (var connection = database.connect();
        var statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT id, v FROM " + table)) {
      while (rows.next()) {
        all.put(rows.getInt(1), rows.getInt(2));
      }
    }
    return all;
  }

  private static void whoAsksForTooMuchIsToldSo(Gateway gateway) throws Exception {
    assertThat(page(gateway, "table=public.too_many&since=snapshot").statusCode()).isEqualTo(413);
    try (var client = connected(gateway)) {
      client.says("{'type':'subscribe','id':'t','table':'public.too_many','since':'snapshot'}");
      assertThat(client.next().path("type").asString()).isEqualTo("subscribed");
      assertThat(client.next().path("code").asInt()).isEqualTo(413);
      client.says(
          "{'type':'subscribe','id':'t','table':'public.too_many','where':'id=lte.100','since':'snapshot'}");
      assertThat(client.next().path("type").asString()).isEqualTo("subscribed");
      for (int rows = 0; rows < 100; ) {
        rows += client.next().path("rows").size();
      }
      assertThat(client.next().path("type").asString()).isEqualTo("live");
    }
  }

  private static LiveClient connected(Gateway gateway) throws IOException {
    var client =
        LiveClient.open(
            gateway.endpoint().port(), "", "Sec-WebSocket-Protocol: rowcast.v1, rowcast.x");
    assertThat(client.next().path("type").asString()).isEqualTo("welcome");
    return client;
  }

  /** Who holds the rows of {@code many}. Confined to the test's thread. */
  private abstract static class Reader implements AutoCloseable {
    final FoldedRows many = new FoldedRows(getClass().getSimpleName() + " of many", Map.of());

    /** Takes so many messages that hold rows of {@code many}. */
    abstract void readRows(int count) throws IOException;

    /** Goes away. */
    abstract void leave() throws IOException;

    @Override
    public final void close() throws IOException {
      leave();
    }
  }

  private static final class Stream extends Reader {
    private final EventSource events;

    Stream(Gateway gateway) throws IOException {
      events =
          EventSource.open(
              URI.create(gateway.url()), "table=public.many&since=snapshot", Optional.empty());
    }

    @Override
    void readRows(int count) {
      for (int i = 0; i < count; i++) {
        assertThat(take()).isEqualTo("rows");
      }
    }

    private String take() {
      var event = events.next().orElseThrow();
      var data = JSON.readTree(event.data());
      switch (event.type()) {
        case "rows" -> many.load(data.get("rows"));
        case "live", "position" -> {}
        default -> many.apply(data);
      }
      return event.type();
    }

    /** Reads on to the last change. */
    void follow() {
      while (!many.has(MARK)) {
        take();
      }
    }

    @Override
    void leave() throws IOException {
      events.close();
    }
  }

  /** Two subscriptions on one socket, whose rows come one after the other. */
  private static final class Socket extends Reader {
    final FoldedRows few = new FoldedRows("Socket of few", Map.of());
    private final LiveClient client;
    private String shapeOfFew = "";

    Socket(Gateway gateway) throws IOException {
      client = connected(gateway);
      for (var table : List.of("many", "few")) {
        client.says(
            "{'type':'subscribe','id':'%s','table':'public.%s','since':'snapshot'}"
                .formatted(table, table));
      }
    }

    @Override
    void readRows(int count) throws IOException {
      for (int i = 0; i < count; ) {
        i += take(client.next()) ? 1 : 0;
      }
    }

    /** Whether it held rows. */
    private boolean take(JsonNode said) {
      assertThat(said.path("type").asString(""))
          .as(said.toString())
          .isIn("", "subscribed", "live", "commit");
      if (said.path("id").asString("").equals("few")) {
        shapeOfFew = said.path("sub").asString();
      }
      var rows = shapeOfFew.equals(said.path("sub").asString()) ? few : many;
      rows.load(said.path("rows"));
      if (said.has("event")) {
        rows.apply(said.path("event"));
      }
      return said.has("rows");
    }

    /** Reads on to the last change. */
    void follow() throws IOException {
      while (!many.has(MARK) || !few.has(MARK)) {
        take(client.next());
      }
    }

    @Override
    void leave() throws IOException {
      client.close();
    }
  }
}
