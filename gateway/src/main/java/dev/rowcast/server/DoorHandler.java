package dev.rowcast.server;

import dev.rowcast.auth.Handshake;
import dev.rowcast.hub.Encoding;
import dev.rowcast.protocol.FacilityRequest;
import dev.rowcast.protocol.HttpHead;
import dev.rowcast.protocol.LiveRequest;
import dev.rowcast.protocol.Upgrade;
import dev.rowcast.session.Admission;
import dev.rowcast.session.LiveAdmission;
import dev.rowcast.session.LiveReaders;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A new connection until it has become a WebSocket or has got its page.
 *
 * <p>Confined to its event loop; what may block (pages, identities) runs on a virtual thread and
 * comes back by {@code execute}.
 *
 * <p>One connection, one request: whatever follows the head before it is answered is refused, so
 * there is no queue that a client could fill (compare CVE-2026-100656). Once it is a WebSocket
 * nothing of this is left in the pipeline.
 */
final class DoorHandler extends ChannelInboundHandlerAdapter {

  private enum State {
    READING,
    DECIDING,
    ANSWERED,
    GONE
  }

  private static final Logger log = LoggerFactory.getLogger(DoorHandler.class);

  private final Door door;
  private final LoopDoor loop;
  private final boolean forOperators;
  private State state = State.READING;
  private @Nullable ByteBuf head;

  /** How far the head was searched for its end. */
  private int searched;

  private @Nullable ChannelHandlerContext channel;
  private @Nullable InetAddress remote;

  /** Whether this connection counts among the WebSockets. */
  private boolean entered;

  /** Set by {@link LoopDoor}. */
  long deadline;

