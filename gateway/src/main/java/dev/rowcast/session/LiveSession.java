package dev.rowcast.session;

import dev.rowcast.auth.Handshake;
import dev.rowcast.auth.Identity;
import dev.rowcast.auth.Recognition;
import dev.rowcast.hub.Burst;
import dev.rowcast.hub.Message;
import dev.rowcast.message.CloseReason;
import dev.rowcast.message.ErrorCode;
import dev.rowcast.message.Permission;
import dev.rowcast.message.Position;
import dev.rowcast.protocol.ClientMessage;
import dev.rowcast.protocol.Frames;
import dev.rowcast.protocol.LiveFrames;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One client's conversation at {@code /live}: subprotocol {@code rowcast.v1}.
 *
 * <p>Confined to its event loop.
 *
 * <p>It answers each wish, never in the name of another: what takes time (who somebody is, what a
 * table looks like) is asked by virtual threads, and the answer finds the subscription still wanted
 * or is dropped.
 */
public final class LiveSession extends Conversation {
  /** Orders of {@code sync} that may wait. */
  private static final int MOST_SYNCS = 64;

  /** This much before the end a newer token is asked for. */
  private static final Duration EXPIRING = Duration.ofMinutes(1);

  /** A watermark is left out while this much waits: the client has bytes to read anyway. */
  private static final int BUSY = 16 * 1024;

  private record Sync(String id, Position target) {}

  private final LoopSockets loop;
  private final FacilityPlaces places;
  private final Handshake handshake;
  private final Map<String, LiveSubscription> subscriptions = new LinkedHashMap<>();
  private final ArrayDeque<Sync> syncs = new ArrayDeque<>(0);
  private Recognition.Known who;
  private long wroteAt;
  private @Nullable Position toldPosition;
  private boolean toldExpiring;
  private boolean isAuthenticating;

  /** Whose rows are coming; the others that want theirs wait. */
  private @Nullable TableSubscription givenRows;

  LiveSession(
      LoopSessions home,
      LoopSockets loop,
      Line line,
      Admission.Admitted admitted,
      Handshake handshake,
      FacilityPlaces places) {
    super(home, line, false);
    this.loop = loop;
    this.places = places;
    this.handshake = new Handshake(handshake.path(), "", Map.of(), handshake.remote());
    this.who = admitted.who();
    this.wroteAt = loop.now();
  }

  /**
   * Says the first words, once the handshake is answered.
   *
   * @param first what the client's URL asked for already
   */
  void begin(Optional<ClientMessage.SubscribeTable> first) {
    loop.later(() -> {
      if (isOpen()) {
        welcome();
        first.ifPresent(this::subscribe);
        flush();
      }
    });
  }

  private void welcome() {
    var settings = loop.shared().settings();
    say(
        LiveFrames.welcome(
            loop.shared().name(),
            settings.heartbeat(),
            left(),
            Map.of(
                "subscriptions",
                (long) settings.limits().maxSubscriptions(),
                "message_bytes",
                home.shared().settings().maxMessage().bytes())));
  }

  private Optional<Duration> left() {
    var held = credential;
    return held == null ? Optional.empty() : held.left(home.shared().ticker().nanoTime());
  }

  @Override
  Identity identity() {
    return who.identity();
  }

  @Override
  boolean message(byte[] payload, boolean isText) {
    if (!isText) {
      malformed(Optional.empty(), "a message is text");
      return false;
    }
    switch (ClientMessage.parse(payload)) {
      case ClientMessage.Parsed.Malformed(var id, var why) -> malformed(id, why);
      case ClientMessage.Parsed.Read(var message) -> obey(message);
    }
    if (isOpen()) {
      flush();
      return boundedOrEnd();
    }
    return false;
  }

  private void malformed(Optional<String> id, String why) {
    say(LiveFrames.error(id, ErrorCode.BAD_REQUEST, why));
    end(CloseReason.MALFORMED);
  }

  private void obey(ClientMessage message) {
    switch (message) {
      case ClientMessage.SubscribeTable wish -> subscribe(wish);
      case ClientMessage.SubscribeFacility wish -> subscribe(wish);
      case ClientMessage.Unsubscribe(var id) -> unsubscribe(id);
      case ClientMessage.Publish said -> publish(said);
      case ClientMessage.Sync(var id, var position) -> sync(id, position);
      case ClientMessage.Auth(var id, var token) -> authenticate(id, token);
      case ClientMessage.Ping(var id) -> say(LiveFrames.pong(id));
    }
  }

