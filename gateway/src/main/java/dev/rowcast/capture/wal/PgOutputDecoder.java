package dev.rowcast.capture.wal;

import dev.rowcast.capture.CaptureException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads messages of {@code pgoutput}.
 *
 * <p>Functions without state: the same bytes always give the same message. Bytes that are no
 * message give a {@link CaptureException}, and never another exception.
 */
final class PgOutputDecoder {
  /** PostgreSQL's clock begins on 2000-01-01. */
  private static final long EPOCH_SECONDS = 946_684_800;

  private PgOutputDecoder() {}

  /**
   * Reads all of {@code bytes} as one message.
   *
   * @throws CaptureException when they are not one
   */
  static WalMessage decode(ByteBuffer bytes) {
    try {
      var message = message(bytes);
      if (bytes.hasRemaining()) {
        throw new IllegalArgumentException(bytes.remaining() + " bytes too many");
      }
      return message;
    } catch (BufferUnderflowException | IllegalArgumentException malformed) {
      throw new CaptureException(
          "PostgreSQL sent a message that is not of pgoutput's protocol 1 ("
              + (malformed.getMessage() == null ? "it is too short" : malformed.getMessage())
              + ")",
          false,
          malformed);
    }
  }

  private static WalMessage message(ByteBuffer bytes) {
    var kind = (char) (bytes.get() & 0xFF);
    return switch (kind) {
      case 'B' -> new WalMessage.Begin(bytes.getLong(), instant(bytes.getLong()), bytes.getInt());
      case 'C' -> commit(bytes);
      case 'R' -> relation(bytes);
      case 'I' -> insert(bytes);
      case 'U' -> update(bytes);
      case 'D' -> delete(bytes);
      case 'T' -> truncate(bytes);
      case 'M' -> logical(bytes);
      case 'O' -> {
        bytes.getLong();
        text(bytes);
        yield new WalMessage.Note();
      }
      case 'Y' -> {
        bytes.getInt();
        text(bytes);
        text(bytes);
        yield new WalMessage.Note();
      }
      default -> throw new IllegalArgumentException("no message begins with byte " + (int) kind);
    };
  }

  private static WalMessage.Commit commit(ByteBuffer bytes) {
    bytes.get(); // flags: none are defined
    var commit = new WalMessage.Commit(bytes.getLong(), bytes.getLong());
    bytes.getLong();
    return commit;
  }

  private static WalMessage.Relation relation(ByteBuffer bytes) {
    var oid = bytes.getInt();
    var schema = text(bytes);
    var name = text(bytes);
    var identity = (char) (bytes.get() & 0xFF);
    var count = count(bytes);
    var columns = new ArrayList<WalMessage.Column>();
    for (int i = 0; i < count; i++) {
      var flags = bytes.get();
      columns.add(new WalMessage.Column((flags & 1) != 0, text(bytes), bytes.getInt()));
      bytes.getInt(); // the type's modifier
    }
    // pg_catalog is sent as nothing at all
    return new WalMessage.Relation(
        oid, schema.isEmpty() ? "pg_catalog" : schema, name, identity, columns);
  }

  private static WalMessage.Insert insert(ByteBuffer bytes) {
    var relation = bytes.getInt();
    expect(bytes, "N");
    return new WalMessage.Insert(relation, tuple(bytes));
  }

  private static WalMessage.Update update(ByteBuffer bytes) {
    var relation = bytes.getInt();
    if (expect(bytes, "NKO") == 'N') {
      return new WalMessage.Update(relation, Optional.empty(), tuple(bytes));
    }
    var old = tuple(bytes);
    expect(bytes, "N");
    return new WalMessage.Update(relation, Optional.of(old), tuple(bytes));
  }

  private static WalMessage.Delete delete(ByteBuffer bytes) {
    var relation = bytes.getInt();
    expect(bytes, "KO");
    return new WalMessage.Delete(relation, tuple(bytes));
  }

  private static WalMessage.Truncate truncate(ByteBuffer bytes) {
    var count = bytes.getInt();
    bytes.get(); // CASCADE, RESTART IDENTITY
    if (count < 0 || count > bytes.remaining() / 4) {
      throw new IllegalArgumentException("TRUNCATE of " + count + " tables");
    }
    var relations = new ArrayList<Integer>(count);
    for (int i = 0; i < count; i++) {
      relations.add(bytes.getInt());
    }
    return new WalMessage.Truncate(relations);
  }

  private static WalMessage.Logical logical(ByteBuffer bytes) {
    var transactional = (bytes.get() & 1) != 0;
    bytes.getLong();
    var prefix = text(bytes);
    return new WalMessage.Logical(transactional, prefix, counted(bytes));
  }

  private static Tuple tuple(ByteBuffer bytes) {
    var count = count(bytes);
    @Nullable String[] texts = new String[count];
    var unchanged = new boolean[count];
    for (int i = 0; i < count; i++) {
      switch (expect(bytes, "tnu")) {
        case 't' -> texts[i] = counted(bytes);
        case 'u' -> unchanged[i] = true;
        default -> {}
      }
    }
    return new Tuple(texts, unchanged);
  }

  /** A number of columns, each of which takes at least a byte. */
  private static int count(ByteBuffer bytes) {
    var count = bytes.getShort();
    if (count < 0 || count > bytes.remaining()) {
      throw new IllegalArgumentException(count + " columns");
    }
    return count;
  }

  private static char expect(ByteBuffer bytes, String kinds) {
    var kind = (char) (bytes.get() & 0xFF);
    if (kinds.indexOf(kind) < 0) {
      throw new IllegalArgumentException("byte " + (int) kind + " where one of " + kinds + " is");
    }
    return kind;
  }

  /** Ends with a zero. */
  private static String text(ByteBuffer bytes) {
    var start = bytes.position();
    var length = 0;
    while (bytes.get() != 0) {
      length++;
    }
    return utf8(bytes, start, length);
  }

  /** Begins with its length. */
  private static String counted(ByteBuffer bytes) {
    var length = bytes.getInt();
    if (length < 0 || length > bytes.remaining()) {
      throw new IllegalArgumentException("a value of " + length + " bytes");
    }
    var start = bytes.position();
    bytes.position(start + length);
    return utf8(bytes, start, length);
  }

  private static String utf8(ByteBuffer bytes, int start, int length) {
    if (bytes.hasArray()) {
      return new String(bytes.array(), bytes.arrayOffset() + start, length, StandardCharsets.UTF_8);
    }
    var copy = new byte[length];
    bytes.get(start, copy);
    return new String(copy, StandardCharsets.UTF_8);
  }

  static Instant instant(long micros) {
    return Instant.ofEpochSecond(
        EPOCH_SECONDS + Math.floorDiv(micros, 1_000_000L),
        Math.floorMod(micros, 1_000_000L) * 1000L);
  }
}
