package dev.rowcast.fold;

import dev.rowcast.message.Position;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * What a client is told, whatever the transport.
 *
 * <p>Immutable. A place is what the client comes back with.
 */
sealed interface Told {

  /** Some rows of the snapshot that was asked for. */
  record Rows(List<JsonNode> rows) implements Told {}

  /** The snapshot is complete. */
  record Live(String place) implements Told {}

  /** Something happened. The place is empty where this is none to come back with. */
  record Event(String place, JsonNode event) implements Told {}

  /** Everything up to here was told. */
  record At(String place) implements Told {}

  /** The same, and nothing to come back with. */
  record Synced(Position position) implements Told {}

  /** Something was missed. */
  record Reset(String reason, String place) implements Told {}

  /** The connection is over, as the protocol has it, and the client is to come back. */
  record Over(String why) implements Told {}

  /** What no client should ever be told here. */
  record Wrong(String what) implements Told {}
}
