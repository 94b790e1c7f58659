package dev.rowcast.hub;

import dev.rowcast.observe.Metrics;
import java.util.concurrent.atomic.LongAdder;

/** What the matching counts. Thread-safe. */
final class ShapeMeters {
  final LongAdder changes;
  final LongAdder events;
  final LongAdder undecided;
  final LongAdder deliveries;
  final LongAdder bytes;
  final LongAdder skipped;
  final LongAdder behind;

  ShapeMeters(Metrics metrics) {
    changes =
        metrics.counter("rowcast.shapes.changes", "Changes that were matched against the shapes");
    events = metrics.counter("rowcast.shapes.events", "Events made of them, one for each shape");
    undecided =
        metrics.counter(
            "rowcast.shapes.undecided", "Changes of which a shape's readers had to reload");
    deliveries =
        metrics.counter("rowcast.shapes.deliveries", "Frames handed to WebSockets, each counted");
    bytes = metrics.counter("rowcast.shapes.bytes", "Bytes of these frames");
    skipped =
        metrics.counter(
            "rowcast.shapes.skipped", "Pieces of the log that a loop was too slow to be handed");
    behind =
        metrics.counter(
            "rowcast.shapes.behind", "Times a subscription fell behind and read by itself");
  }
}
