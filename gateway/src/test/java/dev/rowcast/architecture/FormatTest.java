package dev.rowcast.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every Java file of every module is as google-java-format writes it.
 *
 * <p>The formatter needs the compiler's internals, so it runs in a child process of this JVM's own
 * JDK. {@code build/format} runs this test with {@code -Drowcast.format=apply}, which rewrites the
 * files instead of complaining.
 */
final class FormatTest {
  private static final List<String> COMPILER_PACKAGES =
      List.of("api", "code", "file", "main", "parser", "tree", "util");

  @TempDir private Path scratch;

  @Test
  void everyJavaFileIsFormatted() throws Exception {
    var files = javaFiles(Path.of("..").toRealPath());
    assertThat(files).as("Java files of the checkout").hasSizeGreaterThan(50);

    if (System.getProperty("rowcast.format", "check").equals("apply")) {
      assertThat(format("--replace", files).exit()).isZero();
    } else {
      var result = format("--dry-run", files);
      assertThat(result.output())
          .as("files that google-java-format would change; run build/format")
          .isEmpty();
      assertThat(result.exit()).isZero();
    }
  }

  @Test
  void aFileThatIsNotFormattedIsNamed() throws Exception {
    var file = Files.writeString(scratch.resolve("Crooked.java"), "class   Crooked{ }\n");

    assertThat(format("--dry-run", List.of(file)).output()).containsExactly(file.toString());
  }

  private record Result(int exit, List<String> output) {}

  private Result format(String action, List<Path> files) throws Exception {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (var name : COMPILER_PACKAGES) {
      command.add("--add-exports=jdk.compiler/com.sun.tools.javac." + name + "=ALL-UNNAMED");
    }
    command.add("--add-opens=jdk.compiler/com.sun.tools.javac.code=ALL-UNNAMED");
    command.add("-XX:+UseSerialGC");
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add("com.google.googlejavaformat.java.Main");
    command.add(action);
    files.forEach(file -> command.add(file.toString()));
    var output = scratch.resolve("output");
    var process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor(4, TimeUnit.MINUTES)).as("formatter ended in time").isTrue();
    } finally {
      process.destroyForcibly();
    }
    return new Result(process.exitValue(), Files.readAllLines(output, StandardCharsets.UTF_8));
  }

  private static List<Path> javaFiles(Path root) throws IOException {
    try (Stream<Path> children = Files.list(root)) {
      var sources =
          children
              .map(module -> module.resolve("src"))
              .filter(Files::isDirectory)
              .sorted()
              .toList();
      var files = new ArrayList<Path>();
      for (var source : sources) {
        try (Stream<Path> found = Files.walk(source)) {
          found.filter(file -> file.toString().endsWith(".java")).sorted().forEach(files::add);
        }
      }
      return files;
    }
  }
}
