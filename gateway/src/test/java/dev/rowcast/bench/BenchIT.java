package dev.rowcast.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.base.Endpoint;
import dev.rowcast.base.Secret;
import dev.rowcast.base.Ticker;
import dev.rowcast.bench.FlawedServer.Flaw;
import dev.rowcast.bench.publish.RedisPublisher;
import dev.rowcast.bench.publish.SocketPublisher;
import dev.rowcast.bench.report.Hole;
import dev.rowcast.bench.report.Report;
import dev.rowcast.bench.report.ReportFiles;
import dev.rowcast.bench.wire.MaskedFrames;
import dev.rowcast.bench.wire.UpgradeRequest;
import dev.rowcast.embedded.EmbeddedPostgres;
import dev.rowcast.embedded.EmbeddedRedis;
import dev.rowcast.embedded.PostgresOptions;
import dev.rowcast.embedded.RedisOptions;
import dev.rowcast.postgres.Database;
import dev.rowcast.postgres.DatabaseSettings;
import dev.rowcast.postgres.RowWriter;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** Whole runs against a server whose flaws are known, and must come out number by number. */
final class BenchIT {
  @TempDir private Path folder;

  @Test
  void aFaultlessServerPasses() throws Exception {
    try (var server = new FlawedServer(Flaw.NONE, 0)) {
      var report = run(server, Mode.FANOUT, 200, 20, 3, 1);

      assertThat(report.problems()).isEmpty();
      assertThat(report.messages().published()).isEqualTo(60);
      assertThat(report.messages().expected()).isEqualTo(4_000);
      assertThat(report.messages().received()).isEqualTo(4_000);
      assertThat(report.messages().other()).isEqualTo(4_000);
      assertThat(report.times().latency().milliseconds().count()).isEqualTo(4_000);
      assertThat(report.connections().closed()).isEqualTo(200);
    }
  }

  @Test
  void everyLostNumberIsFoundAtEveryClient() throws Exception {
    Flaw loses = n -> n == 3 || n == 4 || n == 9 ? List.of() : List.of(n);
    try (var server = new FlawedServer(loses, 0)) {
      var report = run(server, Mode.FANOUT, 5, 10, 1, 100);

      assertThat(report.messages().missing()).isEqualTo(15);
      assertThat(report.messages().received()).isEqualTo(35);
      assertThat(report.messages().holes())
          .hasSize(10)
          .contains(new Hole(0, 3, 4), new Hole(0, 9, 9), new Hole(4, 3, 4), new Hole(4, 9, 9));
      assertThat(report.problems()).containsExactly("15 of 50 messages are missing");
      assertThat(report.succeeded()).isFalse();
    }
  }

  @Test
  void doubledAndSwappedNumbersAreCountedAndNothingIsMissing() throws Exception {
    Flaw flaws =
        n ->
            switch (n) {
              case 2 -> List.of(2, 2);
              case 5 -> List.of();
              case 6 -> List.of(6, 5);
              case 8 -> List.of(8, 0);
              default -> List.of(n);
            };
    try (var server = new FlawedServer(flaws, 0)) {
      var report = run(server, Mode.FANOUT, 7, 10, 1, 100);

      assertThat(report.messages().duplicates()).isEqualTo(14);
      assertThat(report.messages().outOfOrder()).isEqualTo(7);
      assertThat(report.messages().missing()).isZero();
      assertThat(report.messages().received()).isEqualTo(70);
      assertThat(report.problems()).isEmpty();
    }
  }

  @Test
  void eachClientHearsItsOwnEcho() throws Exception {
    try (var server = new FlawedServer(Flaw.NONE, 0)) {
      var report = run(server, Mode.ECHO, 100, 20, 1, 4);

      assertThat(report.problems()).isEmpty();
      assertThat(report.messages().said()).isEqualTo(2_000);
      assertThat(report.messages().received()).isEqualTo(2_000);
      assertThat(report.messages().stray()).isZero();
    }
  }

  @Test
  void theStressTestOfOldOpensSaysAndCloses() throws Exception {
    try (var server = new FlawedServer(Flaw.NONE, 0)) {
      var report = run(server, Mode.CONNECT, 300, 2, 1, 1);

      assertThat(report.problems()).isEmpty();
      assertThat(report.connections().opened()).isEqualTo(300);
      assertThat(report.connections().closed()).isEqualTo(300);
      assertThat(report.messages().said()).isEqualTo(600);
    }
  }

