package dev.rowcast.bench;

import dev.rowcast.bench.wire.FrameScanner;
import dev.rowcast.bench.wire.PositionScan;
import dev.rowcast.bench.wire.SequenceCheck;
import dev.rowcast.bench.wire.Stamp;
import dev.rowcast.bench.wire.UpgradeRequest;
import dev.rowcast.protocol.Frames;
import dev.rowcast.protocol.PerMessageDeflate;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One simulated client, the only handler of its pipeline.
 *
 * <p>Confined to its event loop. A delivery that comes whole and in order allocates nothing and is
 * counted where it was read. It is {@code Sharable} for Netty, because after a storm it goes on in
 * the pipeline of a new connection; it never is in two.
 */
@ChannelHandler.Sharable
final class Client extends ChannelInboundHandlerAdapter implements FrameScanner.Sink {
  private static final int HEAD_LIMIT = 1 << 14;

  private enum State {
    ABSENT,
    CONNECTING,
    UPGRADING,
    JOINING,
    OPEN,
    LEAVING
  }

  private final ClientLoop home;
  private final Shared shared;
  private final int id;
  private final int topic;
  private final boolean isSlow;
  private SequenceCheck check = new SequenceCheck();

  private State state = State.ABSENT;
  private @Nullable Channel channel;

  /** What has been read of an answer or a frame that is not all here. */
  private byte @Nullable [] carry;

  /** When the connection was asked for, or when its end was. */
  private long since;

  /** The last position it was told, in the bytes of its URL; only of those who resume. */
  private @Nullable String position;

  private int said;
  private boolean wasOpen;

  /** Whether a failure is followed by another attempt. */
  private boolean isStubborn;

  private boolean hasSaidClose;

  Client(ClientLoop home, Shared shared, int id) {
    this.home = home;
    this.shared = shared;
    this.id = id;
    topic = home.plan().topic(id);
    isSlow = home.plan().settings().crowd().isSlow(id);
  }

  int id() {
    return id;
  }

  SequenceCheck check() {
    return check;
  }

  boolean isOpen() {
    return state == State.OPEN;
  }

  boolean isSlow() {
    return isSlow;
  }

  /** Whether what it missed is the server's fault. */
  boolean isJudged() {
    return wasOpen && !isSlow;
  }

  /** How many messages it should have heard. */
  long expected(long[] published) {
    if (home.plan().settings().mode() == Mode.ECHO) {
      return said;
    }
    return topic < published.length ? published[topic] : 0;
  }

  /** Connects; {@code asked} is when that was due. */
  void connect(long asked, boolean stubborn) {
    if (state != State.ABSENT || shared.isOver()) {
      shared.settled();
      return;
    }
    isStubborn = stubborn;
    since = asked;
    state = State.CONNECTING;
    carry = null;
    hasSaidClose = false;
    var connecting = shared.connect(home.loop(), this, id);
    channel = connecting.channel();
    connecting.addListener(done -> {
      if (!done.isSuccess()) {
        // A channel that never got to its event loop says so on another thread.
        home.loop().execute(() -> failed(reason(done.cause())));
      }
    });
  }

  private static String reason(@Nullable Throwable cause) {
    var text = cause == null ? "" : String.valueOf(cause.getMessage());
    if (cause instanceof java.net.ConnectException && text.contains("refused")) {
      return "connection refused";
    }
    return cause instanceof io.netty.channel.ConnectTimeoutException ? "connect timed out" : text;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    state = State.UPGRADING;
    var target = home.plan().settings().target();
    var path = target.fill(target.path(), homeTopic(), id) + resume(target);
    var _ =
        ctx.writeAndFlush(Unpooled.wrappedBuffer(shared.upgrade().bytes(path)), ctx.voidPromise());
  }

  private String resume(BenchSettings.Target target) {
    var place = position;
    return place == null
        ? ""
        : target.resume().replace("{position}", URLEncoder.encode(place, StandardCharsets.UTF_8));
  }

