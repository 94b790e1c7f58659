package dev.rowcast.session;

import dev.rowcast.auth.Handshake;
import dev.rowcast.auth.Identities;
import dev.rowcast.auth.Identity;
import dev.rowcast.auth.IdentityException;
import dev.rowcast.auth.LiveRules;
import dev.rowcast.auth.Recognition;
import dev.rowcast.base.Ticker;
import dev.rowcast.feed.Feed;
import dev.rowcast.feed.FeedException;
import dev.rowcast.feed.FeedListener;
import dev.rowcast.feed.FeedStep;
import dev.rowcast.hub.Loop;
import dev.rowcast.message.Position;
import dev.rowcast.message.Since;
import dev.rowcast.observe.Metrics;
import dev.rowcast.protocol.LiveRequest;
import dev.rowcast.rows.RowsException;
import dev.rowcast.shape.ColumnChoice;
import dev.rowcast.shape.Shape;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Admits the readers of {@code /live}, wakes them when the feed goes on, and holds what they share.
 *
 * <p>Thread-safe.
 */
public final class LiveReaders implements FeedListener {
  private static final Logger log = LoggerFactory.getLogger(LiveReaders.class);

  private final Feed feed;
  private final LiveRules rules;
  private final ShapeAccess access;
  private final Beginnings beginnings;
  private final Identities identities;
  private final Duration heartbeat;
  private final Ticker ticker;
  private final List<LoopReaders> loops = new CopyOnWriteArrayList<>();

  final LongAdder open = new LongAdder();
  final LongAdder events;
  final LongAdder resets;

  /** Readers of this feed. */
  public LiveReaders(
      Feed feed,
      LiveRules rules,
      ShapeAccess access,
      Beginnings beginnings,
      Identities identities,
      Metrics metrics,
      Duration heartbeat,
      Ticker ticker) {
    this.feed = feed;
    this.rules = rules;
    this.access = access;
    this.beginnings = beginnings;
    this.identities = identities;
    this.heartbeat = heartbeat;
    this.ticker = ticker;
    this.events = metrics.counter("rowcast.live.events", "Events handed to readers of /live");
    this.resets = metrics.counter("rowcast.live.resets", "Times a reader was told to reload");
    metrics.gauge("rowcast.live.readers", "Open requests at /live", open::sum);
  }

  /** Whether {@link #admit} answers without asking anybody, hence may run on an event loop. */
  public boolean admitAtOnce(LiveRequest request) {
    return identities.areAnonymous() && isWhole(request, Identity.ANONYMOUS);
  }

  /** Whether it is about every change behind a place, of which no more needs to be known. */
  private boolean isWhole(LiveRequest request, Identity identity) {
    return request.where().isEmpty()
        && request.since().map(since -> since instanceof Since.Behind).orElse(true)
        && (!(rules.decide(identity, request.table()) instanceof LiveRules.Decision.Granted granted)
            || granted.rows().isEmpty());
  }

  /** Finds out who the client is and whether it may read what it asks for; may block. */
  public LiveAdmission admit(Handshake handshake, LiveRequest request) {
    try {
      return switch (identities.identify(handshake)) {
        case Recognition.Known known -> admit(request, known);
        case Recognition.Unknown() -> admit(request, Recognition.Known.ANONYMOUS);
        case Recognition.Rejected(var _, var why) -> {
          log.debug("a reader of /live is turned away: {}", why);
          yield new LiveAdmission.Refused(401, "what the request shows is not accepted");
        }
        case Recognition.Forbidden() -> new LiveAdmission.Refused(403, "forbidden");
      };
    } catch (IdentityException e) {
      log.debug("a reader of /live is refused: {}", e.getMessage());
      return new LiveAdmission.Unavailable();
    }
  }

  private LiveAdmission admit(LiveRequest request, Recognition.Known known) {
    if (!isWhole(request, known.identity())) {
      return filtered(request, known);
    }
    return switch (rules.decide(known.identity(), request.table())) {
      case LiveRules.Decision.Unknown() ->
          new LiveAdmission.Refused(404, "no table of this name is exposed; see live.tables");
      case LiveRules.Decision.Unrecognised() ->
          new LiveAdmission.Refused(401, "this table is for people who are logged in");
      case LiveRules.Decision.Refused() -> new LiveAdmission.Refused(403, "forbidden");
      case LiveRules.Decision.Granted(var columns, var _) ->
          whole(request, known, ColumnChoice.of(columns));
    };
  }

  private LiveAdmission filtered(LiveRequest request, Recognition.Known known) {
    return switch (access.decide(
        known.identity(), request.table(), request.where(), request.columns())) {
      case ShapeAccess.Answer.Granted(var shape) ->
          admitted(request, known, ColumnChoice.of(shape.columns()), Optional.of(shape));
      case ShapeAccess.Answer.Refused(var reason, var text) ->
          new LiveAdmission.Refused(
              switch (reason) {
                case UNKNOWN -> 404;
                case UNRECOGNISED -> 401;
                case FORBIDDEN -> 403;
                case MALFORMED -> 400;
                case UNAVAILABLE -> 503;
              },
              text);
    };
  }

  private LiveAdmission whole(LiveRequest request, Recognition.Known known, ColumnChoice granted) {
    var asked = request.columns().isEmpty() ? granted : ColumnChoice.of(request.columns());
    return asked.isWithin(granted)
        ? admitted(request, known, asked, Optional.empty())
        : new LiveAdmission.Refused(403, "not all of these columns are exposed");
  }

  private LiveAdmission admitted(
      LiveRequest request, Recognition.Known known, ColumnChoice columns, Optional<Shape> shape) {
    var now = feed.now();
    if (now.isEmpty()) {
      return new LiveAdmission.Refused(503, "the feed is not there yet");
    }
    try {
      return new LiveAdmission.Admitted(
          request,
          columns,
          shape,
          beginnings.start(request.since().orElse(new Since.Behind(now.get()))),
          known.identity().user(),
          stay(known));
    } catch (FeedException | RowsException away) {
      log.debug("a reader of /live is refused: {}", away.getMessage());
      return new LiveAdmission.Refused(503, "where this goes on cannot be looked up now");
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return new LiveAdmission.Unavailable();
    }
  }

  Beginnings beginnings() {
    return beginnings;
  }

  /**
   * A reader has no conversation in which it could be told that its right is gone. So its answer
   * ends when what it has shown would be looked at again, and it comes back with its place.
   */
  private Optional<Duration> stay(Recognition.Known known) {
    if (known.proof().isEmpty() && known.identity().user().isEmpty()) {
      return known.expires().map(identities::until);
    }
    var most = identities.recheck();
    return Optional.of(
        known
            .expires()
            .map(identities::until)
            .filter(left -> left.compareTo(most) < 0)
            .orElse(most));
  }

  /** The readers of one event loop; made once for each. */
  public LoopReaders onLoop(Loop loop) {
    var readers = new LoopReaders(this, loop);
    loops.add(readers);
    return readers;
  }

  @Override
  public void grown() {
    for (var each : loops) {
      each.grown();
    }
  }

  @Override
  public void broken(FeedStep.Reason reason, Position now) {
    grown();
  }

  Feed feed() {
    return feed;
  }

  /** Whether the table is still what the shape was made of. */
  boolean isCurrent(Shape shape) {
    return access.isCurrent(shape);
  }

  Duration heartbeat() {
    return heartbeat;
  }

  Ticker ticker() {
    return ticker;
  }
}
