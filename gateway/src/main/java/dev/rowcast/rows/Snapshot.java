package dev.rowcast.rows;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.DELETE_ON_CLOSE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.rowcast.base.DataSize;
import dev.rowcast.message.Since;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.util.ArrayDeque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a shape at one moment, in pieces.
 *
 * <p>Confined to one thread at a time; {@link #close} may be called by any, once nobody reads. A
 * few pieces are kept in memory, what is more in a file that is gone when this is closed, or when
 * the process ends.
 */
public final class Snapshot implements AutoCloseable {
  /** A piece is full with so many bytes. */
  public static final int PIECE = 256 * 1024;

  private static final int IN_MEMORY = 4;

  private final Since.Rendered position;
  private final long most;
  private final ByteArrayOutputStream piece = new ByteArrayOutputStream(1024);
  private final ArrayDeque<byte[]> pieces = new ArrayDeque<>();
  private long bytes;
  private @Nullable FileChannel file;
  private long readAt;

  Snapshot(Since.Rendered position, DataSize most) {
    this.position = position;
    this.most = most.bytes();
  }

  /** Where to go on from these rows. */
  public Since.Rendered position() {
    return position;
  }

  void add(String row) {
    var json = row.getBytes(UTF_8);
    bytes += json.length;
    if (bytes > most) {
      throw new RowsException(
          "the rows are more than live.snapshot.max-size", false, new IllegalStateException());
    }
    if (piece.size() > 0 && piece.size() + json.length >= PIECE) {
      end();
    }
    piece.write(piece.size() == 0 ? '[' : ',');
    piece.writeBytes(json);
  }

  /** All rows were added. */
  void end() {
    if (piece.size() == 0) {
      return;
    }
    piece.write(']');
    var whole = piece.toByteArray();
    piece.reset();
    if (pieces.size() < IN_MEMORY) {
      pieces.addLast(whole);
      return;
    }
    try {
      if (file == null) {
        file = open();
      }
      write(file, whole);
    } catch (IOException full) {
      throw unusable(full);
    }
  }

  private static FileChannel open() throws IOException {
    var path = Files.createTempFile("rowcast-snapshot", ".json");
    Files.delete(path);
    return FileChannel.open(path, CREATE_NEW, READ, WRITE, DELETE_ON_CLOSE);
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
        "the rows cannot be kept for their reader: " + failure.getMessage(), true, failure);
  }

  @Override
  public void close() {
    try {
      if (file != null) {
        file.close();
      }
    } catch (IOException _) {
      // It is gone with the process.
    }
  }
}
