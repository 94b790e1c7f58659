package dev.rowcast.feed.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rowcast.feed.FeedChange;
import dev.rowcast.feed.FeedEntry;
import dev.rowcast.message.Position;
import dev.rowcast.redis.RedisReply;
import dev.rowcast.redis.RespSocket;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * An entry of the log as it stands in the stream; the layout is docs/FEED.md's.
 *
 * <p>Immutable.
 *
 * @param at when it was appended, in milliseconds of the writer's wall clock
 * @param size bytes of events from the beginning of the log up to and with this entry
 */
record StreamEntry(FeedEntry entry, long at, long size) {
  private static final String PREVIOUS = "prev";
  private static final String RECEIPT = "took";
  private static final String AT = "at";
  private static final String SIZE = "size";

  /** {@code XADD key [NOMKSTREAM] id field value …}. */
  byte[] append(String key, boolean mayCreate) {
    var receipt = entry.receipt();
    var pairs = 3 + (receipt.isEmpty() ? 0 : 1) + entry.changes().size();
    var json = 0;
    for (var change : entry.changes()) {
      json += change.json().length;
    }
    var command =
        new RespSocket.RespCommand((mayCreate ? 3 : 4) + 2 * pairs, 256 + json + 6 * pairs);
    add(command, "XADD", key);
    if (!mayCreate) {
      add(command, "NOMKSTREAM");
    }
    add(command, id(entry.first()));
    add(command, PREVIOUS, id(entry.previous()));
    if (!receipt.isEmpty()) {
      add(command, RECEIPT, receipt);
    }
    add(command, AT, Long.toString(at), SIZE, Long.toString(size));
    for (var change : entry.changes()) {
      add(command, Long.toUnsignedString(change.minor()));
      command.add(change.json());
    }
    return command.bytes();
  }

  /** One entry of the answer to XRANGE, XREVRANGE or XREAD. */
  static StreamEntry read(String epoch, RedisReply reply) throws IOException {
    var parts = reply.parts();
    if (parts.size() != 2) {
      throw new IOException("Redis sent an entry of " + parts.size() + " parts");
    }
    var first = position(epoch, parts.get(0).text());
    var fields = parts.get(1).parts();
    var previous = first;
    var receipt = "";
    var at = 0L;
    var size = 0L;
    var changes = new ArrayList<FeedChange>(fields.size() / 2);
    try {
      for (var i = 0; i + 1 < fields.size(); i += 2) {
        var name = fields.get(i).text();
        var value = fields.get(i + 1);
        switch (name) {
          case PREVIOUS -> previous = position(epoch, value.text());
          case RECEIPT -> receipt = value.text();
          case AT -> at = Long.parseLong(value.text());
          case SIZE -> size = Long.parseLong(value.text());
          default -> {
            if (value instanceof RedisReply.Bulk(var json) && isNumber(name)) {
              changes.add(FeedChange.read(Long.parseUnsignedLong(name), json));
            }
          }
        }
      }
    } catch (IllegalArgumentException foreign) {
      throw new IOException(
          "entry " + id(first) + " is not one of ours: " + foreign.getMessage(), foreign);
    }
    return new StreamEntry(new FeedEntry(previous, first, receipt, changes), at, size);
  }

  /** All entries of such an answer. */
  static List<StreamEntry> readAll(String epoch, RedisReply reply) throws IOException {
    var entries = new ArrayList<StreamEntry>();
    for (var each : reply.parts()) {
      entries.add(read(epoch, each));
    }
    return entries;
  }

  /** A position as the ID of an entry. */
  static String id(Position position) {
    return Long.toUnsignedString(position.major()) + "-" + Long.toUnsignedString(position.minor());
  }

  private static Position position(String epoch, String id) throws IOException {
    return Position.parse(epoch + "." + id)
        .orElseThrow(() -> new IOException("Redis sent '" + id + "' where an ID belongs"));
  }

  /** Names of a later version, which are none, are passed over. */
  private static boolean isNumber(String name) {
    for (int i = 0; i < name.length(); i++) {
      if (name.charAt(i) < '0' || name.charAt(i) > '9') {
        return false;
      }
    }
    return !name.isEmpty();
  }

  private static void add(RespSocket.RespCommand command, String... words) {
    for (var word : words) {
      command.add(word.getBytes(UTF_8));
    }
  }
}
