package dev.rowcast.session;

import dev.rowcast.auth.AccessRules;
import dev.rowcast.auth.Handshake;
import dev.rowcast.auth.Identities;
import dev.rowcast.auth.Identity;
import dev.rowcast.auth.IdentityException;
import dev.rowcast.auth.Proof;
import dev.rowcast.auth.Recognition;
import dev.rowcast.base.Ticker;
import dev.rowcast.hub.Hub;
import dev.rowcast.hub.Loop;
import dev.rowcast.message.Audience;
import dev.rowcast.message.CloseReason;
import dev.rowcast.message.Permission;
import dev.rowcast.message.Topic;
import dev.rowcast.observe.Metrics;
import dev.rowcast.protocol.FacilityRequest;
import dev.rowcast.protocol.Frames;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Admits clients, and holds what all sessions of this process share.
 *
 * <p>Thread-safe.
 */
public final class Sessions {
  private static final Logger log = LoggerFactory.getLogger(Sessions.class);

  /** Proofs looked at again at the same time; who finds no place waits for its next visit. */
  private static final int MOST_RECHECKS = 256;

  private static final Duration OUTAGE_EVERY = Duration.ofSeconds(10);

  private final Hub hub;
  private final AccessRules access;
  private final Identities identities;
  private final SessionMeters meters;
  private final WebSocketSettings settings;
  private final Duration keep;
  private final Ticker ticker;
  private final byte @Nullable [] heartbeat;
  private final byte @Nullable [] heartbeatFrame;
  private final List<LoopSessions> loops = new CopyOnWriteArrayList<>();
  private final Disconnections disconnections = new Disconnections();
  private final AtomicInteger rechecks = new AtomicInteger();
  private final AtomicLong toldOutage = new AtomicLong();

  /**
   * Sessions that listen and publish through {@code hub}.
   *
   * @param keep how long a client's publication is kept as the last value: {@code redis.expire}
   */
  public Sessions(
      Hub hub,
      AccessRules access,
      Identities identities,
      Metrics metrics,
      WebSocketSettings settings,
      Duration keep,
      Ticker ticker) {
    this.hub = hub;
    this.access = access;
    this.identities = identities;
    this.meters = new SessionMeters(metrics);
    this.settings = settings;
    this.keep = keep;
    this.ticker = ticker;
    heartbeat =
        settings.heartbeat().map(text -> text.getBytes(StandardCharsets.UTF_8)).orElse(null);
    heartbeatFrame = heartbeat == null ? null : Frames.frame(Frames.TEXT, heartbeat);
  }

  /** Whether {@link #admit} answers without asking anybody, hence may run on an event loop. */
  public boolean admitAtOnce() {
    return identities.areAnonymous();
  }

  /** Finds out who the client is and what it gets of what it asks for; may block. */
  public Admission admit(Handshake handshake, FacilityRequest request) {
    try {
      return identified(handshake, request);
    } catch (IdentityException e) {
      meters.identified("failed");
      outage(String.valueOf(e.getMessage()));
      return new Admission.Unavailable();
    }
  }

  private Admission identified(Handshake handshake, FacilityRequest request) {
    var asked = ticker.nanoTime();
    return switch (identities.identify(handshake)) {
      case Recognition.Known known -> {
        meters.identified(known.equals(Recognition.Known.ANONYMOUS) ? "anonymous" : "known");
        yield admit(request, known, asked);
      }
      case Recognition.Rejected(var reason, var why) -> {
        meters.identified("rejected");
        log.debug("a client is turned away: {}", why);
        yield new Admission.TurnedAway(reason);
      }
      case Recognition.Forbidden() -> {
        meters.identified("forbidden");
        yield new Admission.Forbidden();
      }
      case Recognition.Unknown() -> admit(request, Recognition.Known.ANONYMOUS, asked);
    };
  }

