package dev.rowcast.bus;

import dev.rowcast.message.Topic;

/**
 * Who hears the messages of a {@link Bus}. Called on the bus's own thread: hands over, never works.
 */
@FunctionalInterface
public interface BusListener {

  /** A message; {@code payload} is shared and must not be written to. */
  void message(Topic topic, byte[] payload);
}
