package dev.rowcast.fold;

import dev.rowcast.message.Position;
import dev.rowcast.testing.LiveClient;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** By a WebSocket, {@code rowcast.v1}. */
final class SocketSubscription implements Subscription {
  private final LiveClient client;
  private boolean isSubscribed;

  SocketSubscription(Socket socket, Wish wish, Optional<String> since, boolean conflates)
      throws IOException {
    this.client = LiveClient.over(socket, "", "Sec-WebSocket-Protocol: rowcast.v1");
    var wanted = FoldedRows.JSON.createObjectNode().put("type", "subscribe").put("id", "r");
    wanted.put("table", "public." + wish.table().sql()).put("where", wish.where());
    wanted.put("conflate", conflates);
    if (!wish.columns().isEmpty()) {
      wish.columns().forEach(wanted.putArray("columns")::add);
    }
    since.ifPresent(place -> wanted.put("since", place));
    client.sends(wanted.toString());
  }

  @Override
  public Optional<Told> next(Duration within) throws IOException {
    return client.any(within).flatMap(this::told);
  }

  private Optional<Told> told(JsonNode said) {
    if (said.has("close")) {
      var code = said.path("close").asInt();
      var isToReturn =
          code == 1001 || code == 1012 || code == 1013 || (code >= 4500 && code != 4501);
      return Optional.of(
          isToReturn ? new Told.Over(said.toString()) : new Told.Wrong(said.toString()));
    }
    if (said.has("event")) {
      var event = said.path("event");
      return Optional.of(new Told.Event(event.path("position").asString(), event));
    }
    if (said.has("rows")) {
      return Optional.of(new Told.Rows(List.copyOf(said.path("rows").values())));
    }
    var place = said.path("position").asString("");
    return switch (said.path("type").asString("")) {
      case "live" -> Optional.of(new Told.Live(place));
      case "subscribed" -> {
        isSubscribed = true;
        yield place.isEmpty() ? Optional.empty() : Optional.of(new Told.At(place));
      }
      case "synced" -> Position.parse(place).map(Told.Synced::new);
      case "position", "commit" ->
          Optional.of(
              isSubscribed ? new Told.At(place) : new Told.Wrong("not of this wish: " + said));
      case "reset" -> Optional.of(new Told.Reset(said.path("reason").asString(), place));
      case "welcome", "heartbeat" -> Optional.empty();
      case "error" -> error(said);
      default -> Optional.of(new Told.Wrong(said.toString()));
    };
  }

  private static Optional<Told> error(JsonNode said) {
    if (said.path("code").asInt() == 503) {
      return Optional.of(new Told.Over(said.toString()));
    }
    // A sync of a log that has ended meanwhile: there will be another one.
    return said.path("id").asString("").equals("s")
        ? Optional.empty()
        : Optional.of(new Told.Wrong(said.toString()));
  }

  @Override
  public void sync(Position end) throws IOException {
    client.sends("{\"type\":\"sync\",\"id\":\"s\",\"position\":\"" + end + "\"}");
  }

  @Override
  public void close() throws IOException {
    client.close();
  }
}
