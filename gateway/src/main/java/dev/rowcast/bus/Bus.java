package dev.rowcast.bus;

import dev.rowcast.message.Topic;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * The port of facility messages: publish and subscribe, with one last value a topic.
 *
 * <p>Thread-safe. Nothing here blocks the caller. Payloads are never copied: who hands an array
 * over, or is handed one, must not write to it any more.
 *
 * <p>Guarantees, of both implementations: messages of one publisher on one topic arrive in their
 * order; a message published after the stage of {@link #subscribe} has completed is heard, unless
 * the connection to Redis is lost in between, in which case the subscription is made anew by itself
 * and the topic's last value is delivered again if it has changed meanwhile. There is no other
 * history.
 */
public interface Bus extends AutoCloseable {

  /**
   * Starts; returns when publications can be made, after a second at most. A Redis that is away is
   * waited for in the background, and publications fail meanwhile.
   *
   * @param listener hears every message of every subscribed topic, on the bus's own thread
   */
  void start(BusListener listener);

  /**
   * Hears a topic from now on. The caller counts its references: one subscription, one
   * unsubscription.
   *
   * @return completes when no later message can be missed; waits while Redis is away; fails only by
   *     {@link #close}, or with a {@link BusException} that is not retryable when Redis's own
   *     access rules forbid this topic. Either way the reference counts and is owed an
   *     unsubscription
   */
  CompletionStage<Void> subscribe(Topic topic);

  /** Stops hearing a topic; a message already on its way may still arrive. */
  void unsubscribe(Topic topic);

  /**
   * Publishes, and keeps the payload as the topic's last value for {@code keep} when that is
   * positive.
   *
   * @param payload verbatim bytes; an empty payload is not published and completes at once
   * @param keep time to live of the last value; zero leaves the old last value as it is
   * @return completes when Redis has acknowledged all of it, or with {@link BusException}. A
   *     failure does not say that nobody has heard it: the answer may be what was lost, or only the
   *     keeping may have been refused. Who repeats a retryable failure until it succeeds has
   *     published at least once. Two publications by one thread are sent in their order, whether or
   *     not the first has been acknowledged
   */
  CompletionStage<Void> publish(Topic topic, byte[] payload, Duration keep);

  /** The last value kept for the topic, or {@link BusException} when Redis cannot be asked. */
  CompletionStage<Optional<byte[]>> lastValue(Topic topic);

  /**
   * Whether this node would hear what is published now: the number of its unbroken hearing, or 0
   * while its subscriptions are being made anew. The same positive number before and after a
   * publication means that the outage of a subscription did not fall between the two. A connection
   * that dies in silence is noticed within 2 s only.
   */
  default long hearing() {
    return 1;
  }

  /** Ends all connections; what is not acknowledged yet fails with {@link BusException}. */
  @Override
  void close();
}
