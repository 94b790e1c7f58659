package dev.rowcast.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code ./rowcast bench} as a process of its own, the same for every server.
 *
 * <p>Confined to one thread.
 *
 * @param root of the checkout, where the launcher is
 * @param folder where reports and logs go
 */
record Loader(Path root, Path folder, String redis) {
  private static final long LONGEST_MINUTES = 5;

  /**
   * What a run measured.
   *
   * @param opens handshakes a second
   * @param resident bytes of the server's process tree behind the measured part, clients connected
   * @param problem why its numbers must not be used; empty: they may
   */
  record Outcome(
      double perSecond,
      double perCpuSecond,
      double p50,
      double p99,
      double opens,
      double resident,
      double cpuSeconds,
      String problem) {
    boolean isVoid() {
      return !problem.isEmpty();
    }

    private static Outcome failed(String problem) {
      return new Outcome(0, 0, 0, 0, 0, 0, 0, problem);
    }

    private static Outcome of(JsonNode report) {
      var problems = new ArrayList<String>();
      report.path("problems").forEach(problem -> problems.add(problem.asString()));
      if (report.path("voided").asBoolean()) {
        problems.add("the loader was above 80 % of its CPU");
      }
      var latency = report.path("times").path("latency").path("milliseconds");
      return new Outcome(
          report.path("messages").path("perSecond").asDouble(),
          report.path("serverSide").path("deliveriesPerCpuSecond").asDouble(),
          latency.path("p50").asDouble(),
          latency.path("p99").asDouble(),
          report.path("connections").path("perSecond").asDouble(),
          report.path("serverSide").path("rssAfter").asDouble(),
          report.path("serverSide").path("cpuSeconds").asDouble(),
          String.join("; ", problems));
    }
  }

  /** Runs to the end. */
  Outcome run(Peer peer, PeerProcess server, List<String> flags) {
    var reports = makeFolder();
    var process = start(peer, server, reports, flags);
    try {
      if (!process.waitFor(LONGEST_MINUTES, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        return Outcome.failed("it did not end within " + LONGEST_MINUTES + " minutes");
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      throw new IllegalStateException("interrupted", e);
    }
    return report(reports)
        .map(file -> Outcome.of(new JsonMapper().readTree(file.toFile())))
        .orElseGet(() -> Outcome.failed("no report, see " + log()));
  }

  /** Starts it, to be ended by the caller. */
  Process start(Peer peer, PeerProcess server, List<String> flags) {
    return start(peer, server, makeFolder(), flags);
  }

  private Process start(Peer peer, PeerProcess server, Path reports, List<String> flags) {
    var command = new ArrayList<>(List.of(root.resolve("rowcast").toString(), "bench"));
    command.addAll(peer.flags(server.port(), redis));
    command.addAll(List.of("--pid", Long.toString(server.pid())));
    command.addAll(List.of("--log-folder", reports.toString()));
    command.addAll(flags);
    try {
      Files.writeString(
          log(),
          String.join(" ", command) + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
      return new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path log() {
    return folder.resolve("loader.log");
  }

  private Path makeFolder() {
    try {
      return Files.createTempDirectory(folder, "run");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Optional<Path> report(Path reports) {
    try (var files = Files.list(reports)) {
      return files.filter(file -> file.toString().endsWith(".json")).findFirst();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
