package dev.rowcast.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.List;

/**
 * What Redis answered to one command.
 *
 * <p>Immutable as long as nobody writes to a bulk string's bytes.
 */
public sealed interface RedisReply {
  /** {@code +OK}. */
  record Status(String text) implements RedisReply {}

  /** {@code -ERR why}. */
  record Failure(String text) implements RedisReply {}

  /** {@code :1}. */
  record Count(long value) implements RedisReply {}

  /** A bulk string. */
  @SuppressWarnings("ArrayRecordComponent") // Compared by nobody; a copy of each would cost.
  record Bulk(byte[] bytes) implements RedisReply {}

  /** An array. */
  record Several(List<RedisReply> parts) implements RedisReply {}

  /** A bulk string or an array that is not there. */
  record Nothing() implements RedisReply {}

  /** The text of a status, number or bulk string; empty when there is nothing. */
  default String text() throws IOException {
    return switch (this) {
      case Status status -> status.text;
      case Count count -> Long.toString(count.value);
      case Bulk bulk -> new String(bulk.bytes, UTF_8);
      case Nothing _ -> "";
      case Failure failure -> throw new IOException("Redis answers " + failure.text);
      case Several _ -> throw new IOException("Redis answers an array where a text belongs");
    };
  }

  /** The parts of an array; none when there is nothing. */
  default List<RedisReply> parts() throws IOException {
    return switch (this) {
      case Several several -> several.parts;
      case Nothing _ -> List.of();
      case Failure failure -> throw new IOException("Redis answers " + failure.text);
      case Status _, Count _, Bulk _ ->
          throw new IOException("Redis answers a text where an array belongs");
    };
  }
}
