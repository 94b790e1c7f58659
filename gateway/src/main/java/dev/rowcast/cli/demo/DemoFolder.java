package dev.rowcast.cli.demo;

import dev.rowcast.cli.CommandException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * The folder in which a demo's data outlive it, held by one process at a time.
 *
 * <p>Confined to the thread that opens it. The lock is the operating system's, so a killed process
 * holds nothing.
 */
final class DemoFolder implements AutoCloseable {
  private final Path path;
  private final FileChannel lock;

  private DemoFolder(Path path, FileChannel lock) {
    this.path = path;
    this.lock = lock;
  }

  /**
   * Creates the folder where it is missing and takes it.
   *
   * @throws CommandException with one sentence when it cannot be written to or is taken
   */
  static DemoFolder open(Path wished) {
    var path = wished.toAbsolutePath().normalize();
    try {
      Files.createDirectories(path);
      var channel =
          FileChannel.open(
              path.resolve("demo.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (isTaken(channel)) {
        channel.close();
        throw new CommandException(
            "Another demo is running on the folder "
                + path
                + "; stop it, or give this one a folder of its own with --data DIR.");
      }
      return new DemoFolder(path, channel);
    } catch (IOException e) {
      throw new CommandException(
          "The demo's folder "
              + path
              + " cannot be written to ("
              + e.getClass().getSimpleName()
              + "); name another with --data DIR.");
    }
  }

  /** The folder used when none is named: below the user's cache folder. */
  static Path usual() {
    return Optional.ofNullable(System.getenv("XDG_CACHE_HOME"))
        .filter(text -> !text.isBlank())
        .map(Path::of)
        .orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache"))
        .resolve("rowcast")
        .resolve("demo");
  }

  Path path() {
    return path;
  }

  @Override
  public void close() {
    try {
      lock.close();
    } catch (IOException _) {
      // The lock goes with the process at the latest.
    }
  }

  private static boolean isTaken(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() == null;
    } catch (OverlappingFileLockException _) {
      return true; // by this very process
    }
  }
}
