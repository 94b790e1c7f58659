package dev.rowcast.bus.redis;

import dev.rowcast.message.Topic;
import java.util.concurrent.CompletableFuture;

/**
 * One topic somebody on this node listens to.
 *
 * <p>Each group of fields belongs to whom its comment names; {@code topic} and {@code name} never
 * change.
 */
final class Interest {
  final Topic topic;
  final ChannelName name;

  /* Guarded by the lock of Subscriptions. */
  int references;
  CompletableFuture<Void> ready = new CompletableFuture<>();

  /** Redis has acknowledged this subscription at least once, on whichever connection. */
  boolean acknowledged;

  /** The connection on which Redis has acknowledged it last. */
  long acknowledgedOn;

  /* The writing thread's: the connection on which it was asked for last. */
  long askedOn;

  /* The reading thread's: the connection on which the last message came. */
  long seenOn;

  /** The last payload heard; written by the reading thread only. */
  volatile long seen;

  /** What we have published as the last value and Redis has acknowledged; perhaps not heard yet. */
  volatile long kept;

  /** The last value that somebody here has heard or been given. */
  volatile long value;

  Interest(Topic topic, ChannelName name) {
    this.topic = topic;
    this.name = name;
  }
}
