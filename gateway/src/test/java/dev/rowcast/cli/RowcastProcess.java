package dev.rowcast.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.testing.SignalDefaults;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The program in a process of its own, as a shell would start it, with its two outputs. */
final class RowcastProcess implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Process process;
  private final Path out;
  private final Path err;

  private RowcastProcess(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  static RowcastProcess start(Path folder, String... words) throws IOException {
    return start(folder, Map.of(), words);
  }

  static RowcastProcess start(Path folder, Map<String, String> environment, String... words)
      throws IOException {
    return start(folder, environment, List.of(), words);
  }

  /** The program, allowed to open no more than so many files. */
  static RowcastProcess startWithFiles(Path folder, int files, String... words) throws IOException {
    return start(folder, Map.of(), List.of("prlimit", "--nofile=" + files), words);
  }

  /** The program, whose every line to stderr fails as on a full disk. */
  static RowcastProcess startWithFullDisk(Path folder, String... words) throws IOException {
    return start(folder, Map.of(), List.of("sh", "-c", "exec \"$@\" 2>/dev/full", "sh"), words);
  }

  /** Changes how many files the program may open from now on. */
  void allowFiles(int files) throws Exception {
    var change =
        new ProcessBuilder(
                "prlimit", "--pid", Long.toString(process.pid()), "--nofile=" + files + ":")
            .start();
    assertThat(change.waitFor()).isZero();
  }

  private static RowcastProcess start(
      Path folder, Map<String, String> environment, List<String> prefix, String... words)
      throws IOException {
    var command = new ArrayList<>(prefix);
    command.addAll(SignalDefaults.words());
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            Optional.ofNullable(System.getProperty("java.class.path")).orElseThrow(),
            "dev.rowcast.cli.Main"));
    command.addAll(List.of(words));
    var out = Files.createTempFile(folder, "rowcast", ".out");
    var err = Files.createTempFile(folder, "rowcast", ".err");
    var builder =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .directory(folder.toFile());
    builder
        .environment()
        .keySet()
        .removeIf(name ->
            name.startsWith("ROWCAST_") || name.startsWith("WS4REDIS_") || name.startsWith("PG"));
    builder.environment().putAll(environment);
    return new RowcastProcess(builder.start(), out, err);
  }

  String out() {
    return read(out);
  }

  String err() {
    return read(err);
  }

  /** The address of the ready line, once it is printed. */
  String awaitReady() {
    await("the ready line")
        .atMost(PATIENCE)
        .until(() -> out().contains("rowcast ready http://") || !process.isAlive());
    assertThat(out()).as("stdout; stderr: %s", err()).contains("rowcast ready http://");
    return out()
        .lines()
        .filter(line -> line.startsWith("rowcast ready "))
        .findFirst()
        .orElseThrow()
        .substring("rowcast ready ".length());
  }

  void awaitLog(String text) {
    await("the log line " + text).atMost(PATIENCE).until(() -> err().contains(text));
  }

  /** Sends a signal by its name, as an operator does. */
  void signal(String name) throws Exception {
    var kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
    assertThat(kill.waitFor()).isZero();
  }

  int awaitExit() throws InterruptedException {
    assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
        .as("ended; stderr: %s", err())
        .isTrue();
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