  /**
   * Finds out who a client of {@code /live} is; may block. What the client may hear is asked when
   * it subscribes, so whoever is not turned away is let in.
   */
  public Admission recognise(Handshake handshake) {
    var asked = ticker.nanoTime();
    try {
      return switch (identities.identify(handshake)) {
        case Recognition.Known known -> {
          meters.identified(known.equals(Recognition.Known.ANONYMOUS) ? "anonymous" : "known");
          yield Admission.Admitted.to(known, asked);
        }
        case Recognition.Rejected(var reason, var why) -> {
          meters.identified("rejected");
          log.debug("a client is turned away: {}", why);
          yield new Admission.TurnedAway(reason);
        }
        case Recognition.Forbidden() -> {
          meters.identified("forbidden");
          yield new Admission.TurnedAway(CloseReason.REVOKED);
        }
        case Recognition.Unknown() -> Admission.Admitted.to(Recognition.Known.ANONYMOUS, asked);
      };
    } catch (IdentityException e) {
      meters.identified("failed");
      outage(String.valueOf(e.getMessage()));
      return new Admission.TurnedAway(CloseReason.UNAVAILABLE);
    }
  }

  /**
   * The same for what an open connection shows anew, on a thread of its own; {@code answer} comes
   * on the loop, unless that has ended.
   *
   * @return false: too many are being looked at, try again later
   */
  boolean recognise(Handshake handshake, Executor loop, Consumer<Admission> answer) {
    if (rechecks.incrementAndGet() > MOST_RECHECKS) {
      rechecks.decrementAndGet();
      return false;
    }
    Thread.ofVirtual()
        .name("rowcast-recheck")
        .start(() -> {
          Admission admission;
          try {
            admission = recognise(handshake);
          } catch (RuntimeException e) {
            log.error("the identity of a client could not be learnt", e);
            admission = new Admission.TurnedAway(CloseReason.UNAVAILABLE);
          } finally {
            rechecks.decrementAndGet();
          }
          var outcome = admission;
          answered(loop, () -> answer.accept(outcome));
        });
    return true;
  }

  /** The topics that a client gets of one right at a facility; none: it has not got it. */
  List<Topic> granted(Recognition.Known known, Permission permission, String facility) {
    var asked = Set.of(permission);
    return known.may().contains(permission)
            && access.decide(known.identity(), facility, asked)
                instanceof AccessRules.Decision.Granted(var granted)
            && granted.contains(permission)
        ? topics(permission, known.identity(), facility).stream().distinct().toList()
        : List.of();
  }

  /** The clients that meet one outage are many; the log has it every ten seconds. */
  private void outage(String why) {
    var now = ticker.nanoTime();
    var last = toldOutage.get();
    if ((last == 0 || now - last >= OUTAGE_EVERY.toNanos())
        && toldOutage.compareAndSet(last, now == 0 ? 1 : now)) {
      log.warn("clients are refused because nobody can tell who they are: {}", why);
    }
  }

  private Admission admit(FacilityRequest request, Recognition.Known known, long asked) {
    return switch (access.decide(known.identity(), request.facility(), request.asked())) {
      case AccessRules.Decision.Refused() -> new Admission.Forbidden();
      case AccessRules.Decision.Granted(var granted) -> admitted(request, known, asked, granted);
    };
  }

  /** The sessions of one event loop; made once for each. */
  public LoopSessions onLoop(Loop loop, ByteBufAllocator allocator) {
    var sessions = new LoopSessions(this, hub.shard(loop, allocator), loop, allocator);
    loops.add(sessions);
    return sessions;
  }

  /**
   * Ends every connection of a user on this node for this reason, each on its own loop; may be
   * called from any thread and waits for nothing. A handshake of the user that is under way ends as
   * soon as it is done, and nothing that was remembered of the user counts from now on.
   *
   * @return completes with how many were ended, once all loops have answered
   */
  public CompletionStage<Integer> disconnect(String user, CloseReason reason) {
    disconnections.add(user, ticker.nanoTime());
    identities.forget();
    var answer = new CompletableFuture<Integer>();
    var ended = new AtomicInteger();
    var asked = List.copyOf(loops);
    var missing = new AtomicInteger(asked.size());
    if (asked.isEmpty()) {
      answer.complete(0);
    }
    for (var sessions : asked) {
      sessions
          .loop()
          .execute(() -> {
            ended.addAndGet(sessions.disconnect(user, reason));
            if (missing.decrementAndGet() == 0) {
              answer.complete(ended.get());
            }
          });
    }
    return answer;
  }