  @Test
  void refusedHandshakesFailTheRunWithTheirStatus() throws Exception {
    try (var server = new FlawedServer(Flaw.NONE, 4)) {
      var report = run(server, Mode.CONNECT, 20, 1, 1, 1);

      assertThat(report.connections().failed()).isEqualTo(4);
      assertThat(report.connections().reasons()).containsEntry("status 503", 4L);
      assertThat(report.problems()).containsExactly("4 of 20 connections did not open");
    }
  }

  @Test
  void afterAStormAllAreBack() throws Exception {
    try (var server = new FlawedServer(Flaw.NONE, 0)) {
      var report = run(server, Mode.STORM, 200, 3, 1, 1);

      assertThat(report.problems()).isEmpty();
      assertThat(report.connections().dropped()).isEqualTo(200);
      assertThat(report.connections().back()).isEqualTo(200);
      assertThat(report.times().comeback().milliseconds().count()).isEqualTo(200);
      assertThat(report.messages().received()).isEqualTo(600);
    }
  }

  @Test
  void loaderProcessesAddUp() throws Exception {
    try (var server = new FlawedServer(n -> n == 7 ? List.of() : List.of(n), 0)) {
      var report =
          run(settings(server.port(), Mode.FANOUT, 30, 10, 2, 100, 2, 0, "ws"), Committer.NONE);

      assertThat(report.connections().opened()).isEqualTo(30);
      assertThat(report.messages().expected()).isEqualTo(300);
      assertThat(report.messages().missing()).isEqualTo(30);
      assertThat(report.messages().holes()).contains(new Hole(0, 7, 7), new Hole(29, 7, 7));
    }
  }

  @Test
  void theReportFilesHoldWhatWasMeasured() throws Exception {
    try (var server = new FlawedServer(Flaw.NONE, 0)) {
      var report = run(server, Mode.FANOUT, 50, 10, 1, 1);

      var files = ReportFiles.write(folder, report);
      var again = ReportFiles.write(folder, report);

      var json = JsonMapper.shared().readTree(files.json());
      assertThat(json.at("/messages/received").asLong()).isEqualTo(500);
      assertThat(json.at("/times/latency/milliseconds/count").asLong()).isEqualTo(500);
      assertThat(JsonMapper.shared().readValue(files.json(), Report.class).times())
          .isEqualTo(report.times());
      assertThat(files.text()).content().contains("received       500");
      assertThat(files.html())
          .content()
          .contains("uPlot=function")
          .contains("Leon Sorokin")
          .contains("\"received\":500")
          .doesNotContain("src=\"http")
          .doesNotContain("/*REPORT_JS*/");
      assertThat(again.text()).isNotEqualTo(files.text());
      assertThat(folder.toFile().list()).hasSize(6);
    }
  }

  @Test
  void redisIsSpokenToWithoutALibrary() throws Exception {
    try (var redis = EmbeddedRedis.start(RedisOptions.DEFAULTS);
        var publisher = new RedisPublisher(redis.url(3), "broadcast:{facility}");
        var listener = new Socket(InetAddress.getLoopbackAddress(), redis.port())) {
      listener.getOutputStream().write("SUBSCRIBE broadcast:lobby\r\n".getBytes(UTF_8));
      var confirmed = "*3\r\n$9\r\nsubscribe\r\n$15\r\nbroadcast:lobby\r\n:1\r\n";
      assertThat(new String(listener.getInputStream().readNBytes(confirmed.length()), UTF_8))
          .isEqualTo(confirmed);

      publisher.publish("lobby", "", "hello".getBytes(UTF_8));
      publisher.flush();

      var message = "*3\r\n$7\r\nmessage\r\n$15\r\nbroadcast:lobby\r\n$5\r\nhello\r\n";
      assertThat(new String(listener.getInputStream().readNBytes(message.length()), UTF_8))
          .isEqualTo(message);
    }
  }

  @Test
  void slowClientsAreNotJudgedAndTheOthersLackNothing() throws Exception {
    try (var server = new FlawedServer(Flaw.NONE, 0)) {
      var plain = settings(server.port(), Mode.SLOW, 40, 20, 1, 100, 1, 200, "ws");
      var crowd = plain.crowd();
      var report =
          run(
              new BenchSettings(
                  plain.mode(),
                  plain.target(),
                  new BenchSettings.Crowd(40, 1, 2, 0, 64, crowd.sources(), 0.25, crowd.patience()),
                  plain.load(),
                  plain.publishing(),
                  0),
              Committer.NONE);

      assertThat(report.problems()).isEmpty();
      assertThat(report.messages().expected()).isEqualTo(30 * 20);
      assertThat(report.messages().received()).isEqualTo(30 * 20);
    }
  }

