package dev.rowcast.hub;

import java.util.Arrays;

/**
 * The last frame received from a client that does not want to hear its own messages: what equals it
 * is not sent to that client.
 *
 * <p>Immutable. A long frame is remembered by its length and SHA-256, so that thousands of clients
 * that once sent a large message do not keep it.
 */
public final class Remembered {
  private static final int LONG = 64;

  private final int length;
  private final int hash;
  private final byte[] content;

  /** Remembers these bytes. */
  public Remembered(byte[] received) {
    length = received.length;
    hash = Arrays.hashCode(received);
    content = length > LONG ? Message.digest(received) : received;
  }

  /** Whether the message's bytes are the remembered ones. */
  public boolean equalsContentOf(Message message) {
    return length == message.payloadSize()
        && hash == message.contentHash()
        && Arrays.equals(content, length > LONG ? message.digest() : message.payload());
  }
}