  /** The topic by which its facility is named. */
  private int homeTopic() {
    return id % home.plan().settings().load().topics();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    var buffer = (ByteBuf) message;
    var before = carry;
    var carried = before == null ? 0 : before.length;
    var size = carried + buffer.readableBytes();
    var bytes = home.scratch(size);
    if (before != null) {
      System.arraycopy(before, 0, bytes, 0, carried);
    }
    buffer.readBytes(bytes, carried, size - carried);
    buffer.release();
    home.read();
    var used = consume(bytes, size);
    carry = used < size && state != State.ABSENT ? Arrays.copyOfRange(bytes, used, size) : null;
  }

  private int consume(byte[] bytes, int size) {
    int from = 0;
    if (state == State.UPGRADING) {
      var end = UpgradeRequest.end(bytes, 0, size);
      if (end < 0) {
        if (size > HEAD_LIMIT) {
          failed("endless answer to the handshake");
        }
        return 0;
      }
      var refusal = shared.upgrade().refusal(bytes, 0, end);
      if (!refusal.isEmpty()) {
        failed(refusal);
        return size;
      }
      upgraded();
      from = end;
    }
    if (state == State.ABSENT) {
      return size;
    }
    var used = FrameScanner.scan(bytes, from, size, this);
    if (used == FrameScanner.BROKEN) {
      broken();
      return size;
    }
    return used;
  }

  private void upgraded() {
    var target = home.plan().settings().target();
    for (var hello : target.hellos()) {
      send(Frames.TEXT, target.fill(hello, homeTopic(), id).getBytes(StandardCharsets.UTF_8));
    }
    flush();
    state = State.JOINING;
    if (target.joined().isEmpty()) {
      joined();
    }
  }

  private void joined() {
    state = State.OPEN;
    home.opened(since);
    wasOpen = true;
    check = new SequenceCheck();
    shared.settled();
    var socket = channel;
    if (isSlow && socket != null) {
      socket.config().setAutoRead(false);
    }
  }

  @Override
  public void message(byte[] bytes, int from, int to) {
    if (isSlow) {
      home.count(Counter.OTHER);
      return;
    }
    if (shared.isResumed()) {
      position = PositionScan.position(bytes, from, to, position);
    }
    var at = shared.stamp().find(bytes, from, to, home.place());
    if (at == Stamp.NONE) {
      other(bytes, from, to);
      return;
    }
    home.place(at - from);
    if (Stamp.topic(bytes, at) != topic) {
      home.count(Counter.STRAY);
      return;
    }
    var number = Stamp.number(bytes, at);
    if (check.take(number) == SequenceCheck.Arrival.DUPLICATE) {
      home.count(Counter.DUPLICATE);
      return;
    }
    home.count(Counter.HEARD);
    if (number >= shared.warmup()) {
      home.delivered(topic, number, Stamp.due(bytes, at));
    }
    if (shared.isEcho() && !home.isScheduled()) {
      sayNext();
      flush();
    }
  }

  @Override
  public boolean deflated(byte[] bytes, int from, int to) {
    if (!shared.upgrade().wantsCompression()) {
      return false;
    }
    return switch (home.inflate(bytes, from, to)) {
      case PerMessageDeflate.Inflated.Whole whole -> {
        var text = whole.bytes();
        message(text, 0, text.length);
        yield true;
      }
      case PerMessageDeflate.Inflated.Failed _ -> false;
    };
  }

  /** Not of this run: a heartbeat, a reply, an old value. */
  private void other(byte[] bytes, int from, int to) {
    home.count(Counter.OTHER);
    if (state == State.JOINING && shared.isJoined(bytes, from, to)) {
      joined();
    }
    var reply = shared.reply(bytes, from, to);
    if (reply != null) {
      send(Frames.TEXT, reply);
      flush();
    }
  }

  @Override
  public void ping(byte[] bytes, int from, int to) {
    send(Frames.PONG, Arrays.copyOfRange(bytes, from, to));
    flush();
  }

