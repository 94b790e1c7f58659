package dev.rowcast.cli;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.embedded.GatewayProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The launcher in a checkout of its own, with a JDK and a Maven that only say what they were asked.
 */
final class LauncherTest {
  private static final String FAKE_JAVA =
      """
      #!/bin/sh
      for word in "$@"; do
        case $word in
          -XX:AOTCacheOutput=*)
            echo trained >> "${0%/*}/../../training.log"
            [ ! -f "${0%/*}/../../no-training" ] || exit 1
            : > "${word#*=}"
            exit 0 ;;
        esac
      done
      printf 'java runs:'
      for word in "$@"; do printf ' [%s]' "$word"; done
      printf '\\n'
      """;
  private static final String FAKE_MAVEN =
      """
      #!/bin/sh
      echo "built in $PWD with $JAVA_HOME" >> "$MAVEN_LOG"
      [ -z "${MAVEN_FAILS:-}" ] || { echo "[ERROR] the compiler is sad"; exit 1; }
      [ -z "${MAVEN_SLOW:-}" ] || sleep 1
      mkdir -p gateway/target/dist/lib gateway/target/dist/demo
      touch gateway/target/dist/lib/rowcast-gateway-1.jar gateway/target/dist/lib/a.jar
      touch gateway/target/dist/demo/postgres.jar
      """;

  @TempDir private Path folder;
  private Path checkout;
  private Path bin;
  private final Map<String, String> environment = new HashMap<>();

  private record Result(int exit, String out, String err) {}

  /** Places that exist on this machine are moved to where nothing is. */
  @BeforeEach
  void layOut() throws IOException {
    checkout = Files.createDirectories(folder.resolve("check out"));
    bin = Files.createDirectories(folder.resolve("bin"));
    var script =
        Files.readString(Path.of("../rowcast"))
            .replace("/usr/l", folder + "/usr/l")
            .replace("/usr/java", folder + "/usr/java")
            .replace("/usr/share", folder + "/usr/share")
            .replace("/opt/", folder + "/opt/")
            .replace("/Library", folder + "/Library");
    program(checkout.resolve("rowcast"), script);
    for (var source : List.of("pom.xml", "gateway/pom.xml", "embedded/pom.xml", ".mvn/config")) {
      touch(checkout.resolve(source));
    }
    touch(checkout.resolve("gateway/src/main/java/A.java"));
    touch(checkout.resolve("embedded/src/main/java/B.java"));
    for (var tool :
        List.of(
            "sh", "ls", "dirname", "sed", "head", "find", "mkdir", "rm", "mv", "cat", "grep",
            "tail", "sleep", "tar", "cksum", "tr", "touch", "env", "kill")) {
      link(tool);
    }
    environment.put("PATH", bin.toString());
    environment.put("HOME", folder.resolve("home").toString());
    environment.put("MAVEN_LOG", folder.resolve("maven.log").toString());
  }

  @Test
  void buildsOnFirstUseAndRuns() throws Exception {
    environment.put("JAVA_HOME", jdk("jdk", "25.0.1").toString());
    maven();

    var first = run("serve", "--listen", "a b");
    var second = run("version");

    assertThat(first.exit()).isZero();
    assertThat(first.err()).contains("building");
    assertThat(first.out())
        .contains("[--enable-native-access=ALL-UNNAMED]")
        .contains("dist/lib/rowcast-gateway-1.jar]")
        .contains("[dev.rowcast.cli.Main] [serve] [--listen] [a b]")
        .doesNotContain("postgres.jar");
    assertThat(second.err()).isEmpty();
    assertThat(builds()).hasSize(1).first().asString().endsWith("/jdk");
  }

  @Test
  void benchmarksStartAGatewayWithTheLaunchersWordsForTheJvm() throws Exception {
    jdkAndMaven();
    touch(folder.resolve("no-training"));

    var words =
        GatewayProcess.LAUNCHER_WORDS.stream().map(word -> " [" + word + "]").collect(joining());
    assertThat(run("version").out()).startsWith("java runs:" + words + " [-cp]");
  }

  @Test
  void aCollectorThatIsAskedForReplacesTheLaunchers() throws Exception {
    jdkAndMaven();

    assertThat(run("version").out()).contains("[-XX:+UseSerialGC] [-Xms48m]");

    environment.put("ROWCAST_JAVA_OPTS", "-Xmx4g -XX:+UseG1GC");
    assertThat(run("version").out())
        .contains("[-Xmx4g] [-XX:+UseG1GC]")
        .doesNotContain("UseSerialGC")
        .doesNotContain("-Xms48m");
  }

