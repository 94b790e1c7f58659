package dev.rowcast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What the words mean, what is printed, and what the shell is told. */
final class CommandLineTest {
  @TempDir private Path folder;

  private record Result(int exit, String out, String err) {}

  @TestFactory
  Stream<DynamicTest> everyCommandHasHelpWithAnExample() {
    return commands(Main.commandLine(), List.of())
        .map(words ->
            DynamicTest.dynamicTest("rowcast " + String.join(" ", words), () -> hasHelp(words)));
  }

  private static void hasHelp(List<String> words) {
    var asked = new ArrayList<>(words);
    asked.add("--help");

    var result = run(asked.toArray(String[]::new));

    assertThat(result.exit()).isZero();
    assertThat(result.out()).contains("Usage: rowcast").contains("Example: ").contains("--help");
    assertThat(result.err()).isEmpty();
  }

  private static Stream<List<String>> commands(CommandLine command, List<String> words) {
    return Stream.concat(
        Stream.of(words),
        command.getSubcommands().entrySet().stream()
            .flatMap(sub ->
                commands(
                    sub.getValue(),
                    Stream.concat(words.stream(), Stream.of(sub.getKey())).toList())));
  }

  @Test
  void wordsThatMeanNothingAreWrongUsage() {
    assertThat(run().exit()).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(run("srve").exit()).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(run("srve").err()).contains("Did you mean").contains("serve");
    assertThat(run("config", "--colour").exit()).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(run("explain").err()).contains("--facility");
    assertThat(run("config", "--set", "prefix").err())
        .isEqualTo("--set prefix is not KEY=VALUE; write for example --set redis.prefix=rodan\n");
    assertThat(run("config", "--log-format", "xml").exit()).isEqualTo(ExitCode.WRONG_USAGE);
  }

  @Test
  void everythingWrongInTheConfigurationIsSaidWithoutAStack() throws Exception {
    var file = Files.writeString(folder.resolve("wrong.yaml"), "lisen: x\ndrain: soon\n");

    var result = run("config", "-c", file.toString(), "--set", "redis.expire=1");

    assertThat(result.exit()).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(result.err().lines())
        .containsExactly(
            file + ":1: unknown key 'lisen'; did you mean 'listen'?",
            file + ":2: drain: 'soon' is not a time; write for example 250ms, 30s, 5m or 1h",
            "--set redis.expire: redis.expire: '1' is not a time; write for example 250ms, 30s, 5m"
                + " or 1h");
    assertThat(run("serve", "-c", file.toString()).exit()).isEqualTo(ExitCode.WRONG_USAGE);
  }

  @Test
  void configPrintsWhatIsInForceAndWhereItCameFrom() throws Exception {
    var file = Files.writeString(folder.resolve("rowcast.yaml"), "redis: {prefix: rodan}\n");

    var result =
        run("config", "-c", file.toString(), "--database", "postgresql://app:sesame@db/app");

    assertThat(result.exit()).isZero();
    assertThat(result.out())
        .containsPattern("(?m)^redis\\.prefix: rodan +# " + file + ":1$")
        .containsPattern("(?m)^drain: 2s +# default$")
        .containsPattern("(?m)^database\\.url: \"?postgresql://app:\\*+@db/app\"? +# --database$")
        .doesNotContain("sesame");
  }

  @Test
  void explainSaysWhichRuleDecides() {
    var rules =
        "access.facilities=[{match: staff-*, for: group:staff, otherwise: refuse,"
            + " allow: [subscribe-broadcast, publish-broadcast]}]";

    var stranger = run("explain", "--facility", "staff-room", "--set", rules);
    var member = run("explain", "--facility", "staff-room", "--groups", "staff", "--set", rules);
    var elsewhere = run("explain", "--facility", "lobby", "--set", rules);

    assertThat(stranger.out())
        .contains(
            "rule: entry 1 of access.facilities: staff-* for members of the group staff:"
                + " subscribe-broadcast, publish-broadcast; else 403")
        .contains("subscribe-broadcast  refused with 403");
    assertThat(member.out())
        .contains("publish-broadcast    granted")
        .contains("subscribe-user       refused with 403");
    assertThat(elsewhere.out())
        .contains("no entry of access.facilities matches 'lobby'")
        .contains("subscribe-broadcast  granted")
        .contains("publish-broadcast    dropped silently");
  }

