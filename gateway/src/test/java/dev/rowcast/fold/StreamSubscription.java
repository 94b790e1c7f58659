package dev.rowcast.fold;

import dev.rowcast.message.Position;
import dev.rowcast.testing.EventSource;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** By Server-Sent Events. The server says something every second, so nobody waits for longer. */
final class StreamSubscription implements Subscription {
  private final EventSource source;

  /** Begins, from now on, or goes on from a place. */
  StreamSubscription(Socket socket, Wish wish, Optional<String> since) throws IOException {
    // A place that came as an id goes back as one; the others can only stand in the query.
    var isId = since.isPresent() && !since.get().equals("snapshot") && !since.get().contains("/");
    var query = wish.query() + Places.query(since.filter(_ -> !isId));
    this.source = EventSource.over(socket, query, since.filter(_ -> isId));
    if (!source.status().startsWith("HTTP")) {
      source.close();
      throw new IOException("the connection has ended before an answer");
    }
  }

  @Override
  public Optional<Told> next(Duration within) throws IOException {
    if (!source.status().contains(" 200 ")) {
      return Optional.of(
          source.status().contains(" 503 ")
              ? new Told.Over(source.status())
              : new Told.Wrong(source.status()));
    }
    var event = source.next().orElseThrow(() -> new IOException("the stream has ended"));
    var place = event.id();
    var said = FoldedRows.JSON.readTree(event.data());
    return Optional.of(
        switch (event.type()) {
          case "rows" -> new Told.Rows(List.copyOf(said.path("rows").values()));
          case "live" -> new Told.Live(place);
          case "position", "commit" -> new Told.At(place);
          case "reset" -> new Told.Reset(said.path("reason").asString(), place);
          default -> new Told.Event(place, said);
        });
  }

  @Override
  public void sync(Position end) {}

  @Override
  public void close() throws IOException {
    source.close();
  }
}
