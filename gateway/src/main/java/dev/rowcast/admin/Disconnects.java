package dev.rowcast.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rowcast.bus.Bus;
import dev.rowcast.bus.BusListener;
import dev.rowcast.message.CloseReason;
import dev.rowcast.message.Topic;
import dev.rowcast.observe.Metrics;
import dev.rowcast.session.Sessions;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends a user's connections on every node that shares the bus, by a channel of our own: {@code
 * rowcast:disconnect}, behind the prefix.
 *
 * <p>Thread-safe. {@link #message} is called on the bus's thread and only hands over.
 *
 * <p>The payload is the node that speaks, a space, and the user's name. Every node ends the
 * connections it has when it hears of it; the one that speaks does so at once and before it tells
 * the others, so that with the bus away at least its own clients are gone. The name is kept as the
 * channel's last value for a minute: a node that was cut off from Redis meanwhile is given the
 * latest one when it hears again.
 */
public final class Disconnects implements BusListener {
  private static final Logger LOG = LoggerFactory.getLogger(Disconnects.class);
  private static final Topic CHANNEL = new Topic("rowcast:disconnect");
  private static final Duration KEEP = Duration.ofMinutes(1);

  private final Sessions sessions;
  private final BusListener messages;
  private final Bus bus;
  private final String node;
  private final LongAdder heard;

  /**
   * Disconnects by {@code bus}.
   *
   * @param messages who hears everything else on the bus
   * @param node a name that no other node has; without a space
   */
  public Disconnects(
      Sessions sessions, BusListener messages, Bus bus, String node, Metrics metrics) {
    this.sessions = sessions;
    this.messages = messages;
    this.bus = bus;
    this.node = node;
    this.heard = metrics.counter("rowcast.disconnects", "Users whose connections were ended");
  }

  /** Listens from now on; after the bus was started with this as its listener. */
  public void start() {
    var _ =
        bus.subscribe(CHANNEL)
            .whenComplete((_, failure) -> {
              if (failure != null) {
                LOG.warn("disconnects ordered on other nodes are not heard here", failure);
              }
            });
  }

  /**
   * Ends the user's connections everywhere.
   *
   * @return completes with how many ended on this node, once the bus has taken the order for the
   *     others; fails with {@link dev.rowcast.bus.BusException} when it did not, with those of this
   *     node ended all the same
   */
  public CompletionStage<Integer> disconnect(String user) {
    heard.increment();
    return sessions
        .disconnect(user, CloseReason.REVOKED)
        .thenCombine(
            bus.publish(CHANNEL, (node + " " + user).getBytes(UTF_8), KEEP), (ended, _) -> ended);
  }

  @Override
  public void flush() {
    messages.flush();
  }

  @Override
  public void message(Topic topic, byte[] payload) {
    if (!topic.equals(CHANNEL)) {
      messages.message(topic, payload);
      return;
    }
    var text = new String(payload, UTF_8);
    var space = text.indexOf(' ');
    if (space > 0 && !text.substring(0, space).equals(node)) {
      heard.increment();
      var _ = sessions.disconnect(text.substring(space + 1), CloseReason.REVOKED);
    }
  }
}
