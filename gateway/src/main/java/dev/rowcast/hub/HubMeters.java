package dev.rowcast.hub;

import dev.rowcast.observe.Metrics;
import java.util.concurrent.atomic.LongAdder;

/** What the hub counts. Thread-safe. */
final class HubMeters {
  final LongAdder messages;
  final LongAdder unheard;
  final LongAdder deliveries;
  final LongAdder bytes;
  final LongAdder writes;
  final LongAdder drains;
  final LongAdder overflows;

  HubMeters(Metrics metrics) {
    messages = metrics.counter("rowcast.hub.messages", "Messages that came from the bus");
    unheard =
        metrics.counter("rowcast.hub.unheard", "Messages from the bus to which nobody listened");
    deliveries =
        metrics.counter("rowcast.hub.deliveries", "Messages handed to connections, each counted");
    bytes = metrics.counter("rowcast.hub.bytes", "Frame bytes handed to connections");
    writes =
        metrics.counter("rowcast.hub.writes", "Bursts handed to connections: one flush for each");
    drains = metrics.counter("rowcast.hub.drains", "Times a loop took what was queued for it");
    overflows =
        metrics.counter(
            "rowcast.hub.overflows", "Messages that a loop's queue had no room for; never silent");
  }
}
