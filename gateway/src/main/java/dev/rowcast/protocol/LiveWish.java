package dev.rowcast.protocol;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the URL of a WebSocket at {@code /live} asks for already: {@code table}, {@code columns} and
 * {@code since} as at any request there, and whatever else is said about a table is its filter.
 *
 * <p>Immutable.
 */
public sealed interface LiveWish {
  /** By this id the answers name it. */
  String ID = "url";

  /** The name of the subprotocol. */
  String SUBPROTOCOL = "rowcast.v1";

  /** In order; without a table there is nothing yet. */
  record Read(Optional<ClientMessage.SubscribeTable> wish) implements LiveWish {}

  /** To be answered with 400 and this text. */
  record Malformed(String text) implements LiveWish {}

  /** Reads the query of a request, as it came. */
  static LiveWish of(String query) {
    Map<String, String> known = new HashMap<>();
    List<String> filter = new ArrayList<>();
    for (var each : query.split("&", -1)) {
      var equals = each.indexOf('=');
      var name = decoded(equals < 0 ? each : each.substring(0, equals));
      var value = decoded(equals < 0 ? "" : each.substring(equals + 1));
      if (name.isEmpty() || value.isEmpty()) {
        return new Malformed("the query is not UTF-8 in percent-encoding");
      }
      switch (name.get()) {
        case "table", "columns", "since" -> {
          if (known.put(name.get(), value.get()) != null) {
            return new Malformed("'" + name.get() + "' is there twice");
          }
        }
        case "wait" -> {
          return new Malformed("wait is for pages; a WebSocket waits by itself");
        }
        default -> {
          if (!each.isEmpty()) {
            filter.add(each);
          }
        }
      }
    }
    return of(known, String.join("&", filter));
  }

  private static LiveWish of(Map<String, String> known, String filter) {
    var table = known.get("table");
    if (table == null) {
      // What else stands there may be a token.
      return known.isEmpty()
          ? new Read(Optional.empty())
          : new Malformed("table is missing; write for example table=public.orders");
    }
    var columns = known.getOrDefault("columns", "");
    return new Read(
        Optional.of(
            new ClientMessage.SubscribeTable(
                ID,
                table,
                filter,
                columns.isEmpty() ? List.of() : List.of(columns.split(",", -1)),
                Optional.ofNullable(known.get("since")),
                false)));
  }

  private static Optional<String> decoded(String text) {
    return FacilityRequest.decode(text.replace('+', ' '));
  }
}
