package dev.rowcast.rows;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.DELETE_ON_CLOSE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.rowcast.base.DataSize;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Where the rows of all readers wait to be taken: some of them in memory, the others in files.
 *
 * <p>Thread-safe. The memory is bounded for all together; who finds no room in it takes a file.
 */
final class SnapshotStore {

  /** Makes an empty file. */
  @FunctionalInterface
  interface Opening {
    FileChannel open() throws IOException;
  }

  private final long memory;
  private final Opening files;
  private final AtomicLong used = new AtomicLong();

  SnapshotStore(DataSize memory, Opening files) {
    this.memory = memory.bytes();
    this.files = files;
  }

  /**
   * Files in a folder, without a name: they are gone when they are closed, or when the process ends
   * in whatever way.
   */
  static Opening nameless(Path folder) {
    return () -> {
      var path = Files.createTempFile(folder, "rowcast-snapshot", ".json");
      Files.delete(path);
      return FileChannel.open(path, CREATE_NEW, READ, WRITE, DELETE_ON_CLOSE);
    };
  }

  /** Takes room in memory, if there is as much. */
  boolean take(int bytes) {
    if (used.addAndGet(bytes) <= memory) {
      return true;
    }
    used.addAndGet(-bytes);
    return false;
  }

  /** Gives room back. */
  void give(int bytes) {
    used.addAndGet(-bytes);
  }

  /** Bytes of memory now taken. */
  long used() {
    return used.get();
  }

  FileChannel file() throws IOException {
    return files.open();
  }
}
