package dev.rowcast.capture.wal;

import dev.rowcast.base.DataSize;
import dev.rowcast.capture.CaptureException;
import dev.rowcast.change.CommittedTransaction;
import dev.rowcast.change.RowChange;
import dev.rowcast.change.TableName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Puts messages together into committed transactions.
 *
 * <p>Confined to the thread that reads the log.
 *
 * <p>Protocol 1 sends a transaction only once it is committed, from its beginning to its end, so
 * nothing is kept that might be rolled back. A large one is passed on in parts, which bounds what
 * is held here: each part ends with the change that reached {@link #PART_CHANGES} or {@link
 * #PART_SIZE}. Where a part ends does not move a change's place.
 */
final class TransactionAssembler {
  /** Prefix of {@code rowcast.publish}'s messages, followed by what only its function knows. */
  static final String PUBLISH = "rowcast.publish:";

  /** Prefix of the message by which {@code rowcast migrate} says that the sources changed. */
  static final String SOURCES = "rowcast.sources";

  /** Where PostgreSQL 13, which does not send messages, is told them. */
  static final TableName MESSAGES = new TableName("rowcast", "message");

  static final int PART_CHANGES = 2_000;
  static final DataSize PART_SIZE = DataSize.ofMebibytes(2);

  private final Facts facts;
  private final ValueWriter values;
  private final DataSize maxRow;
  private final WideXid xids;
  private final String secret;

  private final Map<Integer, WalMessage.Relation> relations = new HashMap<>();
  private final Map<Integer, Optional<TableImage>> images = new HashMap<>();

  private WalMessage.@Nullable Begin open;
  private List<RowChange> changes = new ArrayList<>();
  private long size;
  private long minor;

  /**
   * @param secret what follows {@link #PUBLISH} in messages that are genuine
   */
  TransactionAssembler(
      Facts facts, ValueWriter values, DataSize maxRow, WideXid xids, String secret) {
    this.facts = facts;
    this.values = values;
    this.maxRow = maxRow;
    this.xids = xids;
    this.secret = secret;
  }

  /**
   * Takes one message.
   *
   * @return a part that is complete, or null
   * @throws CaptureException when the message cannot come here
   */
  @Nullable TransactionPart add(WalMessage message) {
    switch (message) {
      case WalMessage.Begin begin -> begin(begin);
      case WalMessage.Commit commit -> {
        return part(commit.endLsn());
      }
      case WalMessage.Relation relation -> {
        relations.put(relation.oid(), relation);
        images.remove(relation.oid());
      }
      case WalMessage.Insert(var oid, var row) -> {
        if (isMessages(oid)) {
          told(row);
        } else {
          image(oid).ifPresent(image -> found(image.inserted(row), row));
        }
      }
      case WalMessage.Update(var oid, var old, var row) ->
          image(oid).ifPresent(image -> found(image.updated(old, row), row));
      case WalMessage.Delete(var oid, var old) ->
          image(oid).ifPresent(image -> found(image.deleted(old), old));
      case WalMessage.Truncate(var oids) ->
          oids.forEach(oid -> image(oid).ifPresent(image -> found(image.truncated(), Tuple.of())));
      case WalMessage.Logical(var transactional, var prefix, var content) -> {
        if (transactional) {
          logical(prefix, content);
        }
      }
      case WalMessage.Note() -> {}
    }
    return changes.size() >= PART_CHANGES || size >= PART_SIZE.bytes() ? part(Lsn.NONE) : null;
  }

  /** Whether a transaction has begun and not ended. */
  boolean isOpen() {
    return open != null;
  }

  private void begin(WalMessage.Begin begin) {
    if (open != null) {
      throw misplaced("a transaction begins inside another");
    }
    open = begin;
    minor = 0;
  }

  /** What has gathered; without changes only the end matters. */
  private TransactionPart part(long endLsn) {
    var begin = opened();
    var transaction =
        new CommittedTransaction(
            Long.toUnsignedString(xids.of(begin.xid())),
            begin.at(),
            begin.commitLsn(),
            minor,
            changes);
    var part = new TransactionPart(transaction, size, endLsn);
    minor += changes.size();
    changes = new ArrayList<>();
    size = 0;
    if (endLsn != Lsn.NONE) {
      open = null;
    }
    return part;
  }

  private Optional<TableImage> image(int oid) {
    opened();
    var image = images.get(oid);
    if (image == null) {
      image = imageOf(relation(oid));
      images.put(oid, image);
    }
    return image;
  }

  private Optional<TableImage> imageOf(WalMessage.Relation relation) {
    return facts
        .source(new TableName(relation.schema(), relation.name()))
        .map(source -> {
          var types =
              facts.types(relation.columns().stream().map(WalMessage.Column::type).toList());
          return new TableImage(relation, source, types, maxRow, values);
        });
  }

  private boolean isMessages(int oid) {
    var relation = relation(oid);
    return relation.name().equals(MESSAGES.name()) && relation.schema().equals(MESSAGES.schema());
  }

  private WalMessage.Relation relation(int oid) {
    var relation = relations.get(oid);
    if (relation == null) {
      throw misplaced("a row comes of table " + oid + ", which was not described");
    }
    return relation;
  }

  /** A row of {@link #MESSAGES}: channel and payload, or nothing for changed sources. */
  private void told(Tuple row) {
    var channel = row.size() > 1 ? row.text(1) : null;
    var payload = row.size() > 2 ? row.text(2) : null;
    if (channel == null || payload == null) {
      sourcesChanged();
    } else {
      published(channel, payload);
    }
  }

  private void logical(String prefix, String content) {
    if (prefix.equals(SOURCES)) {
      sourcesChanged();
    } else if (prefix.equals(PUBLISH + secret)) {
      // The channel's length in characters, a blank, the channel, the payload.
      var blank = content.indexOf(' ');
      var end =
          content.offsetByCodePoints(blank + 1, Integer.parseInt(content.substring(0, blank)));
      published(content.substring(blank + 1, end), content.substring(end));
    }
  }

  private void published(String channel, String payload) {
    opened();
    changes.add(new RowChange.Published(channel, payload));
    size += 2L * (channel.length() + payload.length());
  }

  private void sourcesChanged() {
    facts.sourcesChanged();
    images.clear();
  }

  private void found(RowChange change, Tuple row) {
    changes.add(change);
    size += 100L;
    for (int i = 0; i < row.size(); i++) {
      var text = row.text(i);
      size += text == null ? 8 : 12L + text.length();
    }
  }

  private WalMessage.Begin opened() {
    var begin = open;
    if (begin == null) {
      throw misplaced("a change comes outside of a transaction");
    }
    return begin;
  }

  private static CaptureException misplaced(String what) {
    return new CaptureException(
        "PostgreSQL sent its changes in an order that cannot be (" + what + ")",
        true,
        new IllegalStateException(what));
  }
}
