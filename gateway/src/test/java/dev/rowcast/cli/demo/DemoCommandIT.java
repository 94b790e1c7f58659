package dev.rowcast.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.testing.SignalDefaults;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code rowcast demo} as a process of its own: how it fails, ends, and is killed. */
final class DemoCommandIT {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @TempDir private Path folder = Path.of("");
  private final List<Running> started = new ArrayList<>();

  /** A demo, and what it wrote. */
  private record Running(Process process, Path out, Path err) {
    List<String> errors() throws IOException {
      return Files.readAllLines(err);
    }
  }

  @AfterEach
  void endWhatIsLeft() {
    started.forEach(running -> {
      running.process().descendants().forEach(ProcessHandle::destroy);
      running.process().destroyForcibly();
    });
  }

  @Test
  void aTakenPortIsOneSentence() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      var listen = "127.0.0.1:" + taken.getLocalPort();
      var process = demo(List.of(), _ -> true, "--listen", listen);
      assertThat(exit(process)).isEqualTo(1);
      assertThat(process.errors())
          .hasSize(1)
          .first()
          .asString()
          .contains("Cannot listen on " + listen);
    }
  }

  @Test
  void aFolderThatCannotBeWrittenToIsOneSentence() throws Exception {
    var file = Files.createFile(folder.resolve("file"));
    var process = demo(List.of(), _ -> true, "--data", file.resolve("data").toString());
    assertThat(exit(process)).isEqualTo(1);
    assertThat(process.errors())
        .hasSize(1)
        .first()
        .asString()
        .contains("cannot be written to", "--data");
  }

  @Test
  void aPlatformWithoutServersIsOneSentence() throws Exception {
    var process = demo(List.of("-Dos.arch=riscv64"), _ -> true);
    assertThat(exit(process)).isEqualTo(1);
    assertThat(process.errors()).hasSize(1).first().asString().contains("this platform", "riscv64");
  }

  @Test
  void aClassPathWithoutTheServersIsAMissingProgram() throws Exception {
    var process = demo(List.of(), entry -> !entry.contains("embedded"));
    assertThat(exit(process)).isEqualTo(69);
    assertThat(process.errors()).hasSize(1).first().asString().contains("module 'embedded'");
  }

  @Test
  void anInterruptLeavesNothingRunning() throws Exception {
    var process = ready();
    var servers = servers(process);
    signal("INT", process);
    assertThat(exit(process)).isEqualTo(130);
    await().atMost(PATIENCE).until(() -> servers.stream().noneMatch(ProcessHandle::isAlive));
  }

  @Test
  void aKilledDemoIsSweptByTheNext() throws Exception {
    var killed = ready();
    var left = servers(killed);
    killed.process().destroyForcibly().waitFor();
    assertThat(left).as("what nobody could end").anyMatch(ProcessHandle::isAlive);
    var next = ready();
    assertThat(left).noneMatch(ProcessHandle::isAlive);
    var refused = demo(List.of(), _ -> true);
    assertThat(exit(refused)).isEqualTo(1);
    assertThat(refused.errors())
        .last()
        .asString()
        .contains("Another demo is running on the folder");
    signal("TERM", next);
    assertThat(exit(next)).isZero();
  }

  /** A demo that accepts connections. */
  private Running ready() throws IOException {
    var demo = demo(List.of(), _ -> true);
    await()
        .atMost(PATIENCE)
        .until(() -> {
          assertThat(demo.process().isAlive()).as("alive: %s", demo.errors()).isTrue();
          return Files.readString(demo.out()).contains("rowcast ready http://127.0.0.1:");
        });
    return demo;
  }

  private static List<ProcessHandle> servers(Running demo) {
    var servers = demo.process().descendants().toList();
    assertThat(servers).as("PostgreSQL, its workers, and Redis").hasSizeGreaterThan(2);
    return servers;
  }

  private Running demo(List<String> options, Predicate<String> inClassPath, String... more)
      throws IOException {
    var command = new ArrayList<>(SignalDefaults.words());
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("--sun-misc-unsafe-memory-access=allow");
    command.addAll(options);
    command.addAll(List.of("-cp", classPath(inClassPath), "dev.rowcast.cli.Main", "demo"));
    var words = List.of(more);
    if (!words.contains("--listen")) {
      command.addAll(List.of("--listen", "127.0.0.1:0"));
    }
    if (!words.contains("--data")) {
      command.addAll(List.of("--data", folder.resolve("data").toString()));
    }
    command.addAll(words);
    var out = folder.resolve("out-" + started.size());
    var err = folder.resolve("err-" + started.size());
    var process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    var running = new Running(process, out, err);
    started.add(running);
    return running;
  }

  private static String classPath(Predicate<String> wanted) {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .filter(wanted)
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static int exit(Running demo) throws InterruptedException {
    assertThat(demo.process().waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
        .as("it ended")
        .isTrue();
    return demo.process().exitValue();
  }

  private static void signal(String name, Running demo) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(demo.process().pid())).start().waitFor();
  }
}