  DoorHandler(Door door, LoopDoor loop, boolean forOperators) {
    this.door = door;
    this.loop = loop;
    this.forOperators = forOperators;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    channel = context;
    door.meters().accepted.increment();
    context.channel().closeFuture().addListener(door.departure());
    var admitted = door.limit().arrive();
    if (!(context.channel().remoteAddress() instanceof InetSocketAddress address)) {
      var _ = context.close();
      return;
    }
    remote = address.getAddress();
    loop.arrived(this);
    if (!admitted) {
      door.meters().limit.increment();
      refuse(503, "too many connections");
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object bytes) {
    var input = (ByteBuf) bytes;
    switch (state) {
      case READING -> read(input);
      case DECIDING -> {
        input.release();
        door.meters().malformed.increment();
        refuse(400, "wait for the response");
      }
      case ANSWERED, GONE -> input.release();
    }
  }

  private void read(ByteBuf input) {
    var max = (int) door.limits().requestHead().bytes();
    var all = head;
    if (all == null) {
      all = Unpooled.buffer(512);
      head = all;
    }
    all.writeBytes(input, Math.min(input.readableBytes(), max + 1 - all.readableBytes()));
    var more = input.isReadable();
    input.release();
    var end = endOfHead(all);
    if (end < 0 ? all.readableBytes() > max : end > max) {
      door.meters().malformed.increment();
      refuse(431, "the request head is too long");
    } else if (end >= 0) {
      parse(all, end, more);
    }
  }

  private int endOfHead(ByteBuf all) {
    for (int i = Math.max(0, searched - 3); i + 3 < all.readableBytes(); i++) {
      if (all.getInt(all.readerIndex() + i) == 0x0D0A0D0A) {
        return i + 4;
      }
    }
    searched = all.readableBytes();
    return -1;
  }

  private void parse(ByteBuf all, int end, boolean rest) {
    var bytes = new byte[end];
    all.readBytes(bytes);
    var more = rest || all.isReadable();
    all.release();
    head = null;
    switch (HttpHead.parse(bytes, door.limits().headers())) {
      case HttpHead.Parsed.Malformed(var status, var text) -> {
        door.meters().malformed.increment();
        refuse(status, text);
      }
      case HttpHead.Parsed.Read(var request) -> route(request, more);
    }
  }

  private void route(HttpHead request, boolean more) {
    var path = FacilityRequest.decode(request.path());
    if (path.isEmpty()) {
      door.meters().malformed.increment();
      refuse(400, "the path is not UTF-8 in percent-encoding");
      return;
    }
    var live = door.live();
    if (!forOperators && live != null && path.get().equals("/live")) {
      live(request, live, more);
      return;
    }
    var route = door.pages().find(path.get(), forOperators, door.operatorsHere());
    if (route.isPresent()) {
      answer(request, route.get());
    } else if (!forOperators && isDoor(path.get(), request)) {
      upgrade(request, path.get(), more);
    } else {
      door.meters().pages.increment();
      refuse(404, "there is nothing here");
    }
  }

  /** ws4redis cuts its prefix out wherever it stands, so a proxy may put something before it. */
  private boolean isDoor(String path, HttpHead request) {
    var prefix = door.settings().path();
    return path.startsWith(prefix)
        || (path.contains(prefix) && request.headers().containsKey("upgrade"));
  }

  private void answer(HttpHead request, HttpPages.Route route) {
    door.meters().pages.increment();
    var onlyHead = request.method().equals("HEAD");
    if (!route.methods().contains(request.method())) {
      refuse(
          405,
          "only " + String.join(" and ", route.methods()),
          "Allow: " + String.join(", ", route.methods()) + "\r\n");
      return;
    }
    state = State.DECIDING;
    Thread.ofVirtual()
        .name("rowcast-page")
        .start(() -> {
          var reply = reply(route.resource(), request);
          back(() -> last(onlyHead ? HttpReplies.head(reply, "") : HttpReplies.bytes(reply, "")));
        });
  }

  private static HttpPages.Reply reply(HttpPages.Resource resource, HttpHead request) {
    try {
      return resource.answer(request);
    } catch (RuntimeException e) {
      log.error("a page failed", e);
      return HttpPages.Reply.text(500, "internal error");
    }
  }

  private void upgrade(HttpHead request, String path, boolean more) {
    switch (Upgrade.of(request, door.settings().compression())) {
      case Upgrade.Refused(var status, var text) -> {
        door.meters().handshake.increment();
        refuse(status, text, "Sec-WebSocket-Version: 13\r\n" + upgradeHeader(status));
      }
      case Upgrade.Accepted accepted -> {
        if (more) {
          door.meters().malformed.increment();
          refuse(400, "wait for the response");
        } else {
          check(request, path, accepted);
        }
      }
    }
  }

  /** RFC 9110 section 15.5.22 asks for it beside a 426. */
  private static String upgradeHeader(int status) {
    return status == 426 ? "Upgrade: websocket\r\n" : "";
  }

  private void check(HttpHead request, String path, Upgrade.Accepted accepted) {
    var address = remote;
    var asked = FacilityRequest.of(path, request.query(), door.settings().path());
    if (address == null) {
      return;
    }
    if (asked.isEmpty()) {
      door.meters().malformed.increment();
      refuse(400, "the facility's name is too long or holds control characters");
    } else if (!door.settings().origins().allow(origin(request), request.single("host"))) {
      door.meters().origin.increment();
      refuse(403, "this origin may not connect; see websocket.origins");
    } else if (loop.isDraining()) {
      door.meters().limit.increment();
      refuse(503, "the server is stopping", "Retry-After: 1\r\n");
    } else if (!door.limit().enter(address)) {
      door.meters().limit.increment();
      refuse(503, "too many connections", "Retry-After: 5\r\n");
    } else {
      entered = true;
      admit(
          new Handshake(path, request.query(), request.headers(), address), asked.get(), accepted);
    }
  }

  private void live(HttpHead request, LiveReaders live, boolean more) {
    switch (LiveRequest.of(request)) {
      case LiveRequest.Parsed.Refused(var status, var text) -> {
        door.meters().malformed.increment();
        refuse(status, text, status == 405 ? "Allow: GET\r\n" : "");
      }
      case LiveRequest.Parsed.Accepted(var asked) -> {
        if (more || request.hasBody()) {
          door.meters().malformed.increment();
          refuse(400, "wait for the response");
        } else {
          check(request, asked, live);
        }
      }
    }
  }

  private void check(HttpHead request, LiveRequest asked, LiveReaders live) {
    var address = remote;
    if (address == null) {
      return;
    }
    var origin = origin(request);
    if (!door.settings().origins().allow(origin, request.single("host"))) {
      door.meters().origin.increment();
      refuse(403, "this origin may not read; see websocket.origins");
    } else if (loop.isDraining()) {
      door.meters().limit.increment();
      refuse(503, "the server is stopping", "Retry-After: 1\r\n");
    } else if (!door.limit().enter(address)) {
      door.meters().limit.increment();
      refuse(503, "too many connections", "Retry-After: 5\r\n");
    } else {
      entered = true;
      var handshake = new Handshake("/live", request.query(), request.headers(), address);
      state = State.DECIDING;
      if (live.admitAtOnce()) {
        decided(live.admit(handshake, asked), origin);
        return;
      }
      Thread.ofVirtual()
          .name("rowcast-admission")
          .start(() -> {
            var admission = ask(live, handshake, asked);
            back(() -> decided(admission, origin));
          });
    }
  }

  private static LiveAdmission ask(LiveReaders live, Handshake handshake, LiveRequest asked) {
    try {
      return live.admit(handshake, asked);
    } catch (RuntimeException e) {
      log.error("the identity of a client could not be learnt", e);
      return new LiveAdmission.Refused(503, "the client's identity could not be learnt");
    }
  }

  private void decided(LiveAdmission admission, Optional<String> origin) {
    switch (admission) {
      case LiveAdmission.Refused(var status, var text) -> {
        door.meters().forbidden.increment();
        refuse(status, text, status == 503 ? "Retry-After: 1\r\n" : "");
      }
      case LiveAdmission.Admitted admitted -> welcome(admitted, origin);
    }
  }

  private void welcome(LiveAdmission.Admitted admitted, Optional<String> origin) {
    var context = channel;
    var address = remote;
    var readers = loop.readers();
    if (context == null || address == null || readers == null) {
      return;
    }
    state = State.GONE;
    // Allowed above, hence fit to be read there; without credentials, which this does not grant.
    var allowed =
        origin
            .map(from -> "Access-Control-Allow-Origin: " + from + "\r\nVary: Origin\r\n")
            .orElse("");
    var handler = new LiveHandler(door.limit(), address, allowed);
    context.pipeline().replace(this, "live", handler);
    handler.begin(readers, admitted);
  }

  /** A repeated header is none of ours, so it fits no rule. */
  private static Optional<String> origin(HttpHead request) {
    var values = request.headers().get("origin");
    return values == null ? Optional.empty() : Optional.of(String.join(", ", values));
  }

  private void admit(Handshake handshake, FacilityRequest asked, Upgrade.Accepted accepted) {
    state = State.DECIDING;
    if (door.sessions().admitAtOnce()) {
      admitted(door.sessions().admit(handshake, asked), accepted);
      return;
    }
    Thread.ofVirtual()
        .name("rowcast-admission")
        .start(() -> {
          var admission = ask(handshake, asked);
          back(() -> decided(admission, accepted));
        });
  }

  private Optional<Admission> ask(Handshake handshake, FacilityRequest asked) {
    try {
      return Optional.of(door.sessions().admit(handshake, asked));
    } catch (RuntimeException e) {
      log.error("the identity of a client could not be learnt", e);
      return Optional.empty();
    }
  }

  private void decided(Optional<Admission> admission, Upgrade.Accepted accepted) {
    if (admission.isPresent()) {
      admitted(admission.get(), accepted);
    } else {
      door.meters().forbidden.increment();
      refuse(503, "the client's identity could not be learnt", "Retry-After: 5\r\n");
    }
  }

  private void admitted(Admission admission, Upgrade.Accepted accepted) {
    switch (admission) {
      case Admission.Forbidden() -> {
        door.meters().forbidden.increment();
        refuse(403, "forbidden");
      }
      case Admission.Admitted granted -> welcome(granted, accepted);
    }
  }

  private void welcome(Admission.Admitted granted, Upgrade.Accepted accepted) {
    var context = channel;
    var address = remote;
    if (context == null || address == null) {
      return;
    }
    state = State.GONE;
    var socket = new SocketHandler(door.limit(), address);
    context.pipeline().replace(this, "socket", socket);
    var encoding = accepted.extension().isPresent() ? Encoding.DEFLATED : Encoding.PLAIN;
    socket.begin(accepted.response(), loop.sessions(), granted, encoding);
  }

  /** On the event loop again, if the connection is still there. */
  private void back(Runnable task) {
    var context = channel;
    if (context != null) {
      context
          .executor()
          .execute(() -> {
            if (state == State.DECIDING) {
              task.run();
            }
          });
    }
  }

  private void refuse(int status, String text) {
    refuse(status, text, "");
  }

  private void refuse(int status, String text, String moreHeaders) {
    last(HttpReplies.bytes(HttpPages.Reply.text(status, text), moreHeaders));
  }

  /**
   * Sends the last bytes and ends our half; what the client still sends is read and dropped, as a
   * close with unread bytes would reset the connection and take the answer with it.
   */
  private void last(byte[] bytes) {
    var context = channel;
    if (context == null || state == State.ANSWERED || state == State.GONE) {
      return;
    }
    state = State.ANSWERED;
    release();
    context
        .writeAndFlush(Unpooled.wrappedBuffer(bytes))
        .addListener((ChannelFuture _) -> shutdown(context));
  }

  private static void shutdown(ChannelHandlerContext context) {
    if (context.channel() instanceof DuplexChannel duplex && duplex.isActive()) {
      var _ = duplex.shutdownOutput();
    }
  }

  /** The handshake's time is over, or the connection left the door before. */
  void late() {
    var context = channel;
    if (state != State.GONE && context != null) {
      if (state == State.READING) {
        door.meters().deadline.increment();
      }
      var _ = context.close();
    }
  }

  boolean isGone() {
    return state == State.GONE;
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    state = State.GONE;
    if (entered && remote != null) {
      door.limit().leave(remote);
    }
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    state = State.GONE;
    release();
    channel = null;
  }

  private void release() {
    var buffer = head;
    head = null;
    if (buffer != null) {
      buffer.release();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (!(cause instanceof IOException)) {
      log.error("a handshake failed; its connection ends", cause);
    }
    var _ = context.close();
  }
}
