package dev.rowcast.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.embedded.EmbeddedPostgres;
import dev.rowcast.testing.EventSource;
import dev.rowcast.testing.LiveClient;
import dev.rowcast.testing.OutboxDatabase;
import dev.rowcast.testing.RedisProcess;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code /live} from PostgreSQL through Redis to the client's socket. */
final class LivePathIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private static Path folder;

  private static EmbeddedPostgres postgres;
  private static RedisProcess redis;
  private static OutboxDatabase database;
  private static Gateway gateway;

  @BeforeAll
  static void start() throws Exception {
    postgres = OutboxDatabase.server();
    redis = RedisProcess.start();
    database = OutboxDatabase.empty(postgres);
    database.execute("CREATE TABLE lines (id int PRIMARY KEY)");
    for (var test : List.of("filter", "resume", "slow", "reset")) {
      database.execute("CREATE TABLE o_" + test + " (id int PRIMARY KEY, status text, note text)");
    }
    gateway =
        new Gateway(
            PathSettings.written(
                folder,
                database,
                redis,
                """
                capture:
                  mode: triggers
                  migrate: apply
                  tables:
                    - match: [public.o_*, public.lines]
                      old-row: all
                feed: { memory: 64KiB }
                live:
                  heartbeat: 2s
                  tables:
                    - match: public.o_*
                      columns: [id, status, note]
                    - match: public.lines
                access:
                  facilities:
                    - match: lobby
                      allow: [subscribe-broadcast, publish-broadcast]
                """));
    gateway.start();
    await("a feed").atMost(PATIENCE).until(() -> page("table=public.lines").statusCode() == 200);
  }

  @AfterAll
  static void stop() {
    gateway.close();
    redis.close();
    postgres.close();
  }

  private static HttpResponse<String> page(String query) throws Exception {
    try (var client = HttpClient.newHttpClient()) {
      var request = HttpRequest.newBuilder(URI.create(gateway.url() + "/live?" + query)).build();
      return client.send(request, HttpResponse.BodyHandlers.ofString());
    }
  }

  private static LiveClient client(String query) throws IOException {
    var client =
        LiveClient.open(
            gateway.endpoint().port(), query, "Sec-WebSocket-Protocol: rowcast.v1, rowcast.x");
    assertThat(client.next().path("type").asString()).isEqualTo("welcome");
    return client;
  }

  /** Subscribes and reads until it is live; what it was told before that. */
  private static List<JsonNode> subscribe(LiveClient client, String table, String more)
      throws IOException {
    client.says("{'type':'subscribe','id':'o','table':'public." + table + "'" + more + "}");
    return untilLive(client);
  }

  private static List<JsonNode> untilLive(LiveClient client) throws IOException {
    var told = new ArrayList<JsonNode>();
    for (var said = client.next(); ; said = client.next()) {
      if (said.path("type").asString("").equals("live")) {
        return told;
      }
      told.add(said);
    }
  }

  private static String event(JsonNode said) {
    var event = said.path("event");
    return event.path("type").asString("")
        + event.path("key").path("id").asString("")
        + event.path("row").path("status").asString("");
  }

  @Test
  void aFilterTellsWhatComesChangesAndLeaves() throws Exception {
    try (var client = client("");
        var fromUrl = client("?table=public.o_filter&columns=id,status&status=eq.open")) {
      var first =
          subscribe(client, "o_filter", ",'where':'status=eq.open','columns':['id','status']");
      assertThat(untilLive(fromUrl).getFirst().path("id").asString()).isEqualTo("url");

      database.execute(
          "INSERT INTO o_filter VALUES (1, 'open', 'a'), (2, 'closed', 'b')",
          "UPDATE o_filter SET status = 'open' WHERE id = 2",
          "UPDATE o_filter SET note = 'c' WHERE id = 1",
          "UPDATE o_filter SET status = 'closed' WHERE id = 1",
          "UPDATE o_filter SET note = 'd' WHERE id = 1",
          "DELETE FROM o_filter WHERE id = 2");

      var subscribed = first.getFirst();
      assertThat(subscribed.path("key").get(0).asString()).isEqualTo("id");
      assertThat(subscribed.path("columns").path("id").asString()).isEqualTo("int4");
      assertThat(subscribed.path("columns").has("note")).isFalse();
      for (var each : List.of(client, fromUrl)) {
        var told = new ArrayList<JsonNode>();
        while (told.size() < 5) {
          told.add(each.next());
        }
        assertThat(told.stream().map(LivePathIT::event))
            .containsExactly("insert1open", "insert2open", "update1open", "leave1", "delete2");
        assertThat(told)
            .allSatisfy(said -> {
              assertThat(said.path("sub")).isEqualTo(subscribed.path("sub"));
              assertThat(said.path("event").path("last").asBoolean()).isTrue();
              assertThat(said.path("event").path("row").has("note")).isFalse();
            });
      }
    }
  }

  @Test
  void whoComesBackIsToldWhatItMissedAndNothingTwice() throws Exception {
    String seen;
    try (var client = client("")) {
      subscribe(client, "o_resume", ",'where':'status=eq.open'");
      database.execute("INSERT INTO o_resume VALUES (100, 'open', 'x')");
      client.next();
      database.execute("UPDATE o_resume SET note = 'y' WHERE id = 100");
      seen = client.next().path("event").path("position").asString();
    }
    database.execute(
        IntStream.rangeClosed(101, 150)
            .mapToObj(id -> "INSERT INTO o_resume VALUES (" + id + ", 'open', 'x')")
            .toArray(String[]::new));

    try (var client = client("")) {
      client.says(
          "{'type':'subscribe','id':'o','table':'public.o_resume','where':'status=eq.open','since':'"
              + seen
              + "'}");

      assertThat(client.next().path("resumed").asBoolean()).isTrue();
      for (int id = 101; id <= 150; ) {
        var said = client.next();
        if (said.has("event")) {
          assertThat(said.path("event").path("key").path("id").asInt()).isEqualTo(id++);
        }
      }
      client.says("{'type':'sync','id':'s'}");
      while (!client.next().path("type").asString("").equals("synced")) {}
      database.execute("INSERT INTO o_resume VALUES (151, 'open', 'x')");
      var live = client.next();
      assertThat(live.has("id")).isFalse();
      assertThat(live.path("event").path("key").path("id").asInt()).isEqualTo(151);
    }
  }

  @Test
  void aSlowReaderIsToldEverythingInOrderOnceItReads() throws Exception {
    try (var client = client("")) {
      subscribe(client, "o_slow", "");

      for (int first = 1; first <= 2000; first += 100) {
        database.execute(
            "INSERT INTO o_slow SELECT i, 'open', repeat('x', 2000) FROM generate_series(%d, %d) i"
                .formatted(first, first + 99));
      }
      await("everything is in the log").atMost(PATIENCE).until(() -> waiting() == 0);

      for (int id = 1; id <= 2000; ) {
        var said = client.next();
        if (said.has("event")) {
          assertThat(said.path("event").path("key").path("id").asInt()).isEqualTo(id++);
        }
      }
    }
  }

  private static int waiting() {
    return Integer.parseInt(database.ask("SELECT count(*) FROM rowcast.outbox"));
  }

  @Test
  void aFacilityIsHeardAndSpokenToOnTheSameSocket() throws Exception {
    try (var client = client("");
        var other = client("")) {
      client.says("{'type':'subscribe','id':'c','facility':'lobby'}");
      other.says("{'type':'subscribe','id':'c','facility':'lobby'}");
      assertThat(client.next().path("type").asString()).isEqualTo("subscribed");
      assertThat(other.next().path("type").asString()).isEqualTo("subscribed");

      redis.command("PUBLISH", "broadcast:lobby", "from Django");
      other.next();
      other.says("{'type':'publish','id':'p','facility':'lobby','data':{'n':1}}");

      assertThat(client.next().path("text").asString()).isEqualTo("from Django");
      assertThat(client.next().path("data").path("n").asInt()).isEqualTo(1);
      var ok = other.next();
      var heard = other.next();
      assertThat(List.of(ok.path("type").asString(), heard.path("type").asString()))
          .containsExactlyInAnyOrder("ok", "message");
    }
  }

  @Test
  void aLogThatIsGoneOrTrimmedIsToldSo() throws Exception {
    try (var client = client("")) {
      var place = subscribe(client, "o_reset", "").getFirst().path("position").asString();
      var before = place.split("\\.", 2)[0] + ".0-0";
      try (var late = client("")) {
        var told = subscribe(late, "o_reset", ",'since':'" + before + "'");
        assertThat(told.getLast().path("reason").asString()).isIn("trimmed", "epoch");
      }

      var rendered = URLEncoder.encode(database.ask("SELECT rowcast.position()"), UTF_8);
      // Not in those rows, and not in the log that begins next.
      database.execute("INSERT INTO o_reset VALUES (0, 'closed', 'x')");
      while (!client.next().path("event").path("type").asString("").equals("insert")) {
        // What comes before it.
      }
      redis.command("FLUSHALL");
      database.execute("INSERT INTO o_reset VALUES (1, 'closed', 'x')");

      var reset = client.next();
      while (!reset.path("type").asString("").equals("reset")) {
        reset = client.next();
      }
      assertThat(reset.path("reason").asString()).isEqualTo("epoch");
      assertThat(reset.path("id").asString()).isEqualTo("o");
      try (var page =
          EventSource.open(
              URI.create(gateway.url()),
              "table=public.o_reset&since=" + rendered,
              Optional.empty())) {
        assertThat(page.next().orElseThrow().type()).isEqualTo("reset");
      }
      database.execute("UPDATE o_reset SET status = 'open' WHERE id = 1");
      var event = client.next();
      while (!event.path("event").path("row").path("status").asString("").equals("open")) {
        event = client.next();
      }
    }
  }

  @Test
  void curlThatIsKilledAndResumedShowsNoGap() throws Exception {
    var curl = Path.of("/usr/bin/curl");
    if (!Files.isExecutable(curl)) {
      var reason = "no /usr/bin/curl, so it was not tried as a client of /live";
      System.out.println(reason);
      Assumptions.abort(reason);
    }
    var place =
        page("table=public.lines").body().replaceAll("(?s).*\"position\":\"([^\"]+)\".*", "$1");
    var heard = new ArrayList<Integer>();
    var header = "Accept: text/event-stream";
    for (int run = 1; run <= 4; run++) {
      write(run * 150 - 149, run * 150 - 75);
      var file = folder.resolve("curl-" + run);
      var reading =
          new ProcessBuilder(
                  curl.toString(),
                  "-sN",
                  "-H",
                  header,
                  "-H",
                  "Last-Event-ID: " + place,
                  gateway.url() + "/live?table=public.lines")
              .redirectOutput(file.toFile())
              .start();
      try {
        write(run * 150 - 74, run * 150);
        var goal = run == 4 ? 600 : run * 150 - 40;
        await("curl hears " + goal)
            .atMost(PATIENCE)
            .pollInterval(Duration.ofMillis(20))
            .until(() -> ids(file).stream().anyMatch(id -> id >= goal));
      } finally {
        reading.destroyForcibly().waitFor(30, TimeUnit.SECONDS);
      }
      heard.addAll(ids(file));
      place = lastId(file);
    }

    assertThat(heard).isEqualTo(IntStream.rangeClosed(1, 600).boxed().toList());
  }

  private static void write(int from, int to) {
    database.execute(
        IntStream.rangeClosed(from, to)
            .mapToObj(id -> "INSERT INTO lines VALUES (" + id + ")")
            .toArray(String[]::new));
  }

  /** The rows of the whole events in a file: the last one may have been cut off. */
  private static List<Integer> ids(Path file) throws IOException {
    return Pattern.compile("event: insert\ndata: [^\n]*\"key\":\\{\"id\":(\\d+)}[^\n]*\n\n")
        .matcher(Files.readString(file))
        .results()
        .map(found -> Integer.parseInt(found.group(1)))
        .toList();
  }

  private static String lastId(Path file) throws IOException {
    return Pattern.compile("id: ([^\n]+)\nevent: [^\n]*\ndata: [^\n]*\n\n")
        .matcher(Files.readString(file))
        .results()
        .reduce((_, later) -> later)
        .orElseThrow()
        .group(1);
  }
}
