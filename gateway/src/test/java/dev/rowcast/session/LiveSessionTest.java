package dev.rowcast.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.auth.AccessRules;
import dev.rowcast.auth.AccessSettings;
import dev.rowcast.auth.FacilityRule;
import dev.rowcast.auth.Handshake;
import dev.rowcast.auth.Identities;
import dev.rowcast.auth.Identity;
import dev.rowcast.auth.IdentitySettings;
import dev.rowcast.auth.OriginRules;
import dev.rowcast.auth.Recognition;
import dev.rowcast.auth.SessionKeys;
import dev.rowcast.base.DataSize;
import dev.rowcast.base.Glob;
import dev.rowcast.feed.FeedChange;
import dev.rowcast.feed.FeedEntry;
import dev.rowcast.feed.FeedMeters;
import dev.rowcast.feed.FeedSettings;
import dev.rowcast.feed.LocalFeed;
import dev.rowcast.hub.Hub;
import dev.rowcast.hub.Loop;
import dev.rowcast.message.CloseReason;
import dev.rowcast.message.ErrorCode;
import dev.rowcast.message.Permission;
import dev.rowcast.message.Position;
import dev.rowcast.message.Topic;
import dev.rowcast.observe.Metrics;
import dev.rowcast.protocol.ClientMessage;
import dev.rowcast.shape.Column;
import dev.rowcast.shape.ColumnType;
import dev.rowcast.shape.Filter;
import dev.rowcast.shape.FilterSettings;
import dev.rowcast.shape.Shape;
import dev.rowcast.shape.ShapeIndex;
import dev.rowcast.shape.TableColumns;
import dev.rowcast.testing.CrankedLoop;
import dev.rowcast.testing.FakeTicker;
import dev.rowcast.testing.ManualBus;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The conversation at {@code /live}, without sockets: what is asked, what comes, and when. */
final class LiveSessionTest {
  private static final Instant NOON = Instant.parse("2026-11-26T12:00:00Z");
  private static final Topic LOBBY = Topic.broadcast("lobby");
  private static final TableColumns TABLE =
      new TableColumns(
          "public.orders",
          "public.orders",
          List.of("id"),
          List.of(
              new Column("id", "id", "int8", ColumnType.Plain.INT8, true),
              new Column("size", "size", "int4", ColumnType.Plain.INT4, true)));
  private static final String ALL = shape("").id();
  private static final String EVEN = "id=in.(2,4,6)";
  private static final String ORDERS =
      "{\"type\":\"subscribe\",\"id\":\"o\",\"table\":\"public.orders\"%s}";

  private final ManualBus bus = new ManualBus();
  private final CrankedLoop loop = new CrankedLoop();
  private final FakeTicker ticker = new FakeTicker();
  private Metrics metrics = new Metrics();
  private final List<String> facilities = new ArrayList<>();
  private boolean isCurrent = true;
  private Recognition recognition = Recognition.Known.ANONYMOUS;
  private final Sessions sessions = sessions();
  private final LoopSessions home =
      sessions.onLoop(loop, () -> true, new UnpooledByteBufAllocator(false));
  private LocalFeed feed = feed(DataSize.ofKibibytes(64));
  private LiveSockets shared = shared(LiveLimits.DEFAULTS);
  private LoopSockets live = live();
  private Position last = feed.begin("l", 0, "test").last();

  private Sessions sessions() {
    var settings =
        new WebSocketSettings(
            "/ws/",
            Optional.empty(),
            Duration.ofSeconds(4),
            Duration.ofSeconds(25),
            OriginRules.SAME,
            DataSize.ofKibibytes(8),
            1000,
            5,
            false,
            false,
            OutboxSettings.DEFAULTS);
    var hub = new Hub(bus, Optional.empty(), new Metrics());
    bus.start(hub);
    var closed =
        new FacilityRule(
            List.of(new Glob("closed")),
            new FacilityRule.Audience.Authenticated(),
            FacilityRule.Otherwise.DROP,
            EnumSet.allOf(Permission.class));
    var open =
        new FacilityRule(
            List.of(new Glob("*")),
            new FacilityRule.Audience.Anyone(),
            FacilityRule.Otherwise.DROP,
            EnumSet.allOf(Permission.class));
    return new Sessions(
        hub,
        new AccessRules(new AccessSettings(List.of(closed, open))),
        new Identities(
            List.of(_ -> recognition),
            new IdentitySettings(Duration.ofSeconds(60), SessionKeys.RAW),
            () -> NOON),
        metrics,
        settings,
        Duration.ofHours(1),
        ticker);
  }

