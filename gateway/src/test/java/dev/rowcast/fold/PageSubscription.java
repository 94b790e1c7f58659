package dev.rowcast.fold;

import dev.rowcast.message.Position;
import dev.rowcast.testing.WireClient;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import tools.jackson.databind.JsonNode;

/** By pages of JSON, a connection each. */
final class PageSubscription implements Subscription {
  private final Callable<Socket> sockets;
  private final Wish wish;
  private final ArrayDeque<Told> page = new ArrayDeque<>();
  private Optional<String> since;

  PageSubscription(Callable<Socket> sockets, Wish wish, Optional<String> since) {
    this.sockets = sockets;
    this.wish = wish;
    this.since = since;
  }

  @Override
  public Optional<Told> next(Duration within) throws IOException {
    if (page.isEmpty()) {
      fetch();
    }
    return Optional.ofNullable(page.poll());
  }

  private void fetch() throws IOException {
    var answer = get(sockets, wish.query() + "&wait=1" + Places.query(since));
    if (answer.status() == 0) {
      throw new IOException("the connection has ended before an answer");
    }
    if (answer.status() != 200) {
      var text = answer.status() + " " + answer.body();
      page.add(answer.status() == 503 ? new Told.Over(text) : new Told.Wrong(text));
      return;
    }
    read(FoldedRows.JSON.readTree(answer.body()));
  }

  private void read(JsonNode said) {
    var place = said.path("position").asString();
    if (said.has("reset")) {
      page.add(new Told.Reset(said.path("reset").asString(), ""));
    }
    if (said.has("rows")) {
      page.add(new Told.Rows(List.copyOf(said.path("rows").values())));
      page.add(new Told.Live(place));
    }
    for (var event : said.path("events")) {
      if (!event.path("type").asString("").equals("commit")) {
        page.add(new Told.Event("", event));
      }
    }
    // Only the page's own position is one to come back with: it may hold more than a place.
    page.add(new Told.At(place));
    since = Optional.of(place);
  }

  /** One page. */
  static WireClient.Answer get(Callable<Socket> sockets, String query) throws IOException {
    try (var wire = WireClient.over(sockets.call())) {
      return wire.request("GET /live?" + query + " HTTP/1.1", List.of("Host: x"));
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    }
  }

  @Override
  public void sync(Position end) {}

  @Override
  public void close() {}
}
