package dev.rowcast.rows;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rowcast.base.DataSize;
import dev.rowcast.message.Since;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayDeque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a shape at one moment, in pieces.
 *
 * <p>Confined to one thread at a time; {@link #close} may be called by any, once nobody reads. A
 * few pieces are kept in memory, what is more in a file.
 */
public final class Snapshot implements AutoCloseable {
  /** A piece is full with so many bytes. */
  public static final int PIECE = 64 * 1024;

  private static final int IN_MEMORY = 4;

  private final Since.Rendered position;
  private final SnapshotStore store;
  private final long most;
  private final ByteArrayOutputStream piece = new ByteArrayOutputStream(1024);
  private final ArrayDeque<byte[]> pieces = new ArrayDeque<>();
  private long bytes;
  private @Nullable FileChannel file;
  private long readAt;

  Snapshot(Since.Rendered position, SnapshotStore store, DataSize most) {
    this.position = position;
    this.store = store;
    this.most = most.bytes();
  }

  /** Where to go on from these rows. */
  public Since.Rendered position() {
    return position;
  }

  /**
   * Adds a row, an object of JSON.
   *
   * @return false when the rows have become more than there may be
   * @throws RowsException when they cannot be kept
   */
  boolean add(String row) {
    var json = row.getBytes(UTF_8);
    bytes += json.length;
    if (bytes > most) {
      return false;
    }
    if (piece.size() > 0 && piece.size() + json.length >= PIECE) {
      end();
    }
    piece.write(piece.size() == 0 ? '[' : ',');
    piece.writeBytes(json);
    return true;
  }

  /**
   * All rows were added.
   *
   * @throws RowsException when they cannot be kept
   */
  void end() {
    if (piece.size() == 0) {
      return;
    }
    piece.write(']');
    var whole = piece.toByteArray();
    piece.reset();
    // What is in the file comes behind what is in memory.
    if (file == null && pieces.size() < IN_MEMORY && store.take(whole.length)) {
      pieces.addLast(whole);
      return;
    }
    try {
      if (file == null) {
        file = store.file();
      }
      write(file, whole);
    } catch (IOException full) {
      throw unusable(full);
    }
  }

  private static void write(FileChannel file, byte[] whole) throws IOException {
    var buffer = ByteBuffer.allocate(Integer.BYTES + whole.length).putInt(whole.length).put(whole);
    buffer.flip();
    while (buffer.hasRemaining()) {
      file.write(buffer);
    }
  }

  /**
   * The next piece, an array of JSON with a row each; empty at the end. May block.
   *
   * @throws RowsException when the file cannot be read
   */
  public Optional<byte[]> next() {
    var here = pieces.pollFirst();
    if (here != null) {
      store.give(here.length);
      return Optional.of(here);
    }
    try {
      return file == null || readAt >= file.size() ? Optional.empty() : Optional.of(read(file));
    } catch (IOException lost) {
      throw unusable(lost);
    }
  }

  private byte[] read(FileChannel from) throws IOException {
    var size = ByteBuffer.allocate(Integer.BYTES);
    fill(from, size);
    var whole = ByteBuffer.allocate(size.flip().getInt());
    fill(from, whole);
    return whole.array();
  }

  private void fill(FileChannel from, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      var count = from.read(buffer, readAt);
      if (count < 0) {
        throw new IOException("the file ends early");
      }
      readAt += count;
    }
  }

  private static RowsException unusable(IOException failure) {
    return new RowsException(
        "the rows cannot be kept in a file for their reader: " + failure, true, failure);
  }

  @Override
  public void close() {
    for (var here = pieces.pollFirst(); here != null; here = pieces.pollFirst()) {
      store.give(here.length);
    }
    try {
      if (file != null) {
        file.close();
      }
    } catch (IOException _) {
      // It is gone with the process.
    }
  }
}