  @Test
  void idleConnectionsAreHeldAndTheServersMemoryIsRead() throws Exception {
    try (var server = new FlawedServer(Flaw.NONE, 0)) {
      var plain = settings(server.port(), Mode.IDLE, 50, 0, 1, 1, 1, 0, "ws");
      var report =
          run(
              new BenchSettings(
                  plain.mode(),
                  plain.target(),
                  plain.crowd(),
                  plain.load(),
                  plain.publishing(),
                  ProcessHandle.current().pid()),
              Committer.NONE);

      assertThat(report.problems()).isEmpty();
      assertThat(report.messages().seconds()).isGreaterThanOrEqualTo(1.0);
      assertThat(report.serverSide().rssAfter()).isGreaterThan(1 << 20);
      assertThat(report.serverSide().cpuSeconds()).isPositive();
      assertThat(report.series().moments()).anyMatch(moment -> moment.open() == 50);
    }
  }

  @Test
  void committedRowsAreAwaitedAtTheSockets() throws Exception {
    try (var server = new FlawedServer(n -> n == 2 ? List.of() : List.of(n), 0);
        var postgres = EmbeddedPostgres.start(PostgresOptions.DEFAULTS)) {
      var database =
          new Database(new DatabaseSettings(new Secret(postgres.url()), Optional.empty()));
      try (var connection = database.open("test");
          var statement = connection.createStatement()) {
        statement.execute("CREATE TABLE run (id uuid)");
      }
      var settings = settings(server.port(), Mode.COMMIT, 10, 5, 1, 100, 1, 0, "ws");
      var report = run(settings, () -> new Writing(database, server.port()));

      assertThat(report.times().commit().milliseconds().count()).isEqualTo(5);
      assertThat(report.messages().missing()).isEqualTo(10);
      assertThat(report.messages().holes()).contains(new Hole(3, 2, 2));
      try (var connection = database.open("test");
          var statement = connection.createStatement();
          var rows = statement.executeQuery("SELECT count(DISTINCT id) FROM run")) {
        assertThat(rows.next()).isTrue();
        assertThat(rows.getLong(1)).isEqualTo(5);
      }
    }
  }

  /** Plays trigger and gateway: says at the facility what it wrote. */
  private static final class Writing implements Committer {
    private final RowWriter writer;
    private final SocketPublisher publisher;

    Writing(Database database, int port) {
      writer = new RowWriter(database, "test", "INSERT INTO run VALUES (?::uuid)");
      publisher =
          new SocketPublisher(
              new Endpoint("127.0.0.1", port),
              facility -> "/ws/" + facility,
              new UpgradeRequest("localhost", "", List.of(), new byte[16]),
              "{payload}",
              new MaskedFrames(RandomGenerator.getDefault()));
    }

    @Override
    public void commit(int topic, String stamp) {
      writer.write(stamp);
      publisher.publish("bench-0", stamp, ("{\"id\": \"" + stamp + "\"}").getBytes(UTF_8));
      publisher.flush();
    }

    @Override
    public void close() {
      publisher.close();
      writer.close();
    }
  }

  private Report run(
      FlawedServer server, Mode mode, int amount, int messages, int topics, int window) {
    return run(
        settings(server.port(), mode, amount, messages, topics, window, 1, 0, "ws"),
        Committer.NONE);
  }

  private static Report run(BenchSettings settings, Supplier<Committer> committers) {
    return new Bench(
            settings, committers, Progress.NONE, Ticker.SYSTEM, RandomGenerator.getDefault())
        .run();
  }

  static BenchSettings settings(
      int port,
      Mode mode,
      int amount,
      int messages,
      int topics,
      int window,
      int processes,
      double rate,
      String publish) {
    var path =
        mode == Mode.CONNECT
            ? "/ws/"
            : "/ws/{facility}?subscribe-broadcast"
                + (mode == Mode.ECHO ? "&publish-broadcast&echo" : "");
    return new BenchSettings(
        mode,
        new BenchSettings.Target(
            "127.0.0.1",
            port,
            path,
            "",
            List.of(),
            List.of(),
            "",
            List.of(),
            mode == Mode.ECHO ? "bench-{id}" : "bench-{topic}",
            ""),
        new BenchSettings.Crowd(amount, processes, 2, 0, 64, List.of(), 0, Duration.ofSeconds(3)),
        new BenchSettings.Load(
            messages, 0, topics, 100, rate, window, Duration.ofSeconds(1), Duration.ofMillis(100)),
        new BenchSettings.Publishing(
            publish,
            "broadcast:{facility}",
            "{payload}",
            List.of(),
            "/ws/{facility}?publish-broadcast",
            1),
        0);
  }
}