  private void refuse(String id, ErrorCode code, String why) {
    say(LiveFrames.error(Optional.of(id), code, why));
  }

  /** Whether there is a place for one more subscription of this id. */
  private boolean hasPlace(String id) {
    if (subscriptions.containsKey(id)) {
      refuse(id, ErrorCode.CONFLICT, "a subscription of this id is there already");
      return false;
    }
    if (subscriptions.size() >= loop.shared().settings().limits().maxSubscriptions()) {
      refuse(id, ErrorCode.TOO_MANY, "no more subscriptions on one connection");
      return false;
    }
    return true;
  }

  private void subscribe(ClientMessage.SubscribeTable wish) {
    if (!hasPlace(wish.id())) {
      return;
    }
    var subscription = new TableSubscription(this, wish);
    subscriptions.put(wish.id(), subscription);
    loop.shared().decide(who, wish, loop.loop(), admission -> decided(subscription, admission));
  }

  private void decided(TableSubscription subscription, TableAdmission admission) {
    var id = subscription.wish().id();
    if (!isOpen() || subscriptions.get(id) != subscription) {
      return;
    }
    switch (admission) {
      case TableAdmission.Admitted admitted -> subscription.admitted(admitted);
      case TableAdmission.Refused(var code, var why) -> {
        subscriptions.remove(id);
        refuse(id, code, why);
      }
    }
    flush();
  }

  /**
   * Whether it is this one's turn to be given its rows. They come for one after the other, so that
   * no more is kept for a client that takes them slowly than the rows of one.
   */
  boolean takesTurn(TableSubscription subscription) {
    if (givenRows == null) {
      givenRows = subscription;
    }
    return givenRows == subscription;
  }

  /** It has its rows, or wants them no more. */
  void endsTurn(TableSubscription subscription) {
    if (givenRows != subscription) {
      return;
    }
    givenRows = null;
    tables().filter(TableSubscription::awaitsRows).findFirst().ifPresent(TableSubscription::pump);
  }

  /** The subscriptions to tables, in the order of their wishes. */
  private Stream<TableSubscription> tables() {
    return subscriptions.values().stream()
        .filter(TableSubscription.class::isInstance)
        .map(TableSubscription.class::cast);
  }

  /** What was granted cannot be had. */
  void revoke(TableSubscription subscription, ErrorCode code, String why) {
    var id = subscription.wish().id();
    if (subscriptions.remove(id, subscription)) {
      subscription.close();
      refuse(id, code, why);
      flush();
    }
  }

  private void subscribe(ClientMessage.SubscribeFacility wish) {
    if (!hasPlace(wish.id())) {
      return;
    }
    var topics = home.shared().granted(who, Permission.toHear(wish.audience()), wish.facility());
    if (topics.isEmpty()) {
      refuse(wish.id(), ErrorCode.FORBIDDEN, "this client may not hear this here");
    } else if (hears(wish)) {
      refuse(wish.id(), ErrorCode.CONFLICT, "this is subscribed already, under another id");
    } else if (!places.enter(wish.facility())) {
      refuse(wish.id(), ErrorCode.TOO_MANY, "too many facilities");
    } else {
      var subscription =
          new FacilitySubscription(this, wish.id(), wish.facility(), wish.audience(), topics);
      subscriptions.put(wish.id(), subscription);
      subscription.begin();
    }
  }

  private boolean hears(ClientMessage.SubscribeFacility wish) {
    for (var each : subscriptions.values()) {
      if (each instanceof FacilitySubscription other
          && other.isOf(wish.facility(), wish.audience())) {
        return true;
      }
    }
    return false;
  }

  private void unsubscribe(String id) {
    var subscription = subscriptions.remove(id);
    if (subscription == null) {
      refuse(id, ErrorCode.NOT_FOUND, "there is no subscription of this id");
    } else {
      subscription.close();
      say(LiveFrames.ok(Optional.of(id), OptionalLong.empty()));
    }
  }

  private void publish(ClientMessage.Publish said) {
    var topics = home.shared().granted(who, Permission.toSpeak(said.audience()), said.facility());
    if (topics.isEmpty()) {
      say(
          LiveFrames.error(
              said.id(), ErrorCode.FORBIDDEN, "this client may not publish this here"));
      return;
    }
    var outcome = new Publication(said.id(), topics.size());
    for (var topic : topics) {
      publish(topic, said.payload(), outcome::done);
    }
  }

