package dev.rowcast.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.base.Ticker;
import dev.rowcast.bench.report.Report;
import dev.rowcast.bench.wire.UpgradeRequest;
import dev.rowcast.embedded.EmbeddedRedis;
import dev.rowcast.embedded.GatewayProcess;
import dev.rowcast.embedded.RedisOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The load tester against the gateway it was made for. */
final class BenchGatewayIT {
  @TempDir private static Path folder;
  private static EmbeddedRedis redis;
  private static GatewayProcess gateway;

  @BeforeAll
  static void start() throws Exception {
    redis = EmbeddedRedis.start(RedisOptions.DEFAULTS);
    var config =
        Files.writeString(
            folder.resolve("rowcast.yaml"),
            """
            websocket:
              compression: true
            access:
              facilities:
                - match: bench-*
                  allow: [subscribe-broadcast, publish-broadcast]
            """);
    gateway = GatewayProcess.serve(folder, "-c", config.toString(), "--redis", redis.url());
  }

  @AfterAll
  static void stop() {
    gateway.close();
    redis.close();
  }

  @Test
  void fanoutThroughRedisReachesEverybodyInOrder() {
    var report = run(Mode.FANOUT, 300, 50, 3, 16, redis.url());

    assertThat(report.problems()).isEmpty();
    assertThat(report.messages().received()).isEqualTo(300 * 50);
    assertThat(report.messages().duplicates()).isZero();
    assertThat(report.messages().outOfOrder()).isZero();
    assertThat(report.serverSide().deliveriesPerCpuSecond()).isPositive();
  }

  @Test
  void everyClientHearsItsEcho() {
    var report = run(Mode.ECHO, 200, 10, 1, 1, "");

    assertThat(report.problems()).isEmpty();
    assertThat(report.messages().received()).isEqualTo(2_000);
  }

  @Test
  void everybodyIsBackAfterAStorm() {
    var report = run(Mode.STORM, 500, 5, 1, 4, redis.url());

    assertThat(report.problems()).isEmpty();
    assertThat(report.connections().back()).isEqualTo(500);
    assertThat(report.messages().received()).isEqualTo(2_500);
  }

  @Test
  void theStressTestOfOldPasses() {
    var report = run(Mode.CONNECT, 300, 1, 1, 1, "");

    assertThat(report.problems()).isEmpty();
    assertThat(report.connections().closed()).isEqualTo(300);
  }

  @Test
  void compressedMessagesAreReadAndChecked() {
    var report = run(Mode.FANOUT, 100, 50, 1, 4, redis.url(), List.of(UpgradeRequest.COMPRESSION));

    assertThat(report.problems()).isEmpty();
    assertThat(report.messages().received()).isEqualTo(5_000);
  }

  private static Report run(
      Mode mode, int amount, int messages, int topics, int window, String publish) {
    return run(mode, amount, messages, topics, window, publish, List.of());
  }

  private static Report run(
      Mode mode,
      int amount,
      int messages,
      int topics,
      int window,
      String publish,
      List<String> headers) {
    var settings =
        BenchIT.settings(
            gateway.address().getPort(), mode, amount, messages, topics, window, 1, 0, publish);
    var target = settings.target();
    return new Bench(
            new BenchSettings(
                mode,
                new BenchSettings.Target(
                    target.host(),
                    target.port(),
                    target.path(),
                    target.subprotocol(),
                    headers,
                    target.hellos(),
                    target.joined(),
                    target.answers(),
                    target.facility(),
                    target.resume()),
                settings.crowd(),
                settings.load(),
                settings.publishing(),
                gateway.pid()),
            Committer.NONE,
            Progress.NONE,
            Ticker.SYSTEM,
            RandomGenerator.getDefault())
        .run();
  }
}
