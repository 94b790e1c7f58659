package dev.rowcast.feed;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rowcast.message.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A reader that goes from entry to entry as a client's cursor does, and a listener that remembers.
 *
 * <p>Reading is confined to the test's thread; the listener is thread-safe.
 */
public final class FeedReader implements FeedListener {

  /** A piece of news about the log itself. */
  public record Broken(FeedStep.Reason reason, Position now) {}

  private final List<Broken> broken = new CopyOnWriteArrayList<>();
  private final List<String> read = new ArrayList<>();
  private final List<Broken> lost = new ArrayList<>();
  private Position place;

  /** A reader that begins behind a place. */
  public FeedReader(Position place) {
    this.place = place;
  }

  @Override
  public void grown() {}

  @Override
  public void broken(FeedStep.Reason reason, Position now) {
    broken.add(new Broken(reason, now));
  }

  /** Reads all there is; returns this. */
  public FeedReader readAll(Feed feed) throws InterruptedException {
    while (true) {
      var step = feed.next(place);
      if (step instanceof FeedStep.Older) {
        step = feed.history(place);
      }
      switch (step) {
        case FeedStep.Next(var entry) -> take(entry);
        case FeedStep.Several(var entries) -> entries.forEach(this::take);
        case FeedStep.Lost(var reason, var now) -> {
          lost.add(new Broken(reason, now));
          place = now;
        }
        case FeedStep.End _ -> {
          return this;
        }
        case FeedStep.Older _ -> throw new AssertionError("history knows nothing older");
      }
    }
  }

  /** Forgets the place: what comes is read from here. */
  public void goTo(Position position) {
    place = position;
  }

  /** The JSON of all changes read, in order. */
  public List<String> read() {
    return List.copyOf(read);
  }

  /** What the reader was told it has missed. */
  public List<Broken> lost() {
    return List.copyOf(lost);
  }

  /** What the listener was told. */
  public List<Broken> broken() {
    return List.copyOf(broken);
  }

  /** Where the reader is. */
  public Position place() {
    return place;
  }

  private void take(FeedEntry entry) {
    for (var change : entry.after(place)) {
      read.add(new String(change.json(), UTF_8));
    }
    place = entry.last();
  }
}
