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
import dev.rowcast.message.ErrorCode;
import dev.rowcast.message.Permission;
import dev.rowcast.message.Position;
import dev.rowcast.message.Seen;
import dev.rowcast.message.Since;
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

/**
 * Conversations at {@code /live} without sockets: a feed in memory, one event loop that is cranked
 * by hand, and a table of orders.
 *
 * <p>Confined to the test's thread.
 */
abstract class LiveConversations {
  static final Instant NOON = Instant.parse("2026-11-26T12:00:00Z");
  static final Topic LOBBY = Topic.broadcast("lobby");
  static final TableColumns TABLE =
      new TableColumns(
          "public.orders",
          "public.orders",
          List.of("id"),
          List.of(
              new Column("id", "id", "int8", ColumnType.Plain.INT8, true),
              new Column("size", "size", "int4", ColumnType.Plain.INT4, true)));
  static final String ALL = shape("").id();
  static final String EVEN = "id=in.(2,4,6)";
  static final String ORDERS =
      "{\"type\":\"subscribe\",\"id\":\"o\",\"table\":\"public.orders\"%s}";

  final ManualBus bus = new ManualBus();
  final CrankedLoop loop = new CrankedLoop();
  final FakeTicker ticker = new FakeTicker();
  Metrics metrics = new Metrics();
  final List<String> facilities = new ArrayList<>();
  boolean isCurrent = true;

  /** What the database says to who asks for its rows. */
  volatile Beginnings.Rows rows = (_, _) -> Optional.empty();

  /** The last major with which something can come that was in the rows. */
  volatile long seenUntil;

  Recognition recognition = Recognition.Known.ANONYMOUS;
  final Sessions sessions = sessions();
  final LoopSessions home = sessions.onLoop(loop, new UnpooledByteBufAllocator(false));
  LocalFeed feed = feed(DataSize.ofKibibytes(64));
  LiveSockets shared = shared(LiveLimits.DEFAULTS);
  LoopSockets live = live();
  Position last = feed.begin("l", 0, "test").last();

  Sessions sessions() {
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
    var hub = new Hub(bus, Optional.empty(), new Metrics(), ticker);
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

  LocalFeed feed(DataSize memory) {
    return new LocalFeed(
        new FeedSettings(
            Optional.of(true), 1_000, Duration.ofDays(1), DataSize.ofMebibytes(1), memory),
        new FeedMeters(new Metrics()),
        ticker,
        new Random(1));
  }

  LiveSockets shared(LiveLimits limits) {
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

  LoopSockets live() {
    return shared.onLoop(home, loop, new UnpooledByteBufAllocator(false));
  }

  /** Another node, whose memory holds all that a test appends. */
  void beginInLargeMemory() {
    feed = feed(DataSize.ofMebibytes(64));
    last = feed.begin("l", 0, "test").last();
    metrics = new Metrics();
    shared = shared(LiveLimits.DEFAULTS);
    live = live();
  }

  /** Orders for everybody; {@code public.own} shows each user the rows of its name's length. */
  final class Tables implements TableAccess {
    @Override
    public TableAdmission decide(Recognition.Known who, ClientMessage.SubscribeTable wish) {
      return switch (wish.table()) {
        case "public.orders" -> new TableAdmission.Admitted(shape(wish.where()), start(wish));
        case "public.own" ->
            new TableAdmission.Admitted(
                shape("size=eq." + who.identity().user().map(String::length).orElse(0)),
                Optional.empty());
        default -> new TableAdmission.Refused(ErrorCode.NOT_FOUND, "no such table");
      };
    }

    private Optional<Start> start(ClientMessage.SubscribeTable wish) {
      return wish.since()
          .flatMap(Since::parse)
          .map(since -> {
            try {
              return beginnings().start(since);
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          });
    }

    @Override
    public Beginnings beginnings() {
      return new Beginnings(
          feed,
          (shape, wanted) -> rows.read(shape, wanted),
          snapshot -> new Seen(snapshot, seenUntil));
    }

    @Override
    public boolean isCurrent(Shape shape) {
      return isCurrent;
    }
  }

  static Shape shape(String where) {
    var filter = ((Filter.Parsed.Accepted) Filter.parse(where, FilterSettings.DEFAULTS)).filter();
    return ((Shape.Made.Accepted) Shape.of(TABLE, filter, List.of())).shape();
  }

  /** A conversation, its line, and the words of a client. */
  final class Client {
    final RecordingLine line = new RecordingLine();
    final LiveSession session;
    int seen;

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
  Position append(long major, String... keys) {
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
  static byte[] event(long major, String key) {
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

  static String change(long major, int key, boolean isLast) {
    return "{\"type\":\"update\",\"table\":\"public.orders\",\"key\":{\"id\":"
        + key
        + "},\"row\":{\"id\":"
        + key
        + ",\"size\":1},\"tx\":\""
        + major
        + (isLast ? "\",\"last\":true}" : "\"}");
  }

  static String shared(String change) {
    return shared(ALL, change);
  }

  static String shared(String shape, String change) {
    return "{\"sub\":\"" + shape + "\",\"event\":" + change + "}";
  }

  static String own(String change) {
    return ofOwn("\"event\":" + change);
  }

  static String ofOwn(String rest) {
    return "{\"id\":\"o\",\"sub\":\"" + ALL + "\"," + rest + "}";
  }

  String at(long major, long minor) {
    return new Position(last.epoch(), major, minor).toString();
  }

  void pass(Duration time) {
    var step = Duration.ofMillis(100);
    for (var left = time; left.isPositive(); left = left.minus(step)) {
      ticker.advance(step);
      home.tick();
      live.tick();
      loop.run();
    }
  }

  static Recognition.Known user(String name, @Nullable Instant expires, String... groups) {
    return new Recognition.Known(
        new Identity(Optional.of(name), List.of(groups), Optional.empty()),
        Set.of(Permission.values()),
        Optional.ofNullable(expires),
        Optional.empty());
  }
}