  private LocalFeed feed(DataSize memory) {
    return new LocalFeed(
        new FeedSettings(
            Optional.of(true), 1_000, Duration.ofDays(1), DataSize.ofMebibytes(1), memory),
        new FeedMeters(new Metrics()),
        ticker,
        new Random(1));
  }

  private LiveSockets shared(LiveLimits limits) {
    var made =
        new LiveSockets(
            feed,
            new Tables(),
            new ShapeIndex(),
            metrics,
            new LiveSettings(
                List.of(),
                Duration.ofSeconds(25),
                FilterSettings.DEFAULTS,
                DataSize.ofMebibytes(1),
                limits),
            ticker,
            new Random(1));
    feed.start(made);
    return made;
  }

  private LoopSockets live() {
    return shared.onLoop(
        home,
        new Loop() {
          @Override
          public void execute(Runnable task) {
            loop.execute(task);
          }

          @Override
          public boolean inLoop() {
            return true;
          }
        },
        new UnpooledByteBufAllocator(false));
  }

  /** Orders for everybody; {@code public.own} shows each user the rows of its name's length. */
  private final class Tables implements TableAccess {
    @Override
    public TableAdmission decide(Recognition.Known who, ClientMessage.SubscribeTable wish) {
      return switch (wish.table()) {
        case "public.orders" ->
            new TableAdmission.Admitted(shape(wish.where()), wish.since().flatMap(Position::parse));
        case "public.own" ->
            new TableAdmission.Admitted(
                shape("size=eq." + who.identity().user().map(String::length).orElse(0)),
                Optional.empty());
        default -> new TableAdmission.Refused(ErrorCode.NOT_FOUND, "no such table");
      };
    }

    @Override
    public boolean isCurrent(Shape shape) {
      return isCurrent;
    }
  }

  private static Shape shape(String where) {
    var filter = ((Filter.Parsed.Accepted) Filter.parse(where, FilterSettings.DEFAULTS)).filter();
    return ((Shape.Made.Accepted) Shape.of(TABLE, filter, List.of())).shape();
  }

  /** A conversation, its line, and the words of a client. */
  private final class Client {
    final RecordingLine line = new RecordingLine();
    final LiveSession session;
    private int seen;

    Client() {
      this(Recognition.Known.ANONYMOUS);
    }

    Client(Recognition.Known who) {
      session =
          live.open(
              line,
              Admission.Admitted.to(who, 0),
              new Handshake("/live", "", Map.of(), InetAddress.getLoopbackAddress()),
              Optional.empty(),
              new FacilityPlaces() {
                @Override
                public boolean enter(String facility) {
                  facilities.add(facility);
                  return !facility.equals("full");
                }

                @Override
                public void leave(String facility) {
                  facilities.remove(facility);
                }
              });
      loop.run();
    }

    void says(String text) {
      frame(0x81, text.getBytes(UTF_8));
      loop.run();
    }

    void frame(int first, byte[] payload) {
      var frame = ByteBuffer.allocate(payload.length + 8);
      frame.put((byte) first);
      if (payload.length < 126) {
        frame.put((byte) (0x80 | payload.length));
      } else {
        frame.put((byte) (0x80 | 126)).putShort((short) payload.length);
      }
      frame.putInt(0).put(payload).flip();
      session.received(frame);
    }

    /** What it is told next, once it is told as much; JSON without the opcode of text. */
    List<String> told(int count) {
      await()
          .atMost(Duration.ofSeconds(30))
          .pollInterval(Duration.ofMillis(1))
          .until(() -> {
            loop.run();
            return line.said().size() >= seen + count;
          });
      var said = line.said().subList(seen, seen + count);
      seen += count;
      return said.stream().map(text -> text.startsWith("1 ") ? text.substring(2) : text).toList();
    }

