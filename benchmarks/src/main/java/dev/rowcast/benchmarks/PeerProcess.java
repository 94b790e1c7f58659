package dev.rowcast.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A running server under comparison: {@code benchmarks/peers/serve}, or {@code ./rowcast serve} as
 * an operator would start it.
 *
 * <p>Confined to one thread.
 */
final class PeerProcess implements AutoCloseable {
  private static final Pattern PID = Pattern.compile(" pid=(\\d+)");
  private static final Pattern RSS = Pattern.compile("(?m)^VmRSS:\\s+(\\d+) kB");

  private final Peer peer;
  private final Process process;
  private final List<String> flags;
  private final long pid;

  private PeerProcess(Peer peer, Process process, List<String> flags, long pid) {
    this.peer = peer;
    this.process = process;
    this.flags = flags;
    this.pid = pid;
  }

  /** Starts it on a free port; empty when it is not installed, which its log says. */
  static Optional<PeerProcess> start(Peer peer, Path root, String redis, Path log) {
    var port = freePort();
    var command = new ArrayList<String>();
    if (peer.isOurs()) {
      var server = root.resolve("rowcast").toString();
      command.addAll(List.of(server, "serve", "--listen", "127.0.0.1:" + port, "--redis", redis));
      peer.settings().forEach(setting -> command.addAll(List.of("--set", setting)));
    } else {
      var server = root.resolve("benchmarks/peers/serve").toString();
      command.addAll(List.of(server, peer.name(), Integer.toString(port), redis));
    }
    try {
      var process =
          new ProcessBuilder(command)
              .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
      var out =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
      for (var line = out.readLine(); line != null; line = out.readLine()) {
        if (line.startsWith("ready ") || line.startsWith("rowcast ready ")) {
          Thread.ofVirtual().start(() -> drain(out));
          var told = PID.matcher(line);
          return Optional.of(
              new PeerProcess(
                  peer,
                  process,
                  peer.flags(port, redis),
                  told.find() ? Long.parseLong(told.group(1)) : process.pid()));
        }
      }
      if (process.waitFor() == 3) {
        return Optional.empty();
      }
      throw new IllegalStateException(peer.name() + " did not start, see " + log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** The flags of {@code rowcast bench} that make it load this one, and these others. */
  List<String> load(List<String> others) {
    return Stream.of(flags, List.of("--pid", Long.toString(pid)), others)
        .flatMap(List::stream)
        .toList();
  }

  /** The root of its process tree. */
  long pid() {
    return pid;
  }

  /** Asks its runtime for a collection, where it has one, and lets it finish. */
  void collect() {
    try {
      if (peer.isOurs()) {
        run(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), pid + "", "GC.run");
      } else if (!peer.collect().isEmpty()) {
        run("kill", "-" + peer.collect(), Long.toString(pid));
      }
      TimeUnit.SECONDS.sleep(2);
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Resident bytes of the process tree. */
  long residentBytes() {
    return sum(process -> {
      var matcher = RSS.matcher(read(process.pid(), "status"));
      return matcher.find() ? Long.parseLong(matcher.group(1)) * 1024 : 0;
    });
  }

  /** Open descriptors of the process tree. */
  long descriptors() {
    return sum(process -> {
      try (var files = Files.list(Path.of("/proc/" + process.pid() + "/fd"))) {
        return files.count();
      } catch (IOException _) {
        return 0;
      }
    });
  }

  private long sum(ToLongFunction<ProcessHandle> measure) {
    var top = ProcessHandle.of(pid).orElseThrow();
    return Stream.concat(Stream.of(top), top.descendants()).mapToLong(measure).sum();
  }

  private static String read(long pid, String file) {
    try {
      return Files.readString(Path.of("/proc/" + pid + "/" + file));
    } catch (IOException _) {
      // It ended meanwhile.
      return "";
    }
  }

  private static void run(String... command) throws InterruptedException {
    try {
      var done =
          new ProcessBuilder(command)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start()
              .waitFor();
      if (done != 0) {
        throw new IllegalStateException(String.join(" ", command) + " ended with " + done);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

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

  private static int freePort() {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void drain(BufferedReader lines) {
    try {
      while (lines.readLine() != null) {
        // What it prints later is not wanted, yet must not fill the pipe.
      }
    } catch (IOException _) {
      // The process ended.
    }
  }
}
