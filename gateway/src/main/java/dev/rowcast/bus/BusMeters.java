package dev.rowcast.bus;

import dev.rowcast.observe.Metrics;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/**
 * The numbers of a bus, in-process or Redis.
 *
 * <p>Thread-safe. Made once for one {@link Metrics}: names are registered when this is made.
 */
public final class BusMeters {
  /** Messages handed to the listener, and their payload bytes. */
  public final LongAdder messagesIn;

  public final LongAdder bytesIn;

  /** Acknowledged publications, and their payload bytes. */
  public final LongAdder messagesOut;

  public final LongAdder bytesOut;

  /** Publications that ended with {@link BusException}. */
  public final LongAdder failures;

  /** How often the connections were made anew. */
  public final LongAdder reconnects;

  /** How often a subscription that heard nothing any more was noticed and made anew. */
  public final LongAdder deafRebuilds;

  /** Last values delivered again after an outage because they had changed. */
  public final LongAdder resentValues;

  /** From the call of publish to Redis's answer. */
  public final Timer publishLatency;

  /** Registers the numbers. */
  public BusMeters(Metrics metrics) {
    messagesIn = metrics.counter("rowcast.bus.messages", "Messages", "direction", "in");
    messagesOut = metrics.counter("rowcast.bus.messages", "Messages", "direction", "out");
    bytesIn = metrics.counter("rowcast.bus.bytes", "Payload bytes", "direction", "in");
    bytesOut = metrics.counter("rowcast.bus.bytes", "Payload bytes", "direction", "out");
    failures = metrics.counter("rowcast.bus.publish.failures", "Publications not acknowledged");
    reconnects = metrics.counter("rowcast.bus.reconnects", "Connections to Redis made anew");
    deafRebuilds =
        metrics.counter("rowcast.bus.deaf.rebuilds", "Subscriptions found deaf and made anew");
    resentValues =
        metrics.counter("rowcast.bus.values.resent", "Last values delivered after an outage");
    publishLatency =
        metrics.timer(
            "rowcast.bus.publish.latency",
            "From publish to Redis's answer",
            Duration.ofNanos(250_000),
            Duration.ofMillis(1),
            Duration.ofMillis(5),
            Duration.ofMillis(25),
            Duration.ofMillis(100),
            Duration.ofMillis(500),
            Duration.ofSeconds(2));
  }
}
