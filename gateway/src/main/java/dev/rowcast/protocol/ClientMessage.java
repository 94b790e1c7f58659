package dev.rowcast.protocol;

import dev.rowcast.message.Audience;
import dev.rowcast.message.Position;
import java.util.List;
import java.util.Optional;

/**
 * What a client says at {@code /live} on a WebSocket.
 *
 * <p>Immutable.
 */
public sealed interface ClientMessage {
  /** No longer {@code id} is taken. */
  int MAX_ID = 64;

  /**
   * Wants to hear the changes of a table.
   *
   * @param id by which the answers name it
   * @param where which rows, in the words of {@code /live}'s query; empty: all
   * @param columns those it wants, beside the key; empty: all it may see
   * @param since a position, {@code snapshot}, or what the database's {@code rowcast.position()}
   *     gave; empty: from now on
   * @param conflate whether a client that lags behind is told only the latest state of each row
   */
  record SubscribeTable(
      String id,
      String table,
      String where,
      List<String> columns,
      Optional<String> since,
      boolean conflate)
      implements ClientMessage {
    /** Copies the columns. */
    public SubscribeTable {
      columns = List.copyOf(columns);
    }

    /** The same from now on. */
    public SubscribeTable fromNow() {
      return new SubscribeTable(id, table, where, columns, Optional.empty(), conflate);
    }
  }

  /** Wants to hear what is said at a facility. */
  record SubscribeFacility(String id, String facility, Audience audience)
      implements ClientMessage {}

  /** Wants to hear no more of something. */
  record Unsubscribe(String id) implements ClientMessage {}

  /** Says something at a facility. */
  @SuppressWarnings("ArrayRecordComponent") // Compared by nobody.
  record Publish(Optional<String> id, String facility, Audience audience, byte[] payload)
      implements ClientMessage {}

  /**
   * Wants to be told when everything up to a position has been sent.
   *
   * @param position empty: whatever this node has now
   */
  record Sync(String id, Optional<Position> position) implements ClientMessage {}

  /** Shows a newer token. */
  record Auth(Optional<String> id, String token) implements ClientMessage {
    /** Never shows the token. */
    @Override
    public String toString() {
      return "Auth[" + id + "]";
    }
  }

  /** Wants to hear that the line is alive. */
  record Ping(Optional<String> id) implements ClientMessage {}

  /** What a text turned out to be. */
  sealed interface Parsed {
    /** In order. */
    record Read(ClientMessage message) implements Parsed {}

    /**
     * Nothing of this protocol.
     *
     * @param id as far as one could be read
     * @param why a sentence for whoever wrote the client
     */
    record Malformed(Optional<String> id, String why) implements Parsed {}
  }

  /** Reads a message; takes any bytes, and never goes deeper than {@link ClientText#MAX_DEPTH}. */
  static Parsed parse(byte[] text) {
    return ClientText.parse(text);
  }
}
