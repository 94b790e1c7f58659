package dev.rowcast.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * Which servers run on whose behalf, one small file each, so that what a killed process left behind
 * is ended at the next start.
 *
 * <p>Thread-safe, and safe with several processes at once. A process is known by its number and its
 * start time, never by its number or name alone.
 */
final class Instances {
  private final Path folder;

  Instances(BinaryCache cache) {
    try {
      folder = Files.createDirectories(cache.folder().resolve("instances"));
    } catch (IOException e) {
      throw new EmbeddedException("Could not write to " + cache.folder(), e);
    }
  }

  /** Ends the servers of processes that are gone, and removes their temporary folders. */
  void sweep() {
    try (var files = Files.list(folder)) {
      files.filter(file -> file.toString().endsWith(".properties")).forEach(this::sweep);
    } catch (IOException e) {
      throw new EmbeddedException("Could not read " + folder, e);
    }
  }

  /** Writes down a server that is about to start. */
  Entry register(Path data, boolean temporary) {
    return new Entry(folder.resolve(UUID.randomUUID() + ".properties"), data, temporary);
  }

  private void sweep(Path file) {
    var properties = new Properties();
    try (var in = Files.newBufferedReader(file)) {
      properties.load(in);
    } catch (IOException _) {
      return;
    }
    if (process(properties, "owner").isPresent()) {
      return;
    }
    process(properties, "server").ifPresent(Instances::end);
    if (Boolean.parseBoolean(properties.getProperty("temporary"))) {
      BinaryCache.deleteTree(Path.of(properties.getProperty("data")));
    }
    try {
      Files.deleteIfExists(file);
    } catch (IOException _) {
      // Another process swept it first.
    }
  }

  private static void end(ProcessHandle orphan) {
    var family =
        java.util.stream.Stream.concat(java.util.stream.Stream.of(orphan), orphan.descendants())
            .toList();
    Server.signal("CONT", orphan);
    Server.signal("INT", orphan);
    try {
      orphan.onExit().get(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException _) {
      family.forEach(ProcessHandle::destroyForcibly);
    }
  }

  private static Optional<ProcessHandle> process(Properties properties, String role) {
    var pid = properties.getProperty(role + ".pid");
    var started = properties.getProperty(role + ".started");
    if (pid == null || started == null) {
      return Optional.empty();
    }
    return ProcessHandle.of(Long.parseLong(pid))
        .filter(handle -> handle.isAlive() && started(handle).equals(started));
  }

  private static String started(ProcessHandle handle) {
    return handle.info().startInstant().map(Object::toString).orElse("unknown");
  }

  /** One server's file. */
  static final class Entry {
    private final Path file;
    private final Path data;
    private final boolean temporary;

    private Entry(Path file, Path data, boolean temporary) {
      this.file = file;
      this.data = data;
      this.temporary = temporary;
    }

    /** The server runs as this process. */
    void runs(ProcessHandle server) {
      var properties = new Properties();
      put(properties, "owner", ProcessHandle.current());
      put(properties, "server", server);
      properties.setProperty("data", data.toString());
      properties.setProperty("temporary", Boolean.toString(temporary));
      try (var out = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
        properties.store(out, null);
      } catch (IOException e) {
        throw new EmbeddedException("Could not write " + file, e);
      }
    }

    /** The server runs no more. */
    void stopped() {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        throw new EmbeddedException("Could not remove " + file, e);
      }
    }

    private static void put(Properties properties, String role, ProcessHandle handle) {
      properties.setProperty(role + ".pid", Long.toString(handle.pid()));
      properties.setProperty(role + ".started", started(handle));
    }
  }
}
