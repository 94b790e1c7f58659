package dev.rowcast.bench.publish;

/**
 * A way into the system under test.
 *
 * <p>Confined to the publishing thread. Messages of one facility arrive in the order of the calls.
 */
public interface Publisher extends AutoCloseable {

  /**
   * Sends a message, at the latest with the next {@link #flush}.
   *
   * @param stamp the digits by which the message is known, for a way that carries nothing else
   * @param payload the whole message
   * @throws PublishException when it cannot be sent, or an earlier one was refused
   */
  void publish(String facility, String stamp, byte[] payload);

  /** Sends what is held back: called whenever the publishing thread is about to wait. */
  void flush();

  /** Gives the connection back; what was published before has been sent. */
  @Override
  void close();
}
