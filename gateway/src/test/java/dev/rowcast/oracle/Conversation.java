package dev.rowcast.oracle;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rowcast.oracle.Script.Step;
import dev.rowcast.testing.RedisWire;
import dev.rowcast.testing.WireClient;
import dev.rowcast.testing.WireClient.Ended;
import dev.rowcast.testing.WireClient.Frame;
import dev.rowcast.testing.WireClient.Seen;
import dev.rowcast.testing.WireClient.Silence;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.LongPredicate;
import java.util.zip.CRC32;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * Holds one scripted conversation with one server and notes what came of each step.
 *
 * <p>Confined to the thread that plays it. It asserts nothing: a step that waits in vain notes
 * that. Each play has a facility name of its own, so several plays share one Redis; the notes say
 * {@code $F} for it. Heartbeats are left out of the notes except where a step asks for one, because
 * when they come depends on what else woke the server.
 */
final class Conversation implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final Duration QUIET = Duration.ofMillis(400);
  private static final Duration SETTLING = Duration.ofMillis(250);
  private static final Duration HEARTBEAT_PERIOD = Duration.ofSeconds(5);
  private static final int LONGEST_NOTE = 120;

  private final Script script;
  private final ServerUnderTest server;
  private final InetSocketAddress redisAddress;
  private final RedisWire redis;
  private final String facility =
      "f" + UUID.randomUUID().toString().replace("-", "").substring(0, 12);
  private final Map<String, Talker> talkers = new HashMap<>();
  private final Map<String, RedisWire> listeners = new HashMap<>();

  private Conversation(Script script, ServerUnderTest server, InetSocketAddress redisAddress)
      throws IOException {
    this.script = script;
    this.server = server;
    this.redisAddress = redisAddress;
    this.redis = RedisWire.open(redisAddress);
  }

  /** Plays a script and returns one note for each of its steps. */
  static List<String> play(Script script, ServerUnderTest server, InetSocketAddress redis)
      throws IOException {
    try (var conversation = new Conversation(script, server, redis)) {
      var notes = new ArrayList<String>();
      for (Step step : script.steps()) {
        notes.add(conversation.play(step).replace(conversation.facility, "$F"));
      }
      return notes;
    }
  }

  /** A client of the conversation, and what it has received but no step has asked for. */
  private static final class Talker {
    final WireClient wire;
    final Set<String> channels = new HashSet<>();
    final Deque<Frame> waiting = new ArrayDeque<>();
    boolean closed;

    Talker(WireClient wire) {
      this.wire = wire;
    }
  }

  private String play(Step step) throws IOException {
    return switch (step.word(0)) {
      case "connect" -> request(step.word(1), "GET " + fill(step.word(2)) + " HTTP/1.1", step, 3);
      case "request" -> request(step.word(1), fill(Script.string(step.word(2))), step, 3);
      case "ready" -> ready(talker(step), fill(Script.string(step.word(2))));
      case "send" -> send(talker(step).wire, step);
      case "read" -> note(next(talker(step), PATIENCE));
      case "quiet" -> quiet(talker(step));
      case "heartbeat" -> heartbeat(talker(step));
      case "ended" -> ended(talker(step));
      case "hang-up" -> hangUp(talker(step));
      case "redis" -> redis(step);
      default -> throw new IllegalArgumentException(script.name() + ": no step " + step.text());
    };
  }

  private Talker talker(Step step) {
    Talker talker = talkers.get(step.word(1));
    if (talker == null) {
      throw new IllegalArgumentException(
          script.name() + " line " + step.line() + ": nobody is called " + step.word(1));
    }
    return talker;
  }

  /** Replaces what differs from play to play. */
  private String fill(String word) {
    return word.replace("$F", facility)
        .replace("$P", script.settings().prefixWithColon())
        .replace("$alice", Oracle.sessionKey("alice"))
        .replace("$bob", Oracle.sessionKey("bob"))
        .replace("$carol", Oracle.sessionKey("carol"))
        .replace("$visitor", Oracle.sessionKey("visitor"));
  }

  private byte[] data(Step step, int index) {
    return step.words().size() > index ? Script.bytes(fill(step.word(index))) : new byte[0];
  }

  private String request(String name, String requestLine, Step step, int firstHeader)
      throws IOException {
    Talker before = talkers.get(name);
    if (before != null) {
      before.wire.close();
    }
    var talker = new Talker(WireClient.open(server.address()));
    talkers.put(name, talker);
    var headers = new ArrayList<String>();
    headers.add("Host: 127.0.0.1:" + server.address().getPort());
    headers.add("Upgrade: websocket");
    headers.add("Connection: Upgrade");
    headers.add("Sec-WebSocket-Version: 13");
    headers.add("Sec-WebSocket-Key: " + WireClient.SAMPLE_KEY);
    for (String word : step.from(firstHeader)) {
      String header = fill(Script.string(word));
      String changed = header.startsWith("-") ? header.substring(1) : header.split(":", 2)[0];
      headers.removeIf(line -> line.split(":", 2)[0].equalsIgnoreCase(changed));
      if (!header.startsWith("-")) {
        headers.add(header);
      }
    }
    var answer = talker.wire.request(requestLine, headers);
    if (answer.status() != 101) {
      return answer.status() == 0 ? "no answer" : "status " + answer.status();
    }
    var note = new StringBuilder("status 101");
    if (!answer.header("Sec-WebSocket-Accept").equals(Optional.of(accept(headers)))) {
      note.append(", wrong accept");
    }
    answer
        .header("Sec-WebSocket-Protocol")
        .ifPresent(protocol -> note.append(", protocol ").append(protocol));
    answer
        .header("Sec-WebSocket-Extensions")
        .ifPresent(extensions -> note.append(", extensions ").append(extensions));
    return note.toString();
  }

  private static String accept(List<String> headers) {
    return headers.stream()
        .filter(line -> line.startsWith("Sec-WebSocket-Key:"))
        .map(line -> WireClient.acceptFor(line.substring("Sec-WebSocket-Key:".length()).strip()))
        .findFirst()
        .orElse("");
  }

  /**
   * Waits until Redis knows of the subscription, then a moment more: ws4redis hands over one reply
   * of Redis each time it wakes, so a message sent before it has handled the confirmation would
   * stay one behind for good.
   */
  private String ready(Talker talker, String channel) throws IOException {
    talker.channels.add(channel);
    long joined = talkers.values().stream().filter(each -> each.channels.contains(channel)).count();
    long needed = server.sharesSubscriptions() ? 1 : joined;
    boolean subscribed = subscribersReach(channel, count -> count >= needed);
    long deadline = System.nanoTime() + SETTLING.toNanos();
    while (deadline > System.nanoTime()) {
      Duration remaining = Duration.ofNanos(deadline - System.nanoTime());
      if (talker.wire.next(remaining) instanceof Frame frame) {
        talker.waiting.add(frame);
      }
    }
    return subscribed ? "ready" : "not subscribed";
  }

  private boolean subscribersReach(String channel, LongPredicate count) {
    try {
      Awaitility.await()
          .pollInSameThread()
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(10))
          .atMost(PATIENCE)
          .until(() -> count.test(redis.subscribers(channel)));
      return true;
    } catch (ConditionTimeoutException e) {
      return false;
    }
  }

  /** Always notes the same: whether a write into a dying connection fails is chance. */
  private String send(WireClient wire, Step step) throws IOException {
    byte[] data = data(step, 3);
    byte[] bytes =
        switch (step.word(2)) {
          case "text" -> new Frame(true, 0, Frame.TEXT, true, data).encoded();
          case "binary" -> new Frame(true, 0, Frame.BINARY, true, data).encoded();
          case "ping" -> new Frame(true, 0, Frame.PING, true, data).encoded();
          case "pong" -> new Frame(true, 0, Frame.PONG, true, data).encoded();
          case "close" -> new Frame(true, 0, Frame.CLOSE, true, closePayload(step)).encoded();
          case "frame" -> frame(step).encoded();
          case "raw" -> HexFormat.of().parseHex(step.word(3));
          default -> throw new IllegalArgumentException("cannot send: " + step.text());
        };
    try {
      wire.raw(bytes);
    } catch (SocketException _) {
      // The server has ended the connection; the next read says so.
    }
    return "sent";
  }

  private byte[] closePayload(Step step) {
    if (step.words().size() <= 3) {
      return new byte[0];
    }
    int code = Integer.parseInt(step.word(3));
    byte[] reason = data(step, 4);
    return ByteBuffer.allocate(2 + reason.length).putShort((short) code).put(reason).array();
  }

  /**
   * {@code send A frame fin=0 rsv=4 op=1 mask=0 "text"}; what is not given is fin=1 rsv=0 mask=1.
   */
  private Frame frame(Step step) {
    var frame = new Frame(true, 0, Frame.TEXT, true, new byte[0]);
    for (String word : step.from(3)) {
      int value = word.contains("=") ? word.charAt(word.length() - 1) - '0' : 0;
      frame =
          switch (word.split("=", 2)[0]) {
            case "fin" ->
                new Frame(value == 1, frame.rsv(), frame.opcode(), frame.masked(), frame.payload());
            case "rsv" ->
                new Frame(frame.fin(), value, frame.opcode(), frame.masked(), frame.payload());
            case "op" ->
                new Frame(frame.fin(), frame.rsv(), value, frame.masked(), frame.payload());
            case "mask" ->
                new Frame(frame.fin(), frame.rsv(), frame.opcode(), value == 1, frame.payload());
            default ->
                new Frame(
                    frame.fin(),
                    frame.rsv(),
                    frame.opcode(),
                    frame.masked(),
                    Script.bytes(fill(word)));
          };
    }
    return frame;
  }

  /**
   * The next frame that is neither a heartbeat nor a ping of the server's. What follows a close
   * frame is no frame (ws4redis sends the body of an HTTP answer there) and is passed over.
   */
  private Seen next(Talker talker, Duration within) throws IOException {
    long deadline = System.nanoTime() + within.toNanos();
    while (true) {
      Seen seen =
          talker.waiting.isEmpty()
              ? talker.wire.next(Duration.ofNanos(Math.max(deadline - System.nanoTime(), 0)))
              : talker.waiting.removeFirst();
      if (!(seen instanceof Frame frame)) {
        return seen;
      }
      if (!talker.closed && !isHeartbeat(frame) && frame.opcode() != Frame.PING) {
        talker.closed = frame.opcode() == Frame.CLOSE;
        return frame;
      }
      if (System.nanoTime() > deadline && talker.waiting.isEmpty()) {
        return new Silence();
      }
    }
  }

  private boolean isHeartbeat(Frame frame) {
    return frame.opcode() == Frame.TEXT
        && script.settings().heartbeat().filter(frame.asText()::equals).isPresent();
  }

  private String quiet(Talker talker) throws IOException {
    var notes = new ArrayList<String>();
    while (true) {
      Seen seen = next(talker, QUIET);
      if (seen instanceof Silence) {
        return notes.isEmpty() ? "quiet" : String.join(", ", notes);
      }
      notes.add(note(seen));
      if (seen instanceof Ended) {
        return String.join(", ", notes);
      }
    }
  }

  private String heartbeat(Talker talker) throws IOException {
    talker.waiting.removeIf(this::isHeartbeat);
    long deadline = System.nanoTime() + HEARTBEAT_PERIOD.toNanos();
    while (deadline > System.nanoTime()) {
      switch (talker.wire.next(Duration.ofNanos(deadline - System.nanoTime()))) {
        case Frame frame when isHeartbeat(frame) -> {
          return "heartbeat";
        }
        case Frame frame -> talker.waiting.add(frame);
        case Ended _ -> {
          return "ended";
        }
        case Silence _ -> {}
      }
    }
    return "no heartbeat";
  }

  private String ended(Talker talker) throws IOException {
    var notes = new ArrayList<String>();
    while (true) {
      Seen seen = next(talker, PATIENCE);
      if (seen instanceof Silence) {
        notes.add("still open");
        return String.join(", ", notes);
      }
      notes.add(note(seen));
      if (seen instanceof Ended) {
        return String.join(", ", notes);
      }
    }
  }

  private static String hangUp(Talker talker) throws IOException {
    talker.wire.close();
    talker.channels.clear();
    return "gone";
  }

  private String redis(Step step) throws IOException {
    String name = fill(Script.string(step.word(2)));
    return switch (step.word(1)) {
      case "publish" -> {
        redis.call("PUBLISH", name, data(step, 3));
        yield "published";
      }
      case "setex" -> {
        redis.call("SETEX", name, step.word(3), data(step, 4));
        yield "stored";
      }
      case "get" -> value(name).map(Conversation::quoted).orElse("no value");
      case "ttl" -> ttl(redis.number("TTL", name));
      case "listen" -> {
        RedisWire listener = RedisWire.open(redisAddress);
        listeners.put(name, listener);
        listener.subscribe(fill(Script.string(step.word(3))));
        yield "listening";
      }
      case "heard" -> heard(name, PATIENCE);
      case "unheard" -> heard(name, QUIET);
      case "deserted" -> subscribersReach(name, count -> count == 0) ? "deserted" : "subscribed";
      default -> throw new IllegalArgumentException("no step " + step.text());
    };
  }

  /** The value of a key, given a moment to appear: SETEX follows PUBLISH. */
  private Optional<byte[]> value(String key) throws IOException {
    try {
      return Awaitility.await()
          .pollInSameThread()
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(10))
          .atMost(QUIET)
          .until(() -> redis.get(key), Optional::isPresent);
    } catch (ConditionTimeoutException e) {
      return redis.get(key);
    }
  }

  private String heard(String name, Duration within) throws IOException {
    RedisWire listener = listeners.get(name);
    if (listener == null) {
      throw new IllegalArgumentException(script.name() + ": nobody listens as " + name);
    }
    return listener.message(within).map(Conversation::quoted).orElse("nothing");
  }

  /** Seconds, rounded up to ten, because some of them have passed. */
  private static String ttl(long seconds) {
    if (seconds == -2) {
      return "no key";
    }
    return seconds == -1 ? "forever" : "about " + (seconds + 9) / 10 * 10;
  }

  private static String note(Seen seen) {
    return switch (seen) {
      case Silence _ -> "silence";
      case Ended _ -> "ended";
      case Frame frame ->
          (frame.fin() ? "" : "unfinished ")
              + (frame.rsv() == 0 ? "" : "rsv" + frame.rsv() + " ")
              + (frame.masked() ? "masked " : "")
              + switch (frame.opcode()) {
                case Frame.TEXT -> "text " + quoted(frame.payload());
                case Frame.BINARY -> "binary " + quoted(frame.payload());
                case Frame.PONG -> "pong " + quoted(frame.payload());
                case Frame.CLOSE ->
                    "close " + frame.closeCode().map(code -> code + "").orElse("without a code");
                default -> "opcode " + frame.opcode() + " " + quoted(frame.payload());
              };
    };
  }

  private static String quoted(byte[] bytes) {
    if (bytes.length > LONGEST_NOTE) {
      var sum = new CRC32();
      sum.update(bytes);
      return bytes.length + " bytes, checksum " + Long.toHexString(sum.getValue());
    }
    String text;
    try {
      text = UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return "hex " + HexFormat.of().formatHex(bytes);
    }
    var quoted = new StringBuilder("\"");
    text.codePoints()
        .forEach(point -> {
          if (point == '"' || point == '\\') {
            quoted.append('\\').appendCodePoint(point);
          } else if (point < 0x20 || point == 0x7f) {
            quoted.append("\\x").append(HexFormat.of().toHexDigits((byte) point));
          } else {
            quoted.appendCodePoint(point);
          }
        });
    return quoted.append('"').toString();
  }

  @Override
  public void close() throws IOException {
    for (Talker talker : talkers.values()) {
      talker.wire.close();
    }
    for (RedisWire listener : listeners.values()) {
      listener.close();
    }
    redis.close();
  }
}
