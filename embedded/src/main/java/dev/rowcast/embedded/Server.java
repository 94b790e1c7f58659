package dev.rowcast.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * One server program as a child of this process, its output in a log file.
 *
 * <p>Thread-safe. The child is written down in {@link Instances} while it runs, so that the next
 * start can end what a killed process left behind.
 */
final class Server {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Above this an exit code says that a signal ended the program. */
  private static final int SIGNALLED = 128;

  private static final int LINES = 5;
  private static final int LINES_OF_A_CRASH = 200;

  private final String name;
  private final Process process;
  private final Path log;
  private final Instances.Entry entry;

  private Server(String name, Process process, Path log, Instances.Entry entry) {
    this.name = name;
    this.process = process;
    this.log = log;
    this.entry = entry;
  }

  /** Starts a program; it is ready when {@code ready} says so. */
  static Server start(
      String name,
      List<String> command,
      Map<String, String> environment,
      Path log,
      Instances.Entry entry,
      Ready ready) {
    try {
      var builder =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
      builder.environment().putAll(environment);
      var process = builder.start();
      process.getOutputStream().close();
      entry.runs(process.toHandle());
      var server = new Server(name, process, log, entry);
      server.await(ready);
      return server;
    } catch (IOException e) {
      throw new EmbeddedException(name + " could not be started: " + e.getMessage(), e);
    }
  }

  /** Whether a server accepts work. */
  @FunctionalInterface
  interface Ready {
    boolean test(long pid) throws IOException;
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Asks the program to end with a signal it understands, and insists after a while. */
  void stop(String signal) {
    if (process.isAlive()) {
      signal(signal, process.toHandle());
      awaitExit();
    }
    entry.stopped();
  }

  /** Ends the program and its children as a power cut would. */
  void kill() {
    var family = family();
    family.forEach(ProcessHandle::destroyForcibly);
    family.forEach(Server::awaitGone);
    entry.stopped();
  }

  /** Stops the program and its children in their tracks: sockets stay open, nobody answers. */
  void pause() {
    family().forEach(member -> signal("STOP", member));
  }

  /** Lets a paused program go on. */
  void resume() {
    family().forEach(member -> signal("CONT", member));
  }

  private List<ProcessHandle> family() {
    return Stream.concat(Stream.of(process.toHandle()), process.descendants()).toList();
  }

  private void await(Ready ready) throws IOException {
    var deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!ready.test(process.pid())) {
      if (!process.isAlive()) {
        entry.stopped();
        var code = process.exitValue();
        throw new EmbeddedException(
            name
                + " ended with "
                + code
                + " while starting: "
                + lastWords(code > SIGNALLED ? LINES_OF_A_CRASH : LINES));
      }
      if (System.nanoTime() > deadline) {
        kill();
        throw new EmbeddedException(
            name + " was not ready after " + PATIENCE.toSeconds() + " s: " + lastWords(LINES));
      }
      try {
        TimeUnit.MILLISECONDS.sleep(10);
      } catch (InterruptedException e) {
        kill();
        Thread.currentThread().interrupt();
        throw new EmbeddedException("Interrupted while " + name + " started.", e);
      }
    }
  }

  private String lastWords(int count) {
    try {
      var lines = Files.readAllLines(log, StandardCharsets.ISO_8859_1);
      return String.join(" | ", lines.subList(Math.max(0, lines.size() - count), lines.size()));
    } catch (IOException e) {
      return "(no log: " + e.getMessage() + ")";
    }
  }

  private void awaitExit() {
    try {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        kill();
      }
    } catch (InterruptedException e) {
      kill();
      Thread.currentThread().interrupt();
    }
  }

  private static void awaitGone(ProcessHandle member) {
    try {
      member.onExit().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
      throw new EmbeddedException("Process " + member.pid() + " does not end.", e);
    }
  }

  /** Java sends only TERM and KILL by itself. */
  static void signal(String signal, ProcessHandle target) {
    try {
      var kill =
          new ProcessBuilder("kill", "-" + signal, Long.toString(target.pid()))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      kill.waitFor();
    } catch (IOException e) {
      throw new EmbeddedException("The program 'kill' could not be run.", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
