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
import tools.jackson.databind.node.MissingNode;

/**
 * {@code ./rowcast bench} as a process of its own, the same for every server.
 *
 * <p>Confined to one thread.
 *
 * @param root of the checkout, where the launcher is
 * @param folder where reports and logs go
 */
record Loader(Path root, Path folder) {
  private static final long LONGEST_MINUTES = 5;

  /**
   * What a run came to.
   *
   * @param report what it measured, all of it zero where there is none
   * @param problem why its numbers must not be used; empty: they may
   */
  record Outcome(JsonNode report, String problem) {
    boolean isVoid() {
      return !problem.isEmpty();
    }

    /** Whether it measured anything. */
    boolean hasReport() {
      return !report.isMissingNode();
    }

    /** One figure of the report, for example {@code /messages/perSecond}. */
    double figure(String pointer) {
      return report.at(pointer).asDouble(0);
    }

    private static Outcome failed(String problem) {
      return new Outcome(MissingNode.getInstance(), problem);
    }

    private static Outcome of(JsonNode report) {
      var problems = new ArrayList<String>();
      report.path("problems").forEach(problem -> problems.add(problem.asString()));
      if (report.path("voided").asBoolean()) {
        problems.add("the loader was the bottleneck");
      }
      return new Outcome(report, String.join("; ", problems));
    }
  }

  /** Runs to the end. */
  Outcome run(List<String> flags) {
    var reports = makeFolder();
    var process = start(reports, flags);
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
  Process start(List<String> flags) {
    return start(makeFolder(), flags);
  }

  private Process start(Path reports, List<String> flags) {
    var command = new ArrayList<>(List.of(root.resolve("rowcast").toString(), "bench"));
    command.addAll(flags);
    command.addAll(List.of("--log-folder", reports.toString()));
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
