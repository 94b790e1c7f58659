package dev.rowcast.gateway;

import dev.rowcast.feed.Feed;
import dev.rowcast.feed.FeedEntry;
import dev.rowcast.feed.FeedException;
import dev.rowcast.feed.FeedStep;
import dev.rowcast.message.Position;
import dev.rowcast.protocol.HttpHead;
import dev.rowcast.protocol.LiveText;
import dev.rowcast.server.HttpPages;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What is in the feed, of all tables, for whoever has the operators' token: {@code GET
 * /api/feed?since=}.
 *
 * <p>Thread-safe. Called on a virtual thread, and blocks while Redis is asked.
 */
final class FeedPage implements HttpPages.Resource {
  private static final int FULL = 1 << 20;
  private static final String SINCE = "since=";

  private final Feed feed;

  FeedPage(Feed feed) {
    this.feed = feed;
  }

  @Override
  public HttpPages.Reply answer(HttpHead request) {
    var query = request.query();
    if (!query.isEmpty() && !query.startsWith(SINCE)) {
      return HttpPages.Reply.problem(400, "only since is understood here");
    }
    var since = query.isEmpty() ? feed.now() : Position.parse(query.substring(SINCE.length()));
    if (since.isEmpty()) {
      return query.isEmpty()
          ? HttpPages.Reply.problem(503, "the feed is not there yet")
          : HttpPages.Reply.problem(400, "since is not a position");
    }
    try {
      return read(since.get());
    } catch (FeedException away) {
      return HttpPages.Reply.problem(503, String.valueOf(away.getMessage()));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return HttpPages.Reply.problem(503, "the server is stopping");
    }
  }

  private HttpPages.Reply read(Position since) throws InterruptedException {
    var events = new ArrayList<byte[]>();
    var place = since;
    var bytes = 0L;
    while (bytes < FULL) {
      var step = feed.next(place);
      switch (step instanceof FeedStep.Older ? feed.history(place) : step) {
        case FeedStep.Next(var entry) -> {
          bytes += take(entry, place, events);
          place = entry.last();
        }
        case FeedStep.Several(var entries) -> {
          for (var entry : entries) {
            bytes += take(entry, place, events);
            place = entry.last();
          }
        }
        case FeedStep.Lost(var reason, var now) -> {
          return page(List.of(), now, Optional.of(reason.name().toLowerCase(Locale.ROOT)), false);
        }
        case FeedStep.End(), FeedStep.Older() -> {
          return page(events, place, Optional.empty(), false);
        }
      }
    }
    return page(events, place, Optional.empty(), true);
  }

  private static long take(FeedEntry entry, Position place, List<byte[]> events) {
    var bytes = 0L;
    for (var change : entry.after(place)) {
      events.add(change.json());
      bytes += change.json().length;
    }
    return bytes;
  }

  private static HttpPages.Reply page(
      List<byte[]> events, Position place, Optional<String> reset, boolean more) {
    return new HttpPages.Reply(
        200, "application/json; charset=utf-8", LiveText.page(events, place, reset, more));
  }
}
