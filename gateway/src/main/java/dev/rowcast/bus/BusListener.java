package dev.rowcast.bus;

import dev.rowcast.message.Topic;

/**
 * Who hears the messages of a {@link Bus}. Called on the bus's own thread: hands over, never works.
 */
public interface BusListener {
  /** Who wants to hear nothing. */
  BusListener DEAF =
      new BusListener() {
        @Override
        public void message(Topic topic, byte[] payload) {}

        @Override
        public void flush() {}
      };

  /** A message; {@code payload} is shared and must not be written to. */
  void message(Topic topic, byte[] payload);

  /**
   * What came together has been told. Called behind the last of some messages, on the same thread
   * and before it waits for anything: messages that come together can so leave together.
   */
  void flush();
}
