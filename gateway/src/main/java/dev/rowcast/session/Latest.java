package dev.rowcast.session;

import dev.rowcast.hub.Message;
import dev.rowcast.message.Topic;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/** The latest message of each topic, for a client too slow for all. Confined to its event loop. */
final class Latest {
  private final Map<Topic, Message> messages = new LinkedHashMap<>();

  /** Keeps a message; whether it took the place of an earlier one. */
  boolean put(Message message) {
    var replaced = messages.remove(message.topic()) != null;
    messages.put(message.topic(), message);
    return replaced;
  }

  /** In the order of their arrival. */
  Collection<Message> messages() {
    return messages.values();
  }
}
