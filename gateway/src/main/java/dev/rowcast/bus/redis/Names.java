package dev.rowcast.bus.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rowcast.message.Topic;

/**
 * How topics are called in Redis: the prefix, a colon, the topic's name; channel and key alike.
 *
 * <p>Immutable.
 */
record Names(String prefix) {

  byte[] of(Topic topic) {
    return bytes(topic.name());
  }

  /** The channel on which a node hears only itself. */
  byte[] canary(String node) {
    return bytes("rowcast:canary:" + node);
  }

  private byte[] bytes(String name) {
    return (prefix.isEmpty() ? name : prefix + ":" + name).getBytes(UTF_8);
  }
}