  @Test
  void demoGetsTheJarsOfItsServers() throws Exception {
    jdkAndMaven();

    assertThat(run("demo").out()).contains("dist/demo/postgres.jar] [dev.rowcast.cli.Main] [demo]");
  }

  @Test
  void buildsAgainWhenASourceIsNewer() throws Exception {
    jdkAndMaven();
    run("version");
    var source = checkout.resolve("gateway/src/main/java/A.java");

    Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(2)));
    run("version");

    assertThat(builds()).hasSize(2);
  }

  @Test
  void aCacheOfClassesIsMadeOnceAndUsed() throws Exception {
    jdkAndMaven();

    var cache = "-XX:AOTCache=" + checkout.resolve("gateway/target/dist/rowcast.aot");
    assertThat(run("version").out()).contains(cache);
    assertThat(run("version").out()).contains(cache);
    assertThat(trainings()).isEqualTo(1);
  }

  @Test
  void aCacheOfClassesIsMadeAnewWhenMavenHasPutOtherJarsThere() throws Exception {
    jdkAndMaven();
    run("version");
    var jar = checkout.resolve("gateway/target/dist/lib/rowcast-gateway-1.jar");

    Files.setLastModifiedTime(jar, FileTime.from(Instant.now().plusMillis(20)));
    Thread.sleep(50);

    assertThat(run("version").err()).contains("so that the next are quick");
    assertThat(run("version").err()).isEmpty();
    assertThat(trainings()).isEqualTo(2);
    assertThat(builds()).hasSize(1);
  }

  @Test
  void aCacheOfClassesIsMadeAnewForAnotherJdk() throws Exception {
    environment.put("JAVA_HOME", jdk("jdk", "25.0.3").toString());
    maven();
    run("version");
    jdk("jdk", "25.0.4");

    run("version");

    assertThat(trainings()).isEqualTo(2);
  }

  @Test
  void withoutACacheOfClassesItRunsAndDoesNotTryAgain() throws Exception {
    jdkAndMaven();
    touch(folder.resolve("no-training"));

    assertThat(run("version").out()).doesNotContain("AOTCache");
    assertThat(run("version").err()).isEmpty();
    assertThat(trainings()).isEqualTo(1);
  }

  @Test
  void twoStartsAtOnceBuildOnce() throws Exception {
    environment.put("JAVA_HOME", jdk("jdk", "25").toString());
    environment.put("MAVEN_SLOW", "yes");
    maven();

    var one = start("one", "version");
    var other = start("other", "version");

    assertThat(finished(one, "one").exit()).isZero();
    assertThat(finished(other, "other").exit()).isZero();
    assertThat(builds()).hasSize(1);
    assertThat(trainings()).isEqualTo(1);
  }

  @Test
  void aBuildThatDiedWithItsLockDoesNotBlockTheNext() throws Exception {
    jdkAndMaven();
    var lock = Files.createDirectories(checkout.resolve("gateway/target/build.lock"));
    Files.writeString(lock.resolve("pid"), "999999999\n");

    assertThat(run("version").exit()).isZero();
    assertThat(builds()).hasSize(1);
  }

  @Test
  void aBuildThatFailsShowsWhyAndLeavesNothingThatLooksBuilt() throws Exception {
    environment.put("JAVA_HOME", jdk("jdk", "25").toString());
    environment.put("MAVEN_FAILS", "yes");
    maven();

    var result = run("version");

    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.err()).contains("the build failed").contains("the compiler is sad");
    environment.remove("MAVEN_FAILS");
    assertThat(run("version").exit()).isZero();
  }

  @Test
  void runsThroughASymbolicLinkFromAnyFolder() throws Exception {
    jdkAndMaven();
    var link = Files.createSymbolicLink(bin.resolve("rowcast"), checkout.resolve("rowcast"));
    Files.createSymbolicLink(bin.resolve("rc"), Path.of("rowcast"));

    assertThat(finished(start("direct", link.toString(), List.of("version")), "direct").exit())
        .isZero();
    assertThat(finished(start("chain", bin.resolve("rc").toString(), List.of()), "chain").exit())
        .isZero();
    assertThat(builds()).hasSize(1).first().asString().contains("check out");
  }

  @Test
  void aCheckoutThatCannotBeWrittenToIsBuiltInTheCache() throws Exception {
    environment.put("JAVA_HOME", jdk("jdk", "25").toString());
    environment.put("ROWCAST_CACHE", folder.resolve("the cache").toString());
    maven();
    touch(checkout.resolve("gateway/target"));

    var result = run("version");

    assertThat(result.exit()).isZero();
    assertThat(result.out()).contains("/the cache/");
    assertThat(builds()).hasSize(1).first().asString().contains("/the cache/");
    assertThat(run("version").err()).isEmpty();
  }

  @Test
  void takesTheNewestJdkOfTheUsualFolders() throws Exception {
    environment.put("JAVA_HOME", jdk("old", "17.0.2").toString());
    jdk("usr/lib/jvm/jdk-21", "21");
    jdk("usr/lib/jvm/jdk-25", "25.0.3");
    jdk("usr/lib/jvm/jdk-26", "26");
    maven();

    run("version");

    assertThat(builds()).first().asString().endsWith("/usr/lib/jvm/jdk-26");
  }

  @Test
  void withoutAJdkItSaysWhatWasLookedForAndFound() throws Exception {
    environment.put("JAVA_HOME", jdk("old", "17.0.2").toString());
    jdk("usr/lib/jvm/jdk-21", "21");

    var result = run("version");

    assertThat(result.exit()).isEqualTo(ExitCode.MISSING_PROGRAM);
    assertThat(result.err())
        .contains("needs a JDK 25 or newer and found none")
        .contains("JAVA_HOME (" + folder + "/old)")
        .contains("java on PATH (none)")
        .contains("Java 17 in " + folder + "/old")
        .contains("Java 21 in " + folder + "/usr/lib/jvm/jdk-21")
        .contains("set ROWCAST_JAVA_HOME");
  }

  @Test
  void aRowcastJavaHomeThatIsTooOldIsNotPassedOver() throws Exception {
    environment.put("ROWCAST_JAVA_HOME", jdk("old", "21").toString());
    jdk("usr/lib/jvm/jdk-25", "25");

    var result = run("version");

    assertThat(result.exit()).isEqualTo(ExitCode.MISSING_PROGRAM);
    assertThat(result.err()).contains("ROWCAST_JAVA_HOME is").contains("Java 21 in");
  }

  @Test
  void withoutMavenItSaysWhatToInstall() throws Exception {
    environment.put("JAVA_HOME", jdk("jdk", "25").toString());

    var result = run("version");

    assertThat(result.exit()).isEqualTo(ExitCode.MISSING_PROGRAM);
    assertThat(result.err()).contains("needs Maven").contains("mvn on PATH").contains("apt-get");
  }

  @Test
  void aJavaWithoutACompilerCannotBuild() throws Exception {
    var jre = jdk("jre", "25");
    Files.delete(jre.resolve("bin/javac"));
    environment.put("JAVA_HOME", jre.toString());
    maven();

    var result = run("version");

    assertThat(result.exit()).isEqualTo(ExitCode.MISSING_PROGRAM);
    assertThat(result.err()).contains("without a compiler");
  }

  private Path jdk(String name, String version) throws IOException {
    var home = folder.resolve(name);
    program(home.resolve("bin/java"), FAKE_JAVA);
    program(home.resolve("bin/javac"), FAKE_JAVA);
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    return home;
  }

  private void jdkAndMaven() throws IOException {
    environment.put("JAVA_HOME", jdk("jdk", "25").toString());
    maven();
  }

  private void maven() throws IOException {
    program(bin.resolve("mvn"), FAKE_MAVEN);
  }

  private List<String> builds() throws IOException {
    return Files.readAllLines(folder.resolve("maven.log"));
  }

  private int trainings() throws IOException {
    return Files.readAllLines(folder.resolve("training.log")).size();
  }

  private Result run(String... words) throws Exception {
    return finished(start("run", words), "run");
  }

  private Process start(String name, String... words) throws IOException {
    return start(name, checkout.resolve("rowcast").toString(), List.of(words));
  }

  private Process start(String name, String program, List<String> words) throws IOException {
    var command = new ArrayList<>(List.of(bin.resolve("sh").toString(), program));
    command.addAll(words);
    var builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    return builder
        .redirectOutput(folder.resolve(name + ".out").toFile())
        .redirectError(folder.resolve(name + ".err").toFile())
        .start();
  }

  private Result finished(Process process, String name) throws Exception {
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    return new Result(
        process.exitValue(),
        Files.readString(folder.resolve(name + ".out"), StandardCharsets.UTF_8),
        Files.readString(folder.resolve(name + ".err"), StandardCharsets.UTF_8));
  }

  private void link(String tool) throws IOException {
    for (var place : List.of("/bin", "/usr/bin")) {
      var program = Path.of(place, tool);
      if (Files.isExecutable(program)) {
        Files.createSymbolicLink(bin.resolve(tool), program);
        return;
      }
    }
  }

  private static void touch(Path file) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, "");
  }

  private static void program(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