    /** Nothing is left that it has been told. */
    void hasHeardAll() {
      loop.run();
      assertThat(line.said()).hasSize(seen);
    }

    Client subscribed(String more) {
      told(1);
      says(ORDERS.formatted(more));
      told(2);
      return this;
    }
  }

  /** One entry, whose changes are of these keys; a minus ends the transaction. */
  private Position append(long major, String... keys) {
    var changes =
        IntStream.range(0, keys.length)
            .mapToObj(minor -> FeedChange.read(minor, event(major, keys[minor])))
            .toList();
    var entry = new FeedEntry(last, new Position(last.epoch(), major, 0), "", changes);
    feed.append(entry).toCompletableFuture().join();
    last = entry.last();
    return last;
  }

  /**
   * {@code 7} is an update of the orders; {@code x7} of another table; {@code 7?} does not hold the
   * size; {@code 7!} ends the transaction.
   */
  private static byte[] event(long major, String key) {
    var number = Integer.parseInt(key.replaceAll("[^0-9]", ""));
    var text = change(major, number, key.endsWith("!"));
    if (key.startsWith("x")) {
      text = text.replace("orders", "others");
    }
    if (key.endsWith("?")) {
      text = text.replace(",\"size\":1}", "},\"unchanged\":[\"size\"]");
    }
    return text.getBytes(UTF_8);
  }

  private static String change(long major, int key, boolean isLast) {
    return "{\"type\":\"update\",\"table\":\"public.orders\",\"key\":{\"id\":"
        + key
        + "},\"row\":{\"id\":"
        + key
        + ",\"size\":1},\"tx\":\""
        + major
        + (isLast ? "\",\"last\":true}" : "\"}");
  }

  private static String shared(String change) {
    return shared(ALL, change);
  }

  private static String shared(String shape, String change) {
    return "{\"sub\":\"" + shape + "\",\"event\":" + change + "}";
  }

  private static String own(String change) {
    return ofOwn("\"event\":" + change);
  }

  private static String ofOwn(String rest) {
    return "{\"id\":\"o\",\"sub\":\"" + ALL + "\"," + rest + "}";
  }

  private String at(long major, long minor) {
    return new Position(last.epoch(), major, minor).toString();
  }

  private void pass(Duration time) {
    var step = Duration.ofMillis(100);
    for (var left = time; left.isPositive(); left = left.minus(step)) {
      ticker.advance(step);
      home.tick();
      live.tick();
      loop.run();
    }
  }

  private static Recognition.Known user(String name, @Nullable Instant expires, String... groups) {
    return new Recognition.Known(
        new Identity(Optional.of(name), List.of(groups), Optional.empty()),
        Set.of(Permission.values()),
        Optional.ofNullable(expires),
        Optional.empty());
  }

  @Test
  void welcomesThenSaysWhatIsSubscribedAndFromWhere() {
    var client = new Client();

    assertThat(client.told(1).getFirst())
        .startsWith("{\"type\":\"welcome\",\"session\":\"")
        .endsWith(
            "\"server\":\"rowcast/1\",\"heartbeat\":25,\"limits\":{\"message_bytes\":8192,"
                + "\"subscriptions\":100}}");
    client.says(ORDERS.formatted(""));

    assertThat(client.told(2))
        .containsExactly(
            "{\"type\":\"subscribed\",\"id\":\"o\",\"sub\":\""
                + ALL
                + "\",\"key\":[\"id\"],\"columns\":"
                + "{\"id\":\"int8\",\"size\":\"int4\"},\"position\":\""
                + last
                + "\",\"resumed\":false}",
            ofOwn("\"type\":\"live\",\"position\":\"" + last + "\""));
  }

