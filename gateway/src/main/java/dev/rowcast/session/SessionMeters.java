package dev.rowcast.session;

import dev.rowcast.message.CloseReason;
import dev.rowcast.observe.Metrics;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** What sessions count. Thread-safe. */
final class SessionMeters {
  final LongAdder open = new LongAdder();
  final LongAdder opened;
  final LongAdder received;
  final LongAdder receivedBytes;
  final LongAdder published;
  final LongAdder publishFailed;
  final LongAdder heartbeats;
  final LongAdder pings;
  final LongAdder leftOut;
  private final Map<String, LongAdder> identified = new HashMap<>();
  private final Map<String, LongAdder> rechecked = new HashMap<>();
  private final Map<CloseReason, LongAdder> closed = new EnumMap<>(CloseReason.class);

  SessionMeters(Metrics metrics) {
    metrics.gauge("rowcast.connections", "WebSocket connections now open", open::doubleValue);
    opened = metrics.counter("rowcast.connections.opened", "WebSocket connections so far");
    received = metrics.counter("rowcast.messages.received", "Messages from clients");
    receivedBytes = metrics.counter("rowcast.bytes.received", "Payload bytes from clients");
    published = metrics.counter("rowcast.publications", "Publications of clients, one per topic");
    publishFailed =
        metrics.counter("rowcast.publications.failed", "Publications the bus did not accept");
    heartbeats = metrics.counter("rowcast.heartbeats", "Text heartbeats sent");
    pings = metrics.counter("rowcast.pings", "WebSocket pings sent");
    leftOut =
        metrics.counter(
            "rowcast.messages.conflated", "Messages replaced by a later one for a slow client");
    for (var outcome : List.of("known", "anonymous", "rejected", "forbidden", "failed")) {
      identified.put(
          outcome,
          metrics.counter(
              "rowcast.identities",
              "Clients by what the providers of auth made of them",
              "outcome",
              outcome));
    }
    for (var outcome : List.of("holds", "gone", "failed")) {
      rechecked.put(
          outcome,
          metrics.counter(
              "rowcast.identities.rechecked",
              "Open connections whose right was looked at again, by what came of it",
              "outcome",
              outcome));
    }
    for (var reason : CloseReason.values()) {
      closed.put(
          reason,
          metrics.counter(
              "rowcast.connections.closed",
              "Connections ended, by reason",
              "reason",
              reason.name().toLowerCase(Locale.ROOT)));
    }
  }

  void identified(String outcome) {
    count(identified.get(outcome));
  }

  void rechecked(String outcome) {
    count(rechecked.get(outcome));
  }

  private static void count(@Nullable LongAdder counter) {
    if (counter != null) {
      counter.increment();
    }
  }

  void closed(CloseReason reason) {
    var counter = closed.get(reason);
    if (counter != null) {
      counter.increment();
    }
  }
}
