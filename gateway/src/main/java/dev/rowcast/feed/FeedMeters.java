package dev.rowcast.feed;

import dev.rowcast.observe.Metrics;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/**
 * The numbers of a feed, in-process or Redis.
 *
 * <p>Thread-safe. Made once for one {@link Metrics}: names are registered when this is made.
 */
public final class FeedMeters {
  /** Entries and changes this node has appended and seen acknowledged, and their bytes. */
  public final LongAdder entriesOut;

  public final LongAdder changesOut;
  public final LongAdder bytesOut;

  /** Entries this node has read into its memory. */
  public final LongAdder entriesIn;

  /** Appends that were not acknowledged. */
  public final LongAdder failures;

  /** Logs this node has begun because continuity could not be proven. */
  public final LongAdder epochs;

  /** Times what this node held did not continue: another epoch, or trimmed before it was read. */
  public final LongAdder broken;

  /** Entries trimmed. */
  public final LongAdder trimmed;

  /** Readers served from Redis because this node's memory did not reach back so far. */
  public final LongAdder histories;

  /** How often connections were made anew. */
  public final LongAdder reconnects;

  /** From an append to its acknowledgement. */
  public final Timer latency;

  /** Registers the numbers. */
  public FeedMeters(Metrics metrics) {
    entriesOut = metrics.counter("rowcast.feed.entries", "Entries of the log", "direction", "out");
    entriesIn = metrics.counter("rowcast.feed.entries", "Entries of the log", "direction", "in");
    changesOut = metrics.counter("rowcast.feed.changes", "Row changes appended to the log");
    bytesOut = metrics.counter("rowcast.feed.bytes", "Bytes of events appended to the log");
    failures = metrics.counter("rowcast.feed.append.failures", "Appends not acknowledged");
    epochs = metrics.counter("rowcast.feed.epochs", "Logs begun because one could not go on");
    broken = metrics.counter("rowcast.feed.broken", "Times what this node held did not continue");
    trimmed = metrics.counter("rowcast.feed.trimmed", "Entries trimmed from the log");
    histories =
        metrics.counter("rowcast.feed.histories", "Reads that went past this node's memory");
    reconnects = metrics.counter("rowcast.feed.reconnects", "Connections to Redis made anew");
    latency =
        metrics.timer(
            "rowcast.feed.append.latency",
            "From an append to its acknowledgement",
            Duration.ofNanos(250_000),
            Duration.ofMillis(1),
            Duration.ofMillis(5),
            Duration.ofMillis(25),
            Duration.ofMillis(100),
            Duration.ofMillis(500),
            Duration.ofSeconds(2));
  }
}