  @Test
  void whoFollowsIsHandedOneFrameForAll() {
    var one = new Client().subscribed("");
    var other = new Client().subscribed("");

    append(1, "1", "x2!");

    assertThat(one.told(1)).containsExactly(shared(change(1, 1, true)));
    assertThat(other.told(1)).containsExactly(shared(change(1, 1, true)));
    append(2, "x1!");
    append(3, "3", "4!");
    assertThat(one.told(2))
        .containsExactly(shared(change(3, 3, false)), shared(change(3, 4, true)));
  }

  @Test
  void onlyWhatMatchesIsTold() {
    var client = new Client().subscribed(",\"where\":\"" + EVEN + "\"");

    append(1, "1", "2", "3", "4", "5!");

    assertThat(client.told(2))
        .containsExactly(
            shared(shape(EVEN).id(), change(1, 2, false)),
            shared(shape(EVEN).id(), change(1, 4, true)));
  }

  @Test
  void theEndOfATransactionWhoseLastEventWasToldAlreadyIsACommit() {
    var client = new Client().subscribed("");

    append(1, "1");
    assertThat(client.told(1)).containsExactly(shared(change(1, 1, false)));
    append(2, "x1");
    append(3, "x1!");

    assertThat(client.told(1))
        .containsExactly(
            "{\"sub\":\"" + ALL + "\",\"type\":\"commit\",\"position\":\"" + at(3, 0) + "\"}");
  }

  @Test
  void whoComesWithAPositionIsToldWhatLiesBehindItInItsOwnNameAndThenFollows() {
    append(1, "1", "2", "3!");
    append(2, "x1!");
    append(3, "4!");
    var client = new Client();
    client.told(1);

    client.says(ORDERS.formatted(",\"since\":\"" + at(1, 0) + "\""));

    var told = client.told(5);
    assertThat(told.getFirst()).endsWith("\"position\":\"" + at(1, 0) + "\",\"resumed\":true}");
    assertThat(told.subList(1, 4))
        .containsExactly(
            own(change(1, 2, false)), own(change(1, 3, true)), own(change(3, 4, true)));
    assertThat(told.get(4)).contains("\"type\":\"live\"").contains(at(3, 0));
    append(4, "5!");
    assertThat(client.told(1)).containsExactly(shared(change(4, 5, true)));
  }

  @Test
  void aSlowClientIsAPlaceAndGetsEverythingOnceItReads() {
    var client = new Client().subscribed("");
    var witness = new Client().subscribed("");
    client.line.stuck = true;

    append(1, "1!");
    witness.told(1);
    for (var major = 2; major <= 50; major++) {
      append(major, "1", "x1!");
    }
    witness.told(49);
    client.hasHeardAll();
    client.line.relieve();
    client.session.writable();

    var told = client.told(50);
    assertThat(told).allMatch(text -> text.startsWith("{\"id\":\"o\",\"sub\":"));
    for (var major = 1; major <= 50; major++) {
      assertThat(told.get(major - 1)).isEqualTo(own(change(major, 1, true)));
    }
    append(51, "2!");
    assertThat(client.told(1)).containsExactly(shared(change(51, 2, true)));
    client.hasHeardAll();
  }

  @Test
  void aLoopThatIsTooSlowToBeHandedEverythingLosesNothing() {
    feed = feed(DataSize.ofMebibytes(64));
    last = feed.begin("l", 0, "test").last();
    metrics = new Metrics();
    shared = shared(LiveLimits.DEFAULTS);
    live = live();
    var client = new Client().subscribed("");
    var large = ",\"note\":\"" + "x".repeat(30_000) + "\"}";

    for (var major = 1; major <= 700; major++) {
      var json = change(major, 1, true).replace(",\"size\":1}", large);
      var change = FeedChange.read(0, json.getBytes(UTF_8));
      var entry = new FeedEntry(last, new Position(last.epoch(), major, 0), "", List.of(change));
      feed.append(entry).toCompletableFuture().join();
      last = entry.last();
    }
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() ->
            !metrics.scrape().contains("rowcast_shapes_skipped_total 0.0")
                && metrics.scrape().contains("rowcast_shapes_changes_total 700.0"));

