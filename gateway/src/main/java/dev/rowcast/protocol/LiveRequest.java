package dev.rowcast.protocol;

import dev.rowcast.message.Since;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a client asks for at {@code /live?table=…}.
 *
 * <p>Immutable.
 *
 * @param table {@code schema.name}
 * @param where which rows it wants, as it was written; empty: all it may see
 * @param columns those it wants, beside the key; empty: all it may see
 * @param since where it goes on; empty: from now on
 * @param reading how it is answered
 */
public record LiveRequest(
    String table, String where, List<String> columns, Optional<Since> since, Reading reading) {

  /** How a client reads. */
  public sealed interface Reading {
    /** Server-Sent Events, until it goes away. */
    record Stream() implements Reading {}

    /** One page; when there is nothing to say yet, after so long at most. */
    record Page(Duration patience) implements Reading {}
  }

  /** What the request turned out to be. */
  public sealed interface Parsed {
    /** In order. */
    record Accepted(LiveRequest request) implements Parsed {}

    /** To be answered with this status and text. */
    record Refused(int status, String text) implements Parsed {}
  }

  /** Nobody waits longer for a page. */
  public static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

  /** Whatever else is there is about rows. */
  private static final Set<String> OURS = Set.of("table", "columns", "since", "wait");

  /** Copies the columns. */
  public LiveRequest {
    columns = List.copyOf(columns);
  }

  /** Reads a request; {@code Last-Event-ID} goes before {@code since}, as it is the newer one. */
  public static Parsed of(HttpHead head) {
    if (!head.method().equals("GET")) {
      return new Parsed.Refused(405, "only GET");
    }
    var parameters = new HashMap<String, String>();
    var where = new ArrayList<String>();
    for (var each : head.query().split("&", -1)) {
      var equals = each.indexOf('=');
      var name = FacilityRequest.decode(plain(equals < 0 ? each : each.substring(0, equals)));
      var value = FacilityRequest.decode(plain(equals < 0 ? "" : each.substring(equals + 1)));
      if (name.isEmpty() || value.isEmpty()) {
        return new Parsed.Refused(400, "the query is not UTF-8 in percent-encoding");
      }
      if (!OURS.contains(name.get())) {
        where.add(each);
      } else if (parameters.put(name.get(), value.get()) != null) {
        return new Parsed.Refused(400, "'" + name.get() + "' is there twice");
      }
    }
    where.removeIf(String::isEmpty);
    return read(head, parameters, String.join("&", where));
  }

  private static Parsed read(HttpHead head, Map<String, String> parameters, String where) {
    var table = parameters.getOrDefault("table", "");
    if (!table.contains(".") || table.length() > 200) {
      return new Parsed.Refused(400, "table is missing; write for example table=public.orders");
    }
    var text = head.single("last-event-id").orElse(parameters.get("since"));
    var since = Optional.ofNullable(text).flatMap(Since::parse);
    if (text != null && since.isEmpty()) {
      return new Parsed.Refused(
          400,
          "since is not a position; it is what an earlier answer or rowcast.position() gave,"
              + " snapshot, or left out for now");
    }
    var columns = parameters.getOrDefault("columns", "");
    var isStream =
        head.headers().getOrDefault("accept", List.of()).stream()
            .anyMatch(accept -> accept.contains("text/event-stream"));
    if (isStream && parameters.containsKey("wait")) {
      return new Parsed.Refused(400, "wait is for pages; a stream waits by itself");
    }
    var wait = parameters.getOrDefault("wait", "0");
    if (!wait.matches("[0-9]{1,6}")) {
      return new Parsed.Refused(400, "wait is not a number of seconds");
    }
    var patience = Duration.ofSeconds(Long.parseLong(wait));
    return new Parsed.Accepted(
        new LiveRequest(
            table,
            where,
            columns.isEmpty() ? List.of() : Arrays.asList(columns.split(",", -1)),
            since,
            isStream
                ? new Reading.Stream()
                : new Reading.Page(
                    patience.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : patience)));
  }

  private static String plain(String text) {
    return text.replace('+', ' ');
  }
}