  @Override
  public void close(int code) {
    if (state == State.LEAVING) {
      gone(Counter.CLOSED);
      return;
    }
    if (state == State.OPEN) {
      home.note("closed by the server with " + code);
      gone(Counter.LOST);
    } else {
      failed("closed by the server with " + code);
    }
  }

  private void broken() {
    if (state == State.JOINING) {
      failed("frames that are none");
    } else {
      home.note("frames that are none");
      gone(Counter.LOST);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    home.show();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    switch (state) {
      case OPEN -> {
        home.note("cut by the server");
        gone(Counter.LOST);
      }
      case LEAVING -> gone(Counter.CUT);
      case CONNECTING, UPGRADING, JOINING -> failed("closed in the handshake");
      case ABSENT -> {}
    }
    home.show();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // A reset: what it means depends on the state, which channelInactive looks at.
    var _ = ctx.close();
  }

  private void failed(String reason) {
    if (state == State.ABSENT) {
      return;
    }
    state = State.ABSENT;
    home.fail(reason);
    shared.settled();
    hangUp();
    if (isStubborn && !shared.isOver()) {
      var again = since;
      var _ =
          home.loop()
              .schedule(
                  () -> connect(again, true),
                  home.random().nextInt(50, 500),
                  TimeUnit.MILLISECONDS);
    }
    home.show();
  }

  private void gone(Counter counter) {
    state = State.ABSENT;
    home.count(counter);
    hangUp();
  }

  private void hangUp() {
    var socket = channel;
    channel = null;
    carry = null;
    if (socket != null && socket.isRegistered()) {
      var _ = socket.close();
    }
  }

  /** Cuts the connection. */
  void drop() {
    if (state == State.OPEN) {
      gone(Counter.DROPPED);
    }
  }

  /** Says goodbye and waits for the answer. */
  void leave() {
    if (isSlow) {
      // It would have to read everything first.
      drop();
    }
    if (state != State.OPEN) {
      return;
    }
    state = State.LEAVING;
    since = home.nanoTime();
    if (!hasSaidClose) {
      hasSaidClose = true;
      send(Frames.CLOSE, new byte[] {3, (byte) 0xE8});
      flush();
    }
  }

  /** Ends what has waited too long. */
  void sweep(long at, long patience) {
    if (at - since < patience) {
      return;
    }
    switch (state) {
      case UPGRADING, JOINING -> failed("no answer to the handshake");
      case LEAVING -> gone(Counter.CUT);
      case ABSENT, CONNECTING, OPEN -> {}
    }
  }

  /** Says as many messages as may be on their way, or all of them where no answer is expected. */
  void speak() {
    if (state != State.OPEN) {
      return;
    }
    var many = shared.isEcho() ? home.plan().settings().load().window() : Integer.MAX_VALUE;
    for (int i = 0; i < many && sayNext(); i++) {
      // Until all are on their way.
    }
    flush();
  }

  private boolean sayNext() {
    if (said >= home.limit() || state != State.OPEN) {
      return false;
    }
    sendStamped(home.nanoTime() - home.plan().origin());
    return true;
  }

  /**
   * Says one message that was due at this moment.
   *
   * @return false when all have been said
   */
  boolean say(long due) {
    if (said >= home.limit()) {
      return false;
    }
    if (state == State.OPEN) {
      sendStamped(due);
      flush();
    } else {
      said++;
    }
    return true;
  }

  private void sendStamped(long due) {
    var bytes = home.template();
    shared.stamp().put(bytes, Plan.place(), topic, said++, due);
    home.count(Counter.SAID);
    send(Frames.TEXT, bytes);
  }

  private void send(int opcode, byte[] payload) {
    var socket = channel;
    if (socket != null) {
      var _ =
          socket.write(
              Unpooled.wrappedBuffer(home.frames().frame(opcode, payload)), socket.voidPromise());
    }
  }

  private void flush() {
    var socket = channel;
    if (socket != null) {
      socket.flush();
    }
  }
}