    var told = client.told(700);
    for (var major = 1; major <= 700; major++) {
      assertThat(told.get(major - 1)).contains("\"tx\":\"" + major + "\"");
    }
  }

  @Test
  void whoWantsTheLatestStatesAloneIsToldThemWhenItLagsBehind() {
    var client = new Client().subscribed(",\"conflate\":true");
    var witness = new Client().subscribed("");
    client.line.stuck = true;
    append(1, "1!");
    for (var major = 2; major <= 20; major++) {
      append(major, "1", "2!");
    }
    witness.told(39);

    client.line.relieve();
    client.session.writable();

    assertThat(client.told(3))
        .containsExactly(
            own(change(20, 1, false)),
            own(change(20, 2, false)),
            ofOwn("\"type\":\"commit\",\"position\":\"" + at(20, 1) + "\""));
    append(21, "1!");
    assertThat(client.told(1)).containsExactly(shared(change(21, 1, true)));
  }

  @Test
  void anotherLogIsToldToWhoFollowsAndToWhoComesWithAnOldPosition() {
    var client = new Client().subscribed("");
    var old = append(1, "1!");
    client.told(1);

    last = feed.begin("l2", 0, "test").last();

    var reset = ofOwn("\"type\":\"reset\",\"reason\":\"epoch\",\"position\":\"" + last + "\"");
    assertThat(client.told(1)).containsExactly(reset);
    append(1, "7!");
    assertThat(client.told(1)).containsExactly(shared(change(1, 7, true)));
    var returning = new Client();
    returning.told(1);
    returning.says(ORDERS.formatted(",\"since\":\"" + old + "\""));
    var told = returning.told(3);
    assertThat(told.get(0)).endsWith("\"resumed\":false}");
    assertThat(told.get(1)).contains("\"reason\":\"epoch\"").contains(at(1, 0));
    assertThat(told.get(2)).contains("\"type\":\"live\"");
  }

  @Test
  void whatIsNoLongerKeptIsToldWithItsReason() {
    for (var major = 1; major <= 400; major++) {
      append(major, "1!");
    }
    var client = new Client();
    client.told(1);

    client.says(ORDERS.formatted(",\"since\":\"" + at(1, 0) + "\""));

    assertThat(client.told(3).get(1)).contains("\"reason\":\"trimmed\"").contains(at(400, 0));
  }

  @Test
  void aReplayAboveItsLimitIsAReset() {
    shared = shared(new LiveLimits(100, new DataSize(1024), 1000));
    live = live();
    append(1, "1!");
    for (var major = 2; major <= 20; major++) {
      append(major, "1!");
    }
    var client = new Client();
    client.told(1);

    client.says(ORDERS.formatted(",\"since\":\"" + at(1, 0) + "\""));

    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> {
          loop.run();
          return client.line.said().stream().anyMatch(text -> text.contains("\"type\":\"live\""));
        });
    assertThat(client.line.said())
        .anyMatch(text -> text.contains("\"reason\":\"truncated-history\""));
  }

  @Test
  void whatCannotBeDecidedIsAResetOfTheShape() {
    var client = new Client().subscribed(",\"where\":\"size=eq.1\"");

    append(1, "7?", "2!");

    var shape = shape("size=eq.1").id();
    assertThat(client.told(2))
        .containsExactly(
            "{\"sub\":\""
                + shape
                + "\",\"type\":\"reset\",\"reason\":\"undecided\",\"position\":\""
                + at(1, 0)
                + "\"}",
            shared(shape, change(1, 2, true)));
  }

  @Test
  void twoEqualSubscriptionsOfOneConnectionAreHandedOneFrame() {
    var client = new Client().subscribed("");
    client.says(ORDERS.formatted(",\"where\":\"" + EVEN + "\"").replace("\"o\"", "\"e\""));
    client.says(ORDERS.formatted("").replace("\"o\"", "\"p\""));
    client.told(4);

    append(1, "1!");
    append(2, "x1!");
    append(3, "3!");

    assertThat(client.told(2))
        .containsExactly(shared(change(1, 1, true)), shared(change(3, 3, true)));
    client.says("{\"type\":\"unsubscribe\",\"id\":\"o\"}");
    assertThat(client.told(1)).containsExactly("{\"type\":\"ok\",\"id\":\"o\"}");
    append(4, "5!");
    assertThat(client.told(1)).containsExactly(shared(change(4, 5, true)));
    client.hasHeardAll();
  }

  @Test
  void whoUnsubscribesHearsNoMore() {
    var client = new Client().subscribed("");
    var witness = new Client().subscribed("");
    client.says("{\"type\":\"unsubscribe\",\"id\":\"o\"}");
    client.told(1);

    append(1, "1!");

    witness.told(1);
    client.hasHeardAll();
    client.says("{\"type\":\"unsubscribe\",\"id\":\"o\"}");
    assertThat(client.told(1).getFirst())
        .startsWith("{\"type\":\"error\",\"id\":\"o\",\"code\":404");
  }

  @Test
  void aSyncIsAnsweredWhenEverythingUpToThereIsTold() {
    var client = new Client().subscribed("");
    client.says("{\"type\":\"sync\",\"id\":\"s\",\"position\":\"" + at(2, 0) + "\"}");
    client.hasHeardAll();

    append(1, "1!");
    client.told(1);
    append(2, "x1!");

    assertThat(client.told(1))
        .containsExactly("{\"type\":\"synced\",\"id\":\"s\",\"position\":\"" + at(2, 0) + "\"}");
    client.says("{\"type\":\"sync\",\"id\":\"t\"}");
    assertThat(client.told(1).getFirst()).startsWith("{\"type\":\"synced\",\"id\":\"t\"");
    client.says("{\"type\":\"sync\",\"id\":\"u\",\"position\":\"other.1-1\"}");
    assertThat(client.told(1).getFirst())
        .startsWith("{\"type\":\"error\",\"id\":\"u\",\"code\":400");
  }

  @Test
  void aConnectionIsToldWhereItIsAlthoughNothingMatched() {
    var client = new Client().subscribed(",\"where\":\"" + EVEN + "\"");
    var witness = new Client().subscribed("");
    append(1, "1!");
    witness.told(1);

    pass(Duration.ofSeconds(6));

    assertThat(client.told(1))
        .containsExactly("{\"type\":\"position\",\"position\":\"" + at(1, 0) + "\"}");
    pass(Duration.ofSeconds(15));
    assertThat(client.line.said().stream().filter(text -> text.startsWith("1 ")).count())
        .isEqualTo(4);
    pass(Duration.ofSeconds(9));
    assertThat(client.line.said().stream().filter(text -> text.contains("position\",")).count())
        .isGreaterThanOrEqualTo(2);
  }

  @Test
  void facilitiesAreHeardOnTheSameSocket() {
    bus.keep(LOBBY, "{\"hello\": 1}");
    var client = new Client().subscribed("");

    client.says("{\"type\":\"subscribe\",\"id\":\"c\",\"facility\":\"lobby\"}");
    bus.hear(LOBBY, "no json");
    bus.hear(LOBBY, new byte[] {(byte) 0xFF});
    loop.run();

    assertThat(client.told(4))
        .containsExactly(
            "{\"type\":\"subscribed\",\"id\":\"c\",\"facility\":\"lobby\",\"audience\":\"broadcast\"}",
            "{\"type\":\"message\",\"facility\":\"lobby\",\"audience\":\"broadcast\",\"data\":{\"hello\":"
                + " 1}}",
            "{\"type\":\"message\",\"facility\":\"lobby\",\"audience\":\"broadcast\",\"text\":\"no"
                + " json\"}",
            "{\"type\":\"message\",\"facility\":\"lobby\",\"audience\":\"broadcast\",\"base64\":\"/w==\"}");
    assertThat(facilities).containsExactly("lobby");
    client.says("{\"type\":\"unsubscribe\",\"id\":\"c\"}");
    assertThat(bus.subscriptions()).isEmpty();
    assertThat(facilities).isEmpty();
  }

  @Test
  void whatIsSaidAtAFacilityIsAnsweredOnceTheBusHasIt() {
    bus.holdAcknowledgements();
    var client = new Client();
    client.told(1);

    client.says("{\"type\":\"publish\",\"id\":\"p\",\"facility\":\"lobby\",\"data\":{\"n\":1.50}}");
    client.hasHeardAll();
    bus.acknowledge();

    assertThat(client.told(1)).containsExactly("{\"type\":\"ok\",\"id\":\"p\"}");
    assertThat(bus.published())
        .containsExactly(new ManualBus.Published(LOBBY, "{\"n\":1.50}", Duration.ofHours(1)));
  }

  @Test
  void theRulesOfFacilitiesHoldHereToo() {
    var client = new Client();
    client.told(1);

    client.says("{\"type\":\"subscribe\",\"id\":\"a\",\"facility\":\"closed\"}");
    client.says("{\"type\":\"publish\",\"id\":\"b\",\"facility\":\"closed\",\"text\":\"x\"}");
    client.says(
        "{\"type\":\"subscribe\",\"id\":\"c\",\"facility\":\"lobby\",\"audience\":\"user\"}");
    client.says("{\"type\":\"subscribe\",\"id\":\"d\",\"facility\":\"full\"}");
    client.says("{\"type\":\"subscribe\",\"id\":\"e\",\"facility\":\"lobby\"}");
    client.says("{\"type\":\"subscribe\",\"id\":\"f\",\"facility\":\"lobby\"}");

    var told = client.told(6);
    assertThat(told.get(0)).startsWith("{\"type\":\"error\",\"id\":\"a\",\"code\":403");
    assertThat(told.get(1)).startsWith("{\"type\":\"error\",\"id\":\"b\",\"code\":403");
    assertThat(told.get(2)).startsWith("{\"type\":\"error\",\"id\":\"c\",\"code\":403");
    assertThat(told.get(3)).startsWith("{\"type\":\"error\",\"id\":\"d\",\"code\":429");
    assertThat(told.get(4)).startsWith("{\"type\":\"subscribed\",\"id\":\"e\"");
    assertThat(told.get(5)).startsWith("{\"type\":\"error\",\"id\":\"f\",\"code\":409");
    assertThat(bus.published()).isEmpty();
  }

  @Test
  void aTableThatIsNotThereAnIdThatIsTakenAndOneTooManyAreRefused() {
    shared = shared(new LiveLimits(1, DataSize.ofMebibytes(1), 1000));
    live = live();
    var client = new Client();
    client.told(1);

    client.says(ORDERS.formatted("").replace("orders", "nothing"));
    assertThat(client.told(1))
        .containsExactly(
            "{\"type\":\"error\",\"id\":\"o\",\"code\":404,\"message\":\"no such table\"}");
    client.says(ORDERS.formatted(""));
    client.told(2);
    client.says(ORDERS.formatted(""));
    client.says(ORDERS.formatted("").replace("\"o\"", "\"p\""));

    var told = client.told(2);
    assertThat(told.get(0)).startsWith("{\"type\":\"error\",\"id\":\"o\",\"code\":409");
    assertThat(told.get(1)).startsWith("{\"type\":\"error\",\"id\":\"p\",\"code\":429");
    assertThat(client.session.isOpen()).isTrue();
  }

  @Test
  void whatIsNoMessageOfTheProtocolEndsTheConnection() {
    var client = new Client();
    client.told(1);
    client.says("{\"type\":\"subscribe\",\"id\":\"o\",\"tabel\":\"x\"}");

    var told = client.told(2);
    assertThat(told.get(0)).startsWith("{\"type\":\"error\",\"id\":\"o\",\"code\":400");
    assertThat(told.get(1)).isEqualTo("8 4400 malformed");
    var other = new Client();
    other.told(1);
    other.frame(0x82, "{\"type\":\"ping\"}".getBytes(UTF_8));
    assertThat(other.told(2).get(1)).isEqualTo("8 4400 malformed");
  }

  @Test
  void aPingIsAnswered() {
    var client = new Client();
    client.told(1);

    client.says("{\"type\":\"ping\"}");
    client.says("{\"type\":\"ping\",\"id\":\"1\"}");

    assertThat(client.told(2))
        .containsExactly("{\"type\":\"pong\"}", "{\"type\":\"pong\",\"id\":\"1\"}");
  }

  @Test
  void aTokenIsRenewedInTimeOrTheConnectionEnds() {
    var client = new Client(user("ann", NOON.plusSeconds(90)));
    assertThat(client.told(1).getFirst()).contains("\"heartbeat\":25,\"expires_in\":90,");

    pass(Duration.ofSeconds(40));
    client.session.pong(new byte[0]);
    assertThat(client.line.said())
        .anyMatch(text -> text.startsWith("1 {\"type\":\"expiring\",\"in\":"));
    recognition = user("ann", NOON.plusSeconds(60));
    client.says("{\"type\":\"auth\",\"id\":\"a\",\"token\":\"t2\"}");
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> {
          loop.run();
          return client.line.said().contains("1 {\"type\":\"ok\",\"id\":\"a\",\"expires_in\":60}");
        });
    for (var second = 0; second < 70 && client.session.isOpen(); second++) {
      client.says("{\"type\":\"ping\"}");
      pass(Duration.ofSeconds(1));
    }

    assertThat(client.line.said().getLast()).startsWith("8 4501 token expired retry=");
  }

  @Test
  void aTokenOfSomebodyElseIsRefusedAndABadOneEndsTheConnection() {
    var client = new Client(user("ann", null));
    client.told(1);
    recognition = user("bob", null);
    client.says("{\"type\":\"auth\",\"id\":\"a\",\"token\":\"b\"}");
    assertThat(client.told(1).getFirst())
        .startsWith("{\"type\":\"error\",\"id\":\"a\",\"code\":403");

    recognition = new Recognition.Rejected(CloseReason.UNRECOGNISED, "a test");
    client.says("{\"type\":\"auth\",\"token\":\"c\"}");

    assertThat(client.told(1).getFirst()).startsWith("8 4401 not recognised retry=");
  }

  @Test
  void whoseSubscriptionsWouldBeOthersByItsNewTokenSubscribesAnew() {
    var client = new Client().subscribed("");
    recognition = user("ann", null);

    client.says("{\"type\":\"auth\",\"token\":\"t\"}");
    assertThat(client.told(1)).containsExactly("{\"type\":\"ok\"}");
    var other = new Client().subscribed("");
    other.says(ORDERS.formatted("").replace("orders", "own").replace("\"o\"", "\"p\""));
    other.told(2);
    other.says("{\"type\":\"auth\",\"token\":\"t\"}");

    assertThat(other.told(2).get(1)).startsWith("8 4502 configuration changed retry=");
    assertThat(client.session.isOpen()).isTrue();
  }

  @Test
  void aTableThatHasBecomeAnotherEndsWhoHearsIt() {
    var client = new Client().subscribed("");
    isCurrent = false;

    pass(Duration.ofSeconds(6));

    assertThat(client.told(1).getFirst()).startsWith("8 4502 configuration changed retry=");
  }

  @Test
  void newRulesEndWhoHearsTables() {
    var client = new Client().subscribed("");
    var other = new Client();
    other.told(1);

    shared.reconfigured();

    assertThat(client.told(1).getFirst()).startsWith("8 4502 configuration changed retry=");
    assertThat(other.session.isOpen()).isTrue();
  }

  @Test
  void anEndThatAsksForAReturnSaysWhen() {
    var client = new Client();
    client.told(1);

    home.drain(Duration.ZERO);

    assertThat(client.told(1).getFirst()).matches("8 1001 Websocket Closed retry=[0-9]+");
    assertThat(client.line.finished).isTrue();
  }

  @Test
  void nothingIsLeftOfWhoHasGone() {
    var client = new Client().subscribed("");
    client.says("{\"type\":\"subscribe\",\"id\":\"c\",\"facility\":\"lobby\"}");
    client.told(1);

    client.session.closed();
    append(1, "1!");
    pass(Duration.ofSeconds(30));

    client.hasHeardAll();
    assertThat(home.count()).isZero();
    assertThat(bus.subscriptions()).isEmpty();
    assertThat(facilities).isEmpty();
    assertThat(live.shapes().position()).isNotNull();
  }
}