  /** Whether this client was to be disconnected while it was let in. */
  boolean isDisconnected(Admission.Admitted admitted) {
    var user = admitted.identity().user();
    return user.isPresent() && disconnections.isSince(user.get(), admitted.asked());
  }

  /**
   * Looks at a proof again, on a thread of its own; {@code answer} comes on the session's loop.
   *
   * @return false: too many are being looked at, try again later
   */
  boolean recheck(Proof proof, Executor loop, Consumer<Optional<Proof.Standing>> answer) {
    if (rechecks.incrementAndGet() > MOST_RECHECKS) {
      rechecks.decrementAndGet();
      return false;
    }
    Thread.ofVirtual()
        .name("rowcast-recheck")
        .start(() -> {
          var standing = standing(proof);
          rechecks.decrementAndGet();
          answered(loop, () -> answer.accept(standing));
        });
    return true;
  }

  private static void answered(Executor loop, Runnable task) {
    try {
      loop.execute(task);
    } catch (RejectedExecutionException _) {
      // The server stopped meanwhile, and the session with it.
    }
  }

  /** Empty when it cannot be learnt: an outage of the application ends nobody's connection. */
  private Optional<Proof.Standing> standing(Proof proof) {
    try {
      var standing = proof.standing();
      meters.rechecked(standing instanceof Proof.Standing.Holds ? "holds" : "gone");
      return Optional.of(standing);
    } catch (IdentityException e) {
      meters.rechecked("failed");
      log.debug("an open connection's right could not be looked at again: {}", e.getMessage());
    } catch (RuntimeException e) {
      meters.rechecked("failed");
      log.error("looking at a connection's right again failed", e);
    }
    return Optional.empty();
  }

  /** How long it is until then, by the clock of who set it; never negative. */
  Duration until(Instant expiry) {
    return identities.until(expiry);
  }

  /** Within which time a proof is looked at again. */
  Duration recheckEvery() {
    return identities.recheck();
  }

  private Admission admitted(
      FacilityRequest request, Recognition.Known known, long asked, Set<Permission> granted) {
    var listens = new ArrayList<Topic>(1);
    var speaks = new ArrayList<Topic>(1);
    for (var permission : Permission.values()) {
      if (granted.contains(permission) && known.may().contains(permission)) {
        var topics = topics(permission, known.identity(), request.facility());
        (permission.isSubscribe() ? listens : speaks).addAll(topics);
      }
    }
    return new Admission.Admitted(
        known,
        asked,
        listens.stream().distinct().toList(),
        speaks.stream().distinct().toList(),
        request.echo(),
        keepsLatest(request.facility()));
  }

  /**
   * A facility with a colon has no topics of groups, users and sessions: as Redis joins the parts
   * with colons, group {@code a} at {@code b:c} and group {@code a:b} at {@code c} would be one,
   * and a member of the one would hear the other.
   */
  private static List<Topic> topics(Permission permission, Identity identity, String facility) {
    var audience = permission.audience();
    var members =
        switch (audience) {
          case BROADCAST -> List.<String>of();
          case GROUP -> identity.groups();
          case USER -> identity.user().map(List::of).orElse(List.of());
          case SESSION -> identity.sessionKey().map(List::of).orElse(List.of());
        };
    if (permission.audience() == Audience.BROADCAST) {
      return List.of(Topic.broadcast(facility));
    }
    return facility.indexOf(':') >= 0
        ? List.of()
        : members.stream().map(member -> Topic.of(audience, member, facility)).toList();
  }

  /** Whether a slow client gets the latest message of this facility instead of its end. */
  boolean keepsLatest(String facility) {
    var outbox = settings.outbox();
    return outbox.whenFull() == OutboxSettings.WhenFull.LATEST
        || outbox.latest().stream().anyMatch(glob -> glob.matches(facility));
  }

  /** What the sessions were told. */
  public WebSocketSettings settings() {
    return settings;
  }

  SessionMeters meters() {
    return meters;
  }

  Duration keep() {
    return keep;
  }

  Ticker ticker() {
    return ticker;
  }

  byte @Nullable [] heartbeat() {
    return heartbeat;
  }

  byte @Nullable [] heartbeatFrame() {
    return heartbeatFrame;
  }
}
