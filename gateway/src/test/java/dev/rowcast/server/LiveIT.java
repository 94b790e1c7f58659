package dev.rowcast.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.auth.FacilityRule.Audience;
import dev.rowcast.auth.Handshake;
import dev.rowcast.auth.Identities;
import dev.rowcast.auth.Identity;
import dev.rowcast.auth.IdentityException;
import dev.rowcast.auth.IdentitySettings;
import dev.rowcast.auth.LiveRule;
import dev.rowcast.auth.LiveRules;
import dev.rowcast.auth.Recognition;
import dev.rowcast.auth.SessionKeys;
import dev.rowcast.base.DataSize;
import dev.rowcast.base.Glob;
import dev.rowcast.base.Ticker;
import dev.rowcast.feed.FeedChange;
import dev.rowcast.feed.FeedEntry;
import dev.rowcast.feed.FeedMeters;
import dev.rowcast.feed.FeedSettings;
import dev.rowcast.feed.LocalFeed;
import dev.rowcast.message.CloseReason;
import dev.rowcast.message.Position;
import dev.rowcast.observe.Metrics;
import dev.rowcast.session.Beginnings;
import dev.rowcast.session.LiveReaders;
import dev.rowcast.session.ShapeAccess;
import dev.rowcast.shape.FilterSettings;
import dev.rowcast.testing.EventSource;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code /live} over real sockets, on the feed of a single node. */
final class LiveIT {
  private static final LiveRules RULES =
      new LiveRules(
          List.of(
              rule("public.orders", new Audience.Anyone(), "id", "status"),
              rule("public.open", new Audience.Anyone()),
              rule("public.mine", new Audience.Authenticated())));

  private static final Duration HEARTBEAT = Duration.ofSeconds(1);

  private Rig rig;
  private LocalFeed feed;
  private Position last;

  @BeforeEach
  void start() throws Exception {
    feed = feed(DataSize.ofKibibytes(64));
    rig = new Rig(Duration.ofSeconds(1), this::readers);
    last = feed.begin("l", 0, "test").last();
  }

  @AfterEach
  void stop() throws IOException {
    rig.close();
    assertThat(rig.metric("rowcast_live_readers")).isZero();
  }

  @Test
  void aStreamSaysItsPlaceAndThenEachChangeOfItsTable() throws Exception {
    try (var stream = stream("table=public.open", null)) {
      assertThat(stream.status()).isEqualTo("HTTP/1.1 200 OK");
      var place = stream.next().orElseThrow();
      assertThat(place.type()).isEqualTo("position");
      assertThat(place.id()).isEqualTo(last.toString());

      append(1, "public.open", "public.orders", "public.open");

      assertThat(stream.next())
          .contains(new EventSource.Event(at(1, 0), "update", json(1, 0, "public.open")));
      assertThat(stream.next())
          .contains(new EventSource.Event(at(1, 2), "update", json(1, 2, "public.open")));
    }
  }

  @Test
  void aStreamThatWasCutIsResumedWithoutAGapFromTheMiddleOfAnEntry() throws Exception {
    String seen;
    try (var stream = stream("table=public.open", null)) {
      stream.next();
      append(1, "public.open", "public.open", "public.open");
      stream.next();
      seen = stream.next().orElseThrow().id();
    }
    append(2, "public.open");

    try (var stream = stream("table=public.open&since=" + last, seen)) {
      assertThat(stream.next().orElseThrow().id()).isEqualTo(seen);
      assertThat(stream.next().orElseThrow().id()).isEqualTo(at(1, 2));
      assertThat(stream.next().orElseThrow().id()).isEqualTo(at(2, 0));
    }
  }

  @Test
  void onlyExposedColumnsAreShown() throws Exception {
    append(1, "public.orders");

    var page = page("table=public.orders&since=" + begin());

    assertThat(page.body())
        .contains("\"row\":{\"id\":1,\"status\":\"open\"}")
        .doesNotContain("secret");
    assertThat(page("table=public.orders&columns=status&since=" + begin()).body())
        .contains("\"row\":{\"status\":\"open\"}");
    assertThat(page("table=public.orders&columns=secret").statusCode()).isEqualTo(403);
  }

  @Test
  void aPageWaitsForSomethingToSay() throws Exception {
    var place = last.toString();
    try (var client = HttpClient.newHttpClient()) {
      var waiting = client.sendAsync(get("table=public.open&wait=30&since=" + place), text());
      await().atMost(Duration.ofSeconds(10)).until(() -> rig.metric("rowcast_live_readers") == 1);
      append(1, "public.orders");
      append(2, "public.open");

      var page = waiting.join();

      assertThat(page.headers().firstValue("content-type"))
          .contains("application/json; charset=utf-8");
      assertThat(page.body())
          .isEqualTo(
              "{\"events\":[\n"
                  + json(2, 0, "public.open")
                  + "],\"position\":\""
                  + at(2, 0)
                  + "\",\"more\":false}\n");
    }
  }