  /** What becomes of one publication, to however many topics. */
  private final class Publication {
    private final Optional<String> id;
    private int missing;
    private boolean isFailed;

    Publication(Optional<String> id, int topics) {
      this.id = id;
      this.missing = topics;
    }

    void done(@Nullable Throwable failure) {
      isFailed |= failure != null;
      if (--missing > 0 || !isOpen()) {
        return;
      }
      say(
          isFailed
              ? LiveFrames.error(id, ErrorCode.UNAVAILABLE, "the message was not taken")
              : LiveFrames.ok(id, OptionalLong.empty()));
      flush();
    }
  }

  private void sync(String id, Optional<Position> position) {
    var now = loop.shared().feed().now();
    if (now.isEmpty()) {
      refuse(id, ErrorCode.UNAVAILABLE, "the feed is not there yet");
    } else if (syncs.size() >= MOST_SYNCS) {
      refuse(id, ErrorCode.TOO_MANY, "too many syncs are waiting");
    } else {
      syncs.add(new Sync(id, position.orElse(now.get())));
      loop.syncing(this);
      settle();
    }
  }

  /** Answers whoever asked for a position that everything has been said up to. */
  void settle() {
    var reached = reached();
    if (reached.isPresent()) {
      syncs.removeIf(sync -> isSettled(sync, reached.get()));
    }
    if (syncs.isEmpty()) {
      loop.synced(this);
    }
  }

  private boolean isSettled(Sync sync, Position reached) {
    if (!sync.target().epoch().equals(reached.epoch())) {
      refuse(sync.id(), ErrorCode.BAD_REQUEST, "the position is of another log than there is now");
    } else if (sync.target().compareTo(reached) <= 0) {
      say(LiveFrames.synced(sync.id(), reached));
    } else {
      return false;
    }
    flushSoon();
    return true;
  }

  /** Up to where everything has been said; empty while a subscription has not begun. */
  private Optional<Position> reached() {
    @Nullable Position lowest = null;
    for (var table : tables().toList()) {
      var place = table.place();
      if (place.isEmpty() || (lowest != null && !lowest.epoch().equals(place.get().epoch()))) {
        return Optional.empty();
      }
      lowest = lowest == null || place.get().compareTo(lowest) < 0 ? place.get() : lowest;
    }
    return lowest == null ? loop.shared().feed().now() : Optional.of(lowest);
  }

  private void authenticate(Optional<String> id, String token) {
    if (isAuthenticating
        || !home.shared().recognise(shown(token), home.loop(), answer -> recognised(id, answer))) {
      say(LiveFrames.error(id, ErrorCode.TOO_MANY, "one token at a time"));
      return;
    }
    isAuthenticating = true;
  }

  /** The same client with another token, and with nothing else that could speak for it. */
  private Handshake shown(String token) {
    return new Handshake(
        handshake.path(),
        handshake.query(),
        Map.of(
            "authorization", List.of("Bearer " + token),
            "sec-websocket-protocol", List.of("rowcast.jwt." + token)),
        handshake.remote());
  }

  private void recognised(Optional<String> id, Admission answer) {
    isAuthenticating = false;
    if (!isOpen()) {
      return;
    }
    switch (answer) {
      case Admission.Admitted admitted -> accepted(id, admitted.who());
      case Admission.TurnedAway(var reason) -> turnedAway(id, reason);
      case Admission.Unavailable() -> turnedAway(id, CloseReason.UNAVAILABLE);
      case Admission.Forbidden() -> end(CloseReason.REVOKED);
    }
    flush();
  }

  private void turnedAway(Optional<String> id, CloseReason reason) {
    if (reason == CloseReason.UNAVAILABLE) {
      say(LiveFrames.error(id, ErrorCode.UNAVAILABLE, "the client's identity could not be learnt"));
    } else {
      end(reason);
    }
  }

  private void accepted(Optional<String> id, Recognition.Known known) {
    var user = known.identity().user();
    if (known.equals(Recognition.Known.ANONYMOUS)) {
      end(CloseReason.UNRECOGNISED);
    } else if (identity().user().isPresent() && !identity().user().equals(user)) {
      say(LiveFrames.error(id, ErrorCode.FORBIDDEN, "this is the token of somebody else"));
    } else {
      who = known;
      credential = home.credential(known);
      toldExpiring = false;
      say(
          LiveFrames.ok(
              id,
              left().map(left -> OptionalLong.of(left.toSeconds())).orElse(OptionalLong.empty())));
      reviewRights();
    }
  }

