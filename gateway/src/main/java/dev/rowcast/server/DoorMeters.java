package dev.rowcast.server;

import dev.rowcast.observe.Metrics;
import java.util.concurrent.atomic.LongAdder;

/** What happens at the door, by cause of refusal. Thread-safe. */
final class DoorMeters {
  final LongAdder accepted;
  final LongAdder pages;
  final LongAdder malformed;
  final LongAdder handshake;
  final LongAdder origin;
  final LongAdder forbidden;
  final LongAdder unidentified;
  final LongAdder limit;
  final LongAdder memory;
  final LongAdder deadline;
  final LongAdder operator;
  final LongAdder tls;

  DoorMeters(Metrics metrics) {
    accepted = metrics.counter("rowcast.sockets.accepted", "Accepted TCP connections");
    pages = metrics.counter("rowcast.http.requests", "HTTP requests that were no WebSocket");
    malformed = refused(metrics, "malformed");
    handshake = refused(metrics, "handshake");
    origin = refused(metrics, "origin");
    forbidden = refused(metrics, "forbidden");
    unidentified = refused(metrics, "unidentified");
    limit = refused(metrics, "limit");
    memory = refused(metrics, "memory");
    deadline = refused(metrics, "deadline");
    operator = refused(metrics, "operator");
    tls = refused(metrics, "tls");
  }

  private static LongAdder refused(Metrics metrics, String cause) {
    return metrics.counter(
        "rowcast.handshakes.refused", "Requests that were refused", "cause", cause);
  }
}