  @Test
  void aPageWithoutSinceSaysWhereToBegin() throws Exception {
    append(1, "public.open");

    assertThat(page("table=public.open").body())
        .isEqualTo("{\"events\":[],\"position\":\"" + at(1, 0) + "\",\"more\":false}\n");
    assertThat(page("table=public.open&wait=1&since=" + at(1, 0)).body()).contains("\"events\":[]");
  }

  @Test
  void aLostPlaceIsAnsweredWithResetAndTheReason() throws Exception {
    var old = last.toString();
    try (var stream = stream("table=public.open", null)) {
      stream.next();
      last = feed.begin("l2", 0, "test").last();
      append(1, "public.open");

      var reset = stream.next().orElseThrow();

      assertThat(reset.type()).isEqualTo("reset");
      assertThat(reset.data()).startsWith("{\"type\":\"reset\",\"reason\":\"epoch\",\"position\":");
    }
    assertThat(page("table=public.open&since=" + old).body()).startsWith("{\"reset\":\"epoch\",");
    for (var major = 2; major < 400; major++) {
      append(major, "public.open");
    }
    assertThat(page("table=public.open&since=" + at(1, 0)).body())
        .startsWith("{\"reset\":\"trimmed\",\"events\":[],\"position\":\"" + at(399, 0));
  }

  @Test
  void aReaderFarBehindGetsEverythingThoughNothingMoreHappens() throws Exception {
    rig.close();
    feed = feed(DataSize.ofMebibytes(64));
    rig = new Rig(Duration.ofSeconds(1), this::readers);
    last = feed.begin("l", 0, "test").last();
    for (int major = 1; major <= 2_000; major++) {
      append(major, "public.open", "public.open");
    }

    try (var stream = stream("table=public.open&since=" + begin(), null)) {
      for (int major = 1; major <= 2_000; major++) {
        assertThat(nextChange(stream)).isEqualTo(at(major, 0));
        assertThat(nextChange(stream)).isEqualTo(at(major, 1));
      }
    }
  }

  @Test
  void aSlowReaderIsAPlaceAndGetsEverythingInTheEnd() throws Exception {
    rig.close();
    feed = feed(DataSize.ofMebibytes(64));
    rig = new Rig(Duration.ofSeconds(1), this::readersOfAnySlowness);
    last = feed.begin("l", 0, "test").last();
    try (var stream = stream("table=public.open", null)) {
      stream.next();
      var majors = 60_000;
      for (var major = 1; major <= majors; major++) {
        append(major, "public.open");
      }

      var expected = LongStream.rangeClosed(1, majors).iterator();
      while (expected.hasNext()) {
        var event = stream.next().orElseThrow();
        if (!event.type().equals("position")) {
          assertThat(event.id()).isEqualTo(at(expected.nextLong(), 0));
        }
      }
    }
  }

