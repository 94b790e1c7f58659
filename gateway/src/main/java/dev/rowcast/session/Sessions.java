package dev.rowcast.session;

import dev.rowcast.auth.AccessRules;
import dev.rowcast.auth.Handshake;
import dev.rowcast.auth.Identities;
import dev.rowcast.auth.Identity;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Admits clients, and holds what all sessions of this process share.
 *
 * <p>Thread-safe.
 */
public final class Sessions {
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
    var identity = identities.identify(handshake);
    return switch (access.decide(identity, request.facility(), request.asked())) {
      case AccessRules.Decision.Refused() -> new Admission.Forbidden();
      case AccessRules.Decision.Granted(var granted) -> admitted(request, identity, granted);
    };
  }

  /** The sessions of one event loop; made once for each. */
  public LoopSessions onLoop(Executor loop, BooleanSupplier inLoop, ByteBufAllocator allocator) {
    var shard =
        hub.shard(
            new Loop() {
              @Override
              public void execute(Runnable task) {
                loop.execute(task);
              }

              @Override
              public boolean inLoop() {
                return inLoop.getAsBoolean();
              }
            },
            allocator);
    var sessions = new LoopSessions(this, shard, loop, allocator);
    loops.add(sessions);
    return sessions;
  }

  /**
   * Ends every connection of a user on this node for this reason, each on its own loop; may be
   * called from any thread and waits for nothing.
   *
   * @return completes with how many were ended, once all loops have answered
   */
  public CompletionStage<Integer> disconnect(String user, CloseReason reason) {
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

  private Admission admitted(FacilityRequest request, Identity identity, Set<Permission> granted) {
    var listens = new ArrayList<Topic>(1);
    var speaks = new ArrayList<Topic>(1);
    for (var permission : Permission.values()) {
      if (granted.contains(permission)) {
        var topics = topics(permission, identity, request.facility());
        (permission.isSubscribe() ? listens : speaks).addAll(topics);
      }
    }
    return new Admission.Admitted(
        identity,
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

  private boolean keepsLatest(String facility) {
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
