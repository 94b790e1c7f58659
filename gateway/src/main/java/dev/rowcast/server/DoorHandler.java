package dev.rowcast.server;

import dev.rowcast.auth.Handshake;
import dev.rowcast.hub.Encoding;
import dev.rowcast.message.CloseReason;
import dev.rowcast.protocol.ClientMessage;
import dev.rowcast.protocol.FacilityRequest;
import dev.rowcast.protocol.HttpHead;
import dev.rowcast.protocol.LiveRequest;
import dev.rowcast.protocol.LiveWish;
import dev.rowcast.protocol.Upgrade;
import dev.rowcast.session.Admission;
import dev.rowcast.session.Conversation;
import dev.rowcast.session.Line;
import dev.rowcast.session.LiveAdmission;
import dev.rowcast.session.LiveReaders;
import dev.rowcast.session.LoopSockets;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
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
    HEAD,
    BODY,
    DECIDING,
    ANSWERED,
    GONE
  }

  private static final Logger log = LoggerFactory.getLogger(DoorHandler.class);

  private static final byte[] CONTINUE =
      "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);

  private final Door door;
  private final LoopDoor loop;
  private final boolean forOperators;
  private State state = State.HEAD;
  private @Nullable HeadReader head;
  private @Nullable Order order;

  /** Whether refusals are JSON. */
  private boolean api;

  private @Nullable ChannelHandlerContext channel;
  private @Nullable InetAddress remote;

  /** Its place among the WebSockets. */
  private @Nullable Seat seat;

  /** Set by {@link LoopDoor}. */
  long deadline;

  /** A request whose body is still coming. */
  private record Order(HttpHead request, HttpPages.Route route, ByteBuf body, int length) {}

  DoorHandler(Door door, LoopDoor loop, boolean forOperators) {
    this.door = door;
    this.loop = loop;
    this.forOperators = forOperators;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    channel = context;
    door.meters().accepted.increment();
    var admitted = door.limit().hasRoom();
    if (!(context.channel().remoteAddress() instanceof InetSocketAddress address)) {
      var _ = context.close();
      return;
    }
    remote = address.getAddress();
    loop.arrived(this);
    if (!admitted) {
      turnAway(context);
    }
  }

  /** There is no room left even to wait for the end of the client's half. */
  private void turnAway(ChannelHandlerContext context) {
    door.meters().limit.increment();
    state = State.ANSWERED;
    if (context.pipeline().get(SslHandler.class) != null) {
      var _ = context.close();
      return;
    }
    var reply = HttpPages.Reply.text(503, "too many connections");
    context
        .writeAndFlush(Unpooled.wrappedBuffer(HttpReplies.bytes(reply, "Retry-After: 5\r\n")))
        .addListener(ChannelFutureListener.CLOSE);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object bytes) {
    var input = (ByteBuf) bytes;
    try {
      switch (state) {
        case HEAD -> readHead(input);
        case BODY -> readBody(input);
        case DECIDING -> malformed(400, "wait for the response");
        case ANSWERED, GONE -> {}
      }
    } finally {
      input.release();
    }
  }

  private void readHead(ByteBuf input) {
    var reader = head;
    if (reader == null) {
      reader = new HeadReader((int) door.limits().head().bytes());
      head = reader;
    }
    switch (reader.add(input)) {
      case INCOMPLETE -> {}
      case TOO_LONG -> malformed(431, "the request head is too long");
      case COMPLETE -> {
        var bytes = reader.head();
        release();
        parse(bytes, input);
      }
    }
  }

  private void parse(byte[] bytes, ByteBuf rest) {
    switch (HttpHead.parse(bytes, door.limits().headers())) {
      case HttpHead.Parsed.Malformed(var status, var text) -> malformed(status, text);
      case HttpHead.Parsed.Read(var request) -> {
        if (request.target().length() > door.limits().url().bytes()) {
          malformed(414, "the URL is too long");
        } else {
          route(request, rest);
        }
      }
    }
  }

  private void route(HttpHead request, ByteBuf rest) {
    var path = FacilityRequest.decode(request.path());
    if (path.isEmpty()) {
      malformed(400, "the path is not UTF-8 in percent-encoding");
      return;
    }
    var live = door.live();
    if (!forOperators && live != null && path.get().equals("/live")) {
      live(request, live, rest.isReadable());
      return;
    }
    var route = door.pages().find(path.get(), forOperators || door.operatorsHere());
    if (route.isPresent()) {
      answer(request, route.get(), rest);
    } else if (!forOperators && isDoor(path.get(), request)) {
      upgrade(
          request,
          door.settings().compression(),
          rest.isReadable(),
          accepted -> facility(request, path.get(), accepted));
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

  private void answer(HttpHead request, HttpPages.Route route, ByteBuf rest) {
    door.meters().pages.increment();
    api = route.api();
    if (route.forOperators() && !door.isOperator(request)) {
      door.meters().operator.increment();
      refuse(401, "the operators' token is missing or wrong", "WWW-Authenticate: Bearer\r\n");
    } else if (!route.methods().contains(request.method())) {
      refuse(
          405,
          "only " + String.join(" and ", route.methods()),
          "Allow: " + String.join(", ", route.methods()) + "\r\n");
    } else if (route.body()) {
      awaitBody(request, route, rest);
    } else {
      answer(request, route, new byte[0]);
    }
  }

  private void awaitBody(HttpHead request, HttpPages.Route route, ByteBuf rest) {
    var length = request.contentLength();
    if (length.isEmpty() || request.headers().containsKey("transfer-encoding")) {
      refuse(411, "the body's length must be announced in Content-Length");
    } else if (length.getAsInt() > door.limits().body().bytes()) {
      refuse(413, "the body is longer than " + door.limits().body());
    } else if (!isJson(request)) {
      refuse(415, "the body must be application/json");
    } else {
      var size = length.getAsInt();
      state = State.BODY;
      order = new Order(request, route, Unpooled.buffer(Math.min(size, 4096), size), size);
      if (!rest.isReadable() && request.headers().containsKey("expect") && channel != null) {
        var _ = channel.writeAndFlush(Unpooled.wrappedBuffer(CONTINUE));
      }
      readBody(rest);
    }
  }

  private static boolean isJson(HttpHead request) {
    var type = request.single("content-type").orElse("").split(";", 2)[0];
    return type.strip().equalsIgnoreCase("application/json");
  }

  private void readBody(ByteBuf input) {
    var coming = order;
    if (coming == null) {
      return;
    }
    var missing = coming.length() - coming.body().readableBytes();
    coming.body().writeBytes(input, Math.min(missing, input.readableBytes()));
    if (input.isReadable()) {
      malformed(400, "wait for the response");
    } else if (coming.body().readableBytes() == coming.length()) {
      var body = new byte[coming.length()];
      coming.body().readBytes(body);
      release();
      answer(coming.request(), coming.route(), body);
    }
  }

  private void answer(HttpHead request, HttpPages.Route route, byte[] body) {
    state = State.DECIDING;
    var onlyHead = request.method().equals("HEAD");
    Thread.ofVirtual()
        .name("rowcast-page")
        .start(() -> {
          var reply = reply(route, request, body);
          back(() -> last(onlyHead ? HttpReplies.head(reply, "") : HttpReplies.bytes(reply, "")));
        });
  }

  private static HttpPages.Reply reply(HttpPages.Route route, HttpHead request, byte[] body) {
    try {
      return route.command().answer(request, body);
    } catch (RuntimeException e) {
      log.error("a page failed", e);
      return problem(route.api(), 500, "internal error");
    }
  }

  private static HttpPages.Reply problem(boolean api, int status, String text) {
    return api ? HttpPages.Reply.problem(status, text) : HttpPages.Reply.text(status, text);
  }

  private void upgrade(
      HttpHead request, boolean compression, boolean more, Consumer<Upgrade.Accepted> then) {
    switch (Upgrade.of(request, compression)) {
      case Upgrade.Refused(var status, var text) -> {
        door.meters().handshake.increment();
        refuse(status, text, "Sec-WebSocket-Version: 13\r\n" + upgradeHeader(status));
      }
      case Upgrade.Accepted accepted -> {
        if (more) {
          malformed(400, "wait for the response");
        } else {
          then.accept(accepted);
        }
      }
    }
  }

  /** RFC 9110 section 15.5.22 asks for it beside a 426. */
  private static String upgradeHeader(int status) {
    return status == 426 ? "Upgrade: websocket\r\n" : "";
  }

  private void facility(HttpHead request, String path, Upgrade.Accepted accepted) {
    var asked = FacilityRequest.of(path, request.query(), door.settings().path());
    if (asked.isEmpty()) {
      malformed(400, "the facility's name is too long or holds control characters");
    } else {
      enter(request, path, handshake -> admit(handshake, asked.get(), accepted));
    }
  }

  /** Lets in whoever may try at all; from then on the connection counts. */
  private void enter(HttpHead request, String path, Consumer<Handshake> then) {
    var peer = remote;
    if (peer == null) {
      return;
    }
    var client = Origination.of(peer, door.scheme(), request, door.proxies());
    var address = client.address();
    if (!door.settings()
        .origins()
        .allow(origin(request), request.single("host"), client.scheme())) {
      door.meters().origin.increment();
      refuse(403, "this origin may not connect; see websocket.origins");
    } else if (loop.isDraining()) {
      door.meters().limit.increment();
      refuse(503, "the server is stopping", "Retry-After: 1\r\n");
    } else if (door.pressure().isHigh()) {
      noMemory();
    } else if (!door.limit().mayKnock(address)) {
      tooMany("too many handshakes from this address");
    } else {
      door.limit()
          .enter(address)
          .ifPresentOrElse(
              place -> {
                seat = place;
                then.accept(new Handshake(path, request.query(), request.headers(), address));
              },
              () -> tooMany("too many connections"));
    }
  }

  private void noMemory() {
    door.meters().memory.increment();
    refuse(503, "there is no memory left for one more", "Retry-After: 5\r\n");
  }

  private void tooMany(String text) {
    door.meters().limit.increment();
    refuse(503, text, "Retry-After: 5\r\n");
  }

  private void malformed(int status, String text) {
    door.meters().malformed.increment();
    refuse(status, text);
  }

  private void live(HttpHead request, LiveReaders live, boolean more) {
    var sockets = loop.sockets();
    if (sockets != null && Upgrade.isAsked(request)) {
      upgrade(request, false, more, accepted -> live(request, sockets, accepted));
      return;
    }
    switch (LiveRequest.of(request)) {
      case LiveRequest.Parsed.Refused(var status, var text) -> {
        door.meters().malformed.increment();
        refuse(status, text, status == 405 ? "Allow: GET\r\n" : "");
      }
      case LiveRequest.Parsed.Accepted(var asked) -> {
        if (more || request.hasBody()) {
          malformed(400, "wait for the response");
        } else {
          var origin = origin(request);
          enter(
              request,
              "/live",
              handshake ->
                  ask(
                      live.admitAtOnce(asked),
                      () -> live.admit(handshake, asked),
                      new LiveAdmission.Unavailable(),
                      admission -> decided(admission, origin)));
        }
      }
    }
  }

  private void decided(LiveAdmission admission, Optional<String> origin) {
    switch (admission) {
      case LiveAdmission.Refused(var status, var text) -> {
        door.meters().forbidden.increment();
        refuse(status, text, status == 503 ? "Retry-After: 1\r\n" : "");
      }
      case LiveAdmission.Unavailable() -> unavailable();
      case LiveAdmission.Admitted admitted -> welcome(admitted, origin);
    }
  }

  private void welcome(LiveAdmission.Admitted admitted, Optional<String> origin) {
    var context = channel;
    var place = seat;
    var readers = loop.readers();
    if (context == null || place == null || readers == null) {
      return;
    }
    if (admitted.user().filter(user -> !place.belongsTo(user)).isPresent()) {
      tooMany("too many connections of this user");
      return;
    }
    state = State.GONE;
    // Allowed above, hence fit to be read there; without credentials, which this does not grant.
    var allowed =
        origin
            .map(from -> "Access-Control-Allow-Origin: " + from + "\r\nVary: Origin\r\n")
            .orElse("");
    var handler = new LiveHandler(place, allowed);
    context.pipeline().replace(this, "live", handler);
    handler.begin(readers, admitted);
  }

  private void live(HttpHead request, LoopSockets sockets, Upgrade.Accepted accepted) {
    switch (LiveWish.of(request.query())) {
      case LiveWish.Malformed(var text) -> malformed(400, text);
      case LiveWish.Read(var wish) ->
          enter(
              request,
              "/live",
              handshake -> {
                if (Upgrade.speaksOnlyOthers(request, LiveWish.SUBPROTOCOL)) {
                  turnAway(sockets, accepted, CloseReason.UNKNOWN_PROTOCOL, handshake);
                } else {
                  recognise(sockets, handshake, wish, accepted.speaking(LiveWish.SUBPROTOCOL));
                }
              });
    }
  }

  private void recognise(
      LoopSockets sockets,
      Handshake handshake,
      Optional<ClientMessage.SubscribeTable> wish,
      Upgrade.Accepted accepted) {
    ask(
        door.sessions().admitAtOnce(),
        () -> door.sessions().recognise(handshake),
        new Admission.TurnedAway(CloseReason.UNAVAILABLE),
        admission -> {
          switch (admission) {
            case Admission.Admitted granted -> {
              if (isWithinLimits(granted)) {
                open(accepted, line -> sockets.open(line, granted, handshake, wish, door.places()));
              }
            }
            case Admission.TurnedAway(var reason) -> turnAway(sockets, accepted, reason, handshake);
            case Admission.Forbidden() ->
                turnAway(sockets, accepted, CloseReason.REVOKED, handshake);
            case Admission.Unavailable() ->
                turnAway(sockets, accepted, CloseReason.UNAVAILABLE, handshake);
          }
        });
  }

  private void turnAway(
      LoopSockets sockets, Upgrade.Accepted accepted, CloseReason reason, Handshake handshake) {
    open(accepted, line -> sockets.turnAway(line, reason, handshake, door.places()));
  }

  /** A repeated header is none of ours, so it fits no rule. */
  private static Optional<String> origin(HttpHead request) {
    var values = request.headers().get("origin");
    return values == null ? Optional.empty() : Optional.of(String.join(", ", values));
  }

  private void admit(Handshake handshake, FacilityRequest asked, Upgrade.Accepted accepted) {
    ask(
        door.sessions().admitAtOnce(),
        () -> door.sessions().admit(handshake, asked),
        new Admission.Unavailable(),
        admission -> admitted(admission, asked, accepted));
  }

  /** Asks who somebody is: here, when nobody has to be asked, else on a virtual thread. */
  private <A> void ask(boolean atOnce, Supplier<A> question, A failed, Consumer<A> then) {
    state = State.DECIDING;
    if (atOnce) {
      then.accept(question.get());
      return;
    }
    Thread.ofVirtual()
        .name("rowcast-admission")
        .start(() -> {
          var answer = answer(question, failed);
          back(() -> then.accept(answer));
        });
  }

  private static <A> A answer(Supplier<A> question, A failed) {
    try {
      return question.get();
    } catch (RuntimeException e) {
      log.error("the identity of a client could not be learnt", e);
      return failed;
    }
  }

  private void admitted(Admission admission, FacilityRequest asked, Upgrade.Accepted accepted) {
    switch (admission) {
      case Admission.Forbidden() -> {
        door.meters().forbidden.increment();
        refuse(403, "forbidden");
      }
      case Admission.Admitted granted -> welcome(granted, asked, accepted);
      case Admission.Unavailable() -> unavailable();
      case Admission.TurnedAway(var reason) ->
          open(accepted, line -> loop.sessions().turnAway(line, reason));
    }
  }

  private void unavailable() {
    door.meters().unidentified.increment();
    refuse(503, "the client's identity could not be learnt", "Retry-After: 5\r\n");
  }

  private void welcome(
      Admission.Admitted granted, FacilityRequest asked, Upgrade.Accepted accepted) {
    var place = seat;
    if (place == null || !isWithinLimits(granted)) {
      return;
    }
    if (!granted.listens().isEmpty() && !place.listensTo(asked.facility())) {
      tooMany("too many facilities");
      return;
    }
    var encoding = accepted.extension().isPresent() ? Encoding.DEFLATED : Encoding.PLAIN;
    open(accepted, line -> loop.sessions().open(line, granted, encoding));
  }

  /** Whether its user may have one more connection; who may not is told so. */
  private boolean isWithinLimits(Admission.Admitted granted) {
    var place = seat;
    if (place == null) {
      return false;
    }
    if (granted.identity().user().filter(user -> !place.belongsTo(user)).isPresent()) {
      tooMany("too many connections of this user");
      return false;
    }
    return true;
  }

  private void open(Upgrade.Accepted accepted, Function<Line, ? extends Conversation> opening) {
    var context = channel;
    var place = seat;
    if (context == null || place == null) {
      return;
    }
    state = State.GONE;
    var socket = new SocketHandler(place);
    context.pipeline().replace(this, "socket", socket);
    socket.begin(accepted.response(), opening);
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
    last(HttpReplies.bytes(problem(api, status, text), moreHeaders));
  }

  /** Sends the last bytes and ends our half. */
  private void last(byte[] bytes) {
    var context = channel;
    if (context == null || state == State.ANSWERED || state == State.GONE) {
      return;
    }
    state = State.ANSWERED;
    release();
    context
        .writeAndFlush(Unpooled.wrappedBuffer(bytes))
        .addListener((ChannelFuture _) -> HalfClose.of(context.channel()));
  }

  /** The handshake's time is over, or the connection left the door before. */
  void late() {
    var context = channel;
    if (state != State.GONE && context != null) {
      if (state == State.HEAD || state == State.BODY) {
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
    if (seat != null) {
      seat.leave();
    }
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    state = State.GONE;
    release();
    channel = null;
  }

  private void release() {
    var reader = head;
    head = null;
    if (reader != null) {
      reader.release();
    }
    var coming = order;
    order = null;
    if (coming != null) {
      coming.body().release();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (cause instanceof DecoderException && cause.getCause() instanceof SSLException) {
      door.meters().tls.increment();
    } else if (!(cause instanceof IOException)) {
      log.error("a handshake failed; its connection ends", cause);
    }
    var _ = context.close();
  }
}