  @Test
  void aQuietStreamSaysWhereItIs() throws Exception {
    try (var stream = stream("table=public.open", null)) {
      stream.next();
      append(1, "public.orders");

      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> stream.next().orElseThrow().id().equals(at(1, 0)));
    }
  }

  @Test
  void whoMayNotReadIsToldWithAStatus() throws Exception {
    assertThat(page("table=public.other").statusCode()).isEqualTo(404);
    assertThat(page("table=public.mine").statusCode()).isEqualTo(401);
    assertThat(page("table=public.open&status=open").statusCode()).isEqualTo(400);
    assertThat(page("table=public.open&status=open").body()).contains("followed by 'open'");
    assertThat(page("table=public.open&status=eq.open").statusCode()).isEqualTo(503);
    try (var client = HttpClient.newHttpClient()) {
      var foreign =
          HttpRequest.newBuilder(uri("table=public.open"))
              .header("Origin", "https://elsewhere.example")
              .build();
      assertThat(client.send(foreign, text()).statusCode()).isEqualTo(403);
    }
  }

  @Test
  void whoIsRecognisedReadsWhatIsForThoseWhoAre() throws Exception {
    try (var server = new Rig(Duration.ZERO, this::recognising)) {
      assertThat(asked(server, "ann").statusCode()).isEqualTo(200);
      assertThat(asked(server, "").statusCode()).isEqualTo(401);
      assertThat(asked(server, "dead").statusCode()).isEqualTo(401);
      assertThat(asked(server, "banned").statusCode()).isEqualTo(403);
    }
  }

  @Test
  void aStreamOfSomebodyRecognisedEndsSoThatItIsLookedAtAgain() throws Exception {
    try (var server = new Rig(Duration.ZERO, this::recognising)) {
      assertThat(asked(server, "ann").body()).startsWith("id: ").contains("event: position");
    }
  }

  @Test
  void whenNobodyCanTellWhoAClientIsItIsAskedToComeBack() throws Exception {
    try (var server = new Rig(Duration.ZERO, this::recognising)) {
      var answer = asked(server, "away");

      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.headers().firstValue("retry-after")).isPresent();
    }
  }

  @Test
  void aServerThatStopsEndsItsStreams() throws Exception {
    try (var stream = stream("table=public.open", null)) {
      stream.next();

      rig.server.close();

      await().atMost(Duration.ofSeconds(20)).until(() -> stream.next().isEmpty());
    }
  }

  private static String nextChange(EventSource stream) {
    var event = stream.next().orElseThrow();
    while (event.type().equals("position")) {
      event = stream.next().orElseThrow();
    }
    return event.id();
  }

  private static LocalFeed feed(DataSize memory) {
    return new LocalFeed(
        new FeedSettings(
            Optional.of(true), 1_000, Duration.ofDays(1), DataSize.ofMebibytes(1), memory),
        new FeedMeters(new Metrics()),
        Ticker.SYSTEM,
        ThreadLocalRandom.current());
  }

  private LiveReaders readers(Rig owner) {
    var readers = readers(owner, Identities.NONE, HEARTBEAT);
    feed.start(readers);
    return readers;
  }

  /** Who takes nothing for two heartbeats is given up; here nobody is. */
  private LiveReaders readersOfAnySlowness(Rig owner) {
    var readers = readers(owner, Identities.NONE, Duration.ofMinutes(5));
    feed.start(readers);
    return readers;
  }

  private LiveReaders readers(Rig owner, Identities identities, Duration heartbeat) {
    return new LiveReaders(
        feed,
        RULES,
        new ShapeAccess(RULES, Optional.empty(), FilterSettings.DEFAULTS),
        Beginnings.withoutRows(feed),
        identities,
        owner.metrics,
        heartbeat,
        Ticker.SYSTEM);
  }

  /** By a header; looked at again after a second. */
  private LiveReaders recognising(Rig owner) {
    return readers(
        owner,
        new Identities(
            List.of(LiveIT::recognise),
            new IdentitySettings(Duration.ofSeconds(1), SessionKeys.RAW),
            InstantSource.system()),
        HEARTBEAT);
  }

  private static Recognition recognise(Handshake handshake) {
    return switch (handshake.header("x-user").orElse("")) {
      case "" -> new Recognition.Unknown();
      case "dead" -> new Recognition.Rejected(CloseReason.UNRECOGNISED, "a test");
      case "banned" -> new Recognition.Forbidden();
      case "away" -> throw new IdentityException("the application is away", true);
      case String name ->
          Recognition.Known.lasting(new Identity(Optional.of(name), List.of(), Optional.empty()));
    };
  }

  /** The whole answer to a client that asks for a stream of what only the recognised may read. */
  private static HttpResponse<String> asked(Rig server, String user) throws Exception {
    var request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + server.server.port() + "/live?table=public.mine"))
            .header("Accept", "text/event-stream")
            .header("X-User", user)
            .timeout(Duration.ofSeconds(60))
            .build();
    try (var client = HttpClient.newHttpClient()) {
      return client.send(request, text());
    }
  }

  private void append(long major, String... tables) {
    var changes =
        IntStream.range(0, tables.length)
            .mapToObj(
                minor -> FeedChange.read(minor, json(major, minor, tables[minor]).getBytes(UTF_8)))
            .toList();
    var entry = new FeedEntry(last, new Position(last.epoch(), major, 0), "", changes);
    feed.append(entry).toCompletableFuture().join();
    last = entry.last();
  }

  private static String json(long major, int minor, String table) {
    return "{\"type\":\"update\",\"position\":\"p\",\"table\":\""
        + table
        + "\",\"key\":{\"id\":"
        + major
        + "},\"row\":{\"id\":"
        + major
        + ",\"status\":\"open\",\"secret\":"
        + minor
        + "}}";
  }

  private String begin() {
    return new Position(last.epoch(), 0, 1).toString();
  }

  private String at(long major, long minor) {
    return new Position(last.epoch(), major, minor).toString();
  }

  private static LiveRule rule(String table, Audience require, String... columns) {
    return new LiveRule(List.of(new Glob(table)), List.of(), List.of(columns), require, "");
  }

  private EventSource stream(String query, @Nullable String lastEventId) throws IOException {
    return EventSource.open(uri(query), query, Optional.ofNullable(lastEventId));
  }

  private HttpResponse<String> page(String query) throws Exception {
    try (var client = HttpClient.newHttpClient()) {
      return client.send(get(query), text());
    }
  }

  private HttpRequest get(String query) {
    return HttpRequest.newBuilder(uri(query)).header("Accept", "application/json").build();
  }

  private URI uri(String query) {
    return URI.create("http://127.0.0.1:" + rig.server.port() + "/live?" + query);
  }

  private static HttpResponse.BodyHandler<String> text() {
    return HttpResponse.BodyHandlers.ofString();
  }
}
