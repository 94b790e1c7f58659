package dev.rowcast.embedded;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A gateway in a process of its own, on the class path of this one, as an operator would start it:
 * for benchmarks and for tests that kill it.
 *
 * <p>Thread-safe. It is known by the name of its main class only; this module does not depend on
 * it.
 */
public final class GatewayProcess implements AutoCloseable {
  /**
   * The words for the JVM of whoever starts Rowcast by {@code ./rowcast}, in its order. The
   * launcher's test holds the two against each other.
   */
  public static final List<String> LAUNCHER_WORDS =
      List.of(
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          "-XX:+UseSerialGC",
          "-Xms48m",
          "-XX:+UseCompactObjectHeaders",
          "-XX:+ExitOnOutOfMemoryError",
          "-Dfile.encoding=UTF-8");

  /** What it cannot do without, whatever else the JVM is told. */
  private static final List<String> NEEDED_WORDS = LAUNCHER_WORDS.subList(0, 2);

  private static final String READY = "rowcast ready ";

  private final Process process;
  private final URI address;

  private GatewayProcess(Process process, URI address) {
    this.process = process;
    this.address = address;
  }

  /** Runs a command to its end and insists on exit code 0. */
  public static void run(Path folder, String... words) {
    try {
      var log = Files.createTempFile(folder, "rowcast", ".log");
      var process =
          builder(LAUNCHER_WORDS, words)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new IllegalStateException(
            String.join(" ", words) + " failed:\n" + Files.readString(log));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Starts {@code serve} with the launcher's words for the JVM and waits for its ready line. */
  public static GatewayProcess serve(Path folder, String... options) {
    return started(folder, LAUNCHER_WORDS, options);
  }

  /**
   * The same, with other words for the JVM than the launcher's: what is killed after some seconds
   * need not compile its code as well as it could.
   */
  public static GatewayProcess serve(Path folder, List<String> jvm, String... options) {
    var words = new ArrayList<>(jvm);
    words.addAll(NEEDED_WORDS);
    return started(folder, words, options);
  }

  private static GatewayProcess started(Path folder, List<String> jvm, String... options) {
    var words = new ArrayList<>(List.of("serve", "--listen", "127.0.0.1:0"));
    words.addAll(List.of(options));
    try {
      var log = Files.createTempFile(folder, "serve", ".log");
      var process =
          builder(jvm, words.toArray(String[]::new))
              .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
      var lines =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith(READY)) {
          // Reading a pipe holds a virtual thread's carrier, and there are as few as processors.
          Thread.ofPlatform().daemon().name("gateway-output").start(() -> drain(lines));
          return new GatewayProcess(process, URI.create(line.substring(READY.length()).strip()));
        }
      }
      process.destroyForcibly();
      throw new IllegalStateException("serve ended early:\n" + Files.readString(log));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where it listens, as {@code http://HOST:PORT}. */
  public URI address() {
    return address;
  }

  /** The sum of a counter or gauge over its series, from {@code /metrics}. */
  public double metric(String name) {
    try (var client = HttpClient.newHttpClient()) {
      var request = HttpRequest.newBuilder(address.resolve("/metrics")).build();
      var body = client.send(request, HttpResponse.BodyHandlers.ofString()).body();
      return body.lines()
          .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
          .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
          .sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** The process number. */
  public long pid() {
    return process.pid();
  }

  /** Whether the process is there. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** Kills it as the kernel would when memory runs out. */
  public void kill() {
    process.destroyForcibly().onExit().join();
  }

  /** Stops it in its tracks: its connections stay open, and nobody answers. */
  public void pause() {
    Server.signal("STOP", process.toHandle());
  }

  /** Lets it go on after {@link #pause}. */
  public void resume() {
    Server.signal("CONT", process.toHandle());
  }

  /** Ends it with SIGTERM, as an operator would; insists after a while. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private static ProcessBuilder builder(List<String> jvm, String... words) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvm);
    command.addAll(
        List.of(
            "-cp",
            Optional.ofNullable(System.getProperty("java.class.path")).orElseThrow(),
            "dev.rowcast.cli.Main"));
    command.addAll(List.of(words));
    return new ProcessBuilder(command);
  }

  private static void drain(BufferedReader lines) {
    try {
      while (lines.readLine() != null) {
        // What the gateway prints later is not wanted, yet must not fill the pipe.
      }
    } catch (IOException _) {
      // The process ended.
    }
  }
}