  /** Looks whether everything it hears is what it would be granted as who it is now. */
  private void reviewRights() {
    for (var each : List.copyOf(subscriptions.values())) {
      switch (each) {
        case TableSubscription table ->
            loop.shared()
                .decide(
                    who,
                    table.wish().fromNow(),
                    loop.loop(),
                    admission -> {
                      if (isOpen() && !table.isStill(admission)) {
                        end(CloseReason.RECONFIGURED);
                      }
                    });
        case FacilitySubscription facility -> {
          if (!facility.isStill(who)) {
            end(CloseReason.RECONFIGURED);
          }
        }
      }
    }
  }

  /** Looked at every few seconds: what the client is to know although nothing happened. */
  void look() {
    if (!tables().allMatch(TableSubscription::isCurrent)) {
      end(CloseReason.RECONFIGURED);
      return;
    }
    warnOfExpiry();
    settle();
    if (line.pending() <= BUSY) {
      tellPosition();
    }
    flush();
  }

  private void warnOfExpiry() {
    var left = left();
    if (!toldExpiring && left.isPresent() && left.get().compareTo(EXPIRING) <= 0) {
      toldExpiring = true;
      say(LiveFrames.expiring(left.get()));
    }
  }

  /**
   * Says up to where everything has been said, to who has asked for something: another one would
   * take it for the place of a wish that is still on its way.
   */
  private void tellPosition() {
    var reached = hasTable() && sparesNobody() ? reached() : Optional.<Position>empty();
    if (reached.isPresent() && !reached.get().equals(toldPosition)) {
      toldPosition = reached.get();
      say(LiveFrames.position(reached.get()));
      return;
    }
    var quiet = loop.now() - wroteAt + loop.every().toNanos();
    if (quiet >= loop.shared().settings().heartbeat().toNanos()) {
      say(reached.map(LiveFrames::position).orElseGet(LiveFrames::heartbeat));
    }
  }

  /**
   * Whether a position is good for all subscriptions alike: none of them is still to be spared what
   * was in its rows.
   */
  private boolean sparesNobody() {
    return tables().noneMatch(TableSubscription::isSpared);
  }

  private boolean hasTable() {
    return tables().findAny().isPresent();
  }

  /** What this client hears is no longer what it asked for. */
  void reconfigured() {
    if (hasTable()) {
      end(CloseReason.RECONFIGURED);
    }
  }

  /** Whether another subscription to the same shape hands its client the shared frames already. */
  boolean hasEarlierTwin(TableSubscription subscription) {
    if (subscriptions.size() == 1) {
      return false;
    }
    for (var each : subscriptions.values()) {
      if (each == subscription) {
        return false;
      }
      if (each instanceof TableSubscription other
          && other.isUpToDate()
          && subscription.isTwinOf(other)) {
        return true;
      }
    }
    return false;
  }

  /** Writes a frame of text; the caller flushes. */
  void say(byte[] frame) {
    write(frame);
    wroteAt = loop.now();
  }

  /** Something was written past {@link #say}. */
  void wrote() {
    wroteAt = loop.now();
  }

  void flush() {
    line.flush();
  }

  /** Flushes with all others, when the current turn is over. */
  void flushSoon() {
    loop.unflushed(this);
  }

  LoopSockets loop() {
    return loop;
  }

  FacilityPlaces places() {
    return places;
  }

  /** The heartbeat here is a text frame, which {@link #look} sees to. */
  @Override
  void beat(boolean withPing) {
    if (withPing && line.pending() <= BUSY) {
      sendPing();
      flush();
    }
  }

  @Override
  void ending() {
    var all = new ArrayList<>(subscriptions.values());
    subscriptions.clear();
    syncs.clear();
    all.forEach(LiveSubscription::close);
    loop.remove(this);
  }

  @Override
  byte[] closeFrame(CloseReason reason) {
    return reason.duty().isReturn()
        ? Frames.close(reason, loop.shared().whenToReturn(reason))
        : Frames.close(reason);
  }

  @Override
  CloseReason tooFast() {
    return CloseReason.TOO_FAST;
  }

  @Override
  public void writable() {
    tables().toList().forEach(TableSubscription::pump);
    flush();
  }

  /** Never called: facilities are heard by {@link FacilitySubscription}. */
  @Override
  protected void deliver(Burst burst) {}

  /** Never called. */
  @Override
  protected void lastValue(int index, @Nullable Message message) {}

  /** Never called. */
  @Override
  protected void missed() {}
}