  @Test
  void aMintedTokenIsGoodByTheSameKey() throws Exception {
    var secret = Files.writeString(folder.resolve("jwt.secret"), "0123456789".repeat(4) + "\n");
    var key = "@" + secret;
    var known = "auth.jwt.secret-file=" + secret;

    var minted =
        run("token", "--key", key, "--claims", "sub=ann", "--claims", "groups=[\"a\",\"b\"]");
    var token = minted.out().strip();

    assertThat(minted.exit()).isZero();
    var good = run("token", "--check", token, "--set", known);
    assertThat(good.exit()).isZero();
    assertThat(good.out()).startsWith("good: user ann, groups [a, b], until ");
    var over = run("token", "--key", key, "--claims", "{\"sub\":\"ann\",\"exp\":1}").out().strip();
    var bad = run("token", "--check", over, "--set", known);
    assertThat(bad.exit()).isEqualTo(ExitCode.FAILED);
    assertThat(bad.out()).isEqualTo("bad: it has expired\n");
  }

  @Test
  void aTokenNeedsAKeyThatFits() {
    assertThat(run("token").exit()).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(run("token", "--key", "short").exit()).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(run("token", "--check", "x").err()).contains("auth.jwt.secret-file");
    assertThat(run("token", "--key", "k".repeat(40), "--claims", "sub").err())
        .contains("neither a JSON object nor NAME=VALUE");
  }

  @Test
  void explainSaysThatAGrantWithoutAUserIsNoChannel() {
    var rules = "access.facilities=[{match: \"*\", allow: [subscribe-user, subscribe-group]}]";

    assertThat(run("explain", "--facility", "a", "--set", rules).out())
        .contains("subscribe-user       granted, but nobody is behind it: no channel");
    assertThat(run("explain", "--facility", "a", "--user", "ann", "--set", rules).out())
        .contains("subscribe-user       granted\n");
  }

  @Test
  void completionScriptsKnowEveryCommand() {
    for (var shell : List.of("bash", "zsh", "fish")) {
      var result = run("completion", shell);

      assertThat(result.exit()).isZero();
      assertThat(result.out()).contains("serve", "explain", "facility");
    }
    assertThat(run("completion", "tcsh").exit()).isEqualTo(ExitCode.WRONG_USAGE);
  }

  @Test
  void publishNeedsARedis() {
    var result = run("publish", "lobby", "hello", "--redis", "none");

    assertThat(result.exit()).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(result.err()).contains("name it with --redis");
  }

  @Test
  void publishToARedisThatIsAwayFailsWithASentence() {
    var result = run("publish", "lobby", "hello", "--redis", "redis://127.0.0.1:1/0");

    assertThat(result.exit()).isEqualTo(ExitCode.FAILED);
    assertThat(result.err()).startsWith("not published: ").contains("127.0.0.1:1");
    assertThat(result.err().lines()).filteredOn(line -> line.startsWith("\tat")).isEmpty();
  }

  @Test
  void listenWhereNobodyIsFailsWithASentence() {
    var result = run("listen", "ws://127.0.0.1:1/ws/lobby?subscribe-broadcast");

    assertThat(result.exit()).isEqualTo(ExitCode.FAILED);
    assertThat(result.err())
        .isEqualTo(
            "cannot connect to ws://127.0.0.1:1/ws/lobby?subscribe-broadcast: nobody accepts"
                + " connections there\n");
    assertThat(run("listen", "http://127.0.0.1/").exit()).isEqualTo(ExitCode.WRONG_USAGE);
  }

  @Test
  void versionNamesTheJdk() {
    assertThat(run("version").out()).contains("rowcast").contains("JDK 2");
  }

  private static Result run(String... words) {
    var out = new StringWriter();
    var err = new StringWriter();
    var exit =
        Main.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute(words);
    return new Result(exit, out.toString(), err.toString());
  }
}
