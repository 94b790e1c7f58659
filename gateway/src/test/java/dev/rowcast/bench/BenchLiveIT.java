package dev.rowcast.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.base.Secret;
import dev.rowcast.base.Ticker;
import dev.rowcast.bench.report.Report;
import dev.rowcast.embedded.EmbeddedPostgres;
import dev.rowcast.embedded.EmbeddedRedis;
import dev.rowcast.embedded.GatewayProcess;
import dev.rowcast.embedded.PostgresOptions;
import dev.rowcast.embedded.RedisOptions;
import dev.rowcast.postgres.Database;
import dev.rowcast.postgres.DatabaseSettings;
import dev.rowcast.postgres.RowWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The load tester reads rows at {@code /live}: a real PostgreSQL, its log, Redis, a gateway. */
final class BenchLiveIT {
  private static final int TOPICS = 4;

  @TempDir private static Path folder;
  private static EmbeddedPostgres postgres;
  private static EmbeddedRedis redis;
  private static GatewayProcess gateway;

  @BeforeAll
  static void start() throws Exception {
    postgres = EmbeddedPostgres.start(PostgresOptions.DEFAULTS.with("wal_level", "logical"));
    redis = EmbeddedRedis.start(RedisOptions.DEFAULTS);
    execute(
        "CREATE TABLE bench (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, topic integer NOT"
            + " NULL, stamp uuid NOT NULL)");
    var config =
        Files.writeString(
                folder.resolve("rowcast.yaml"),
                """
                database: { url: "%s" }
                redis: { url: "%s" }
                capture:
                  mode: wal
                  tables: [{ match: public.bench }]
                live:
                  tables: [{ match: public.bench }]
                """
                    .formatted(postgres.url(), redis.url()))
            .toString();
    GatewayProcess.run(folder, "migrate", "apply", "-c", config);
    // With this the feed begins; before, nobody is told from where he hears.
    execute("INSERT INTO bench (topic, stamp) VALUES (-1, gen_random_uuid())");
    gateway = GatewayProcess.serve(folder, "-c", config);
  }

  @AfterAll
  static void stop() {
    gateway.close();
    redis.close();
    postgres.close();
  }

  private static void execute(String sql) throws SQLException {
    try (var connection = database().open("test");
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static Database database() {
    return new Database(new DatabaseSettings(new Secret(postgres.url()), Optional.empty()));
  }

  @Test
  void eachCommittedRowReachesWhoeverAskedForItOnceAndInOrder() {
    var report = run(Mode.COMMIT, 40, 30, 200, 2);

    assertThat(report.problems()).isEmpty();
    assertThat(report.messages().published()).isEqualTo(TOPICS * 30);
    assertThat(report.messages().received()).isEqualTo(40 * 30);
    assertThat(report.messages().duplicates()).isZero();
    assertThat(report.messages().outOfOrder()).isZero();
    assertThat(report.times().latency().milliseconds().count()).isEqualTo(40 * 30);
    assertThat(report.times().afterCommit().milliseconds().count()).isEqualTo(40 * 30);
    assertThat(report.times().afterCommit().milliseconds().mean())
        .isLessThanOrEqualTo(report.times().latency().milliseconds().mean());
    assertThat(report.times().commit().milliseconds().count()).isEqualTo(TOPICS * 30);
  }

  @Test
  void whoWasCutHearsExactlyWhatWasWrittenMeanwhile() {
    var report = run(Mode.STORM, 60, 20, 0, 1);

    assertThat(report.problems()).isEmpty();
    assertThat(report.connections().dropped()).isEqualTo(60);
    assertThat(report.connections().back()).isEqualTo(60);
    assertThat(report.messages().received()).isEqualTo(60 * 20);
    assertThat(report.messages().duplicates()).isZero();
    assertThat(report.times().latency().milliseconds().count()).isEqualTo(60 * 20);
  }

  private static Report run(Mode mode, int amount, int messages, double rate, int writers) {
    var settings =
        new BenchSettings(
            mode,
            new BenchSettings.Target(
                "127.0.0.1",
                gateway.address().getPort(),
                "/live?table=public.bench&topic=eq.{topic}",
                "rowcast.v1",
                List.of(),
                List.of(),
                "\"type\":\"subscribed\"",
                List.of(),
                "",
                mode == Mode.STORM ? "&since={position}" : ""),
            new BenchSettings.Crowd(amount, 1, 2, 0, 64, List.of(), 0, Duration.ofSeconds(10)),
            new BenchSettings.Load(
                messages, 0, TOPICS, 100, rate, 1, Duration.ofSeconds(1), Duration.ofMillis(100)),
            new BenchSettings.Publishing("", "", "", List.of(), "", writers),
            0);
    return new Bench(
            settings,
            () -> new Writing(new RowWriter(database(), "test", Writing.SQL)),
            Progress.NONE,
            Ticker.SYSTEM,
            RandomGenerator.getDefault())
        .run();
  }

  private record Writing(RowWriter writer) implements Committer {
    private static final String SQL = "INSERT INTO bench (stamp, topic) VALUES (?::uuid, ?::int)";

    @Override
    public void commit(int topic, String stamp) {
      writer.write(stamp, Integer.toString(topic));
    }

    @Override
    public void close() {
      writer.close();
    }
  }
}
