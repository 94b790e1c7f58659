package dev.rowcast.benchmarks;

import dev.rowcast.embedded.EmbeddedPostgres;
import dev.rowcast.embedded.EmbeddedRedis;
import dev.rowcast.embedded.GatewayProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * What capture costs a writer: pgbench against one PostgreSQL, in turn with no trigger, a naive row
 * trigger with pg_notify, a bare outbox trigger without any wake-up, Rowcast's triggers, and
 * Rowcast reading the log, the last two with the gateway running and publishing to Redis.
 *
 * <p>The variants stand in databases of their own and take turns, in reversed order every other
 * round; every figure is a median with minimum and maximum, every ratio is taken round by round.
 * After each of its turns Rowcast must have delivered everything, or the run is void. What is
 * captured from the log has a server of its own, which idles during the others' turns: a slot reads
 * the log of a whole server, and would charge them with it. Both servers write their log at level
 * logical.
 */
final class CaptureBenchmark {
  private static final Pattern TPS =
      Pattern.compile("tps = ([0-9.]+) \\(without initial connection time\\)");

  /** What stands in the way of a writer. */
  private enum Variant {
    NONE("no trigger"),
    NOTIFY("row trigger with pg_notify"),
    OUTBOX("bare outbox trigger"),
    ROWCAST("Rowcast by triggers, gateway running"),
    LOG("Rowcast by the log, gateway running");

    private final String title;

    Variant(String title) {
      this.title = title;
    }

    private String database() {
      return "capture_" + name().toLowerCase(Locale.ROOT);
    }
  }

  /** One pgbench script at one number of writers. */
  private record Workload(String title, String script, int writers) {}

  private final EmbeddedPostgres postgres;
  private final EmbeddedPostgres logged;
  private final Path folder;
  private final int seconds;

  private CaptureBenchmark(
      EmbeddedPostgres postgres, EmbeddedPostgres logged, Path folder, int seconds) {
    this.postgres = postgres;
    this.logged = logged;
    this.folder = folder;
    this.seconds = seconds;
  }

  /** {@code [--rounds 5] [--seconds 8] [--writers 1,4,16] [--fsync on|off]}. */
  public static void main(String[] args) throws IOException {
    var options = options(args);
    var rounds = Integer.parseInt(options.getOrDefault("rounds", "5"));
    var seconds = Integer.parseInt(options.getOrDefault("seconds", "8"));
    var fsync = options.getOrDefault("fsync", "on");
    var writers =
        Arrays.stream(options.getOrDefault("writers", "1,4,16").split(",", -1))
            .map(Integer::valueOf)
            .toList();
    var folder = Files.createTempDirectory("rowcast-capture");
    var server = Map.of("fsync", fsync, "wal_level", "logical");
    try (var postgres = BenchmarkServers.postgres(server);
        var logged = BenchmarkServers.postgres(server);
        var redis = BenchmarkServers.redis()) {
      new CaptureBenchmark(postgres, logged, folder, seconds).run(redis, rounds, writers, fsync);
    }
  }

  private void run(EmbeddedRedis redis, int rounds, List<Integer> writers, String fsync) {
    for (var variant : Variant.values()) {
      prepare(variant);
    }
    var config = writeConfig("triggers", url(Variant.ROWCAST), redis.url());
    GatewayProcess.run(folder, "migrate", "apply", "-c", config);
    var logConfig = writeConfig("wal", url(Variant.LOG), redis.url());
    GatewayProcess.run(folder, "migrate", "apply", "-c", logConfig);
    var workloads = new ArrayList<Workload>();
    writers.forEach(w -> workloads.add(new Workload("update of one row", "update.pgbench", w)));
    workloads.add(new Workload("insert of 1,000 rows", "bulk.pgbench", 1));
    try (var gateway = GatewayProcess.serve(folder, "-c", config);
        var reader = GatewayProcess.serve(folder, "-c", logConfig)) {
      BenchmarkServers.await("a leader", () -> reader.metric("rowcast_capture_leader") == 1);
      System.out.printf(
          "PostgreSQL %s, fsync %s, %d rounds of %d s, transactions per second: median (min -"
              + " max)%n%n",
          postgres.version(), fsync, rounds, seconds);
      for (var workload : workloads) {
        print(workload, measure(workload, rounds));
      }
      System.out.printf(
          "Rowcast published %,.0f changes by triggers and %,.0f by the log meanwhile.%n",
          gateway.metric("rowcast_capture_changes_total"),
          reader.metric("rowcast_capture_changes_total"));
    }
  }

  private Map<Variant, Samples> measure(Workload workload, int rounds) {
    var samples = new EnumMap<Variant, Samples>(Variant.class);
    for (var variant : Variant.values()) {
      samples.put(variant, new Samples());
    }
    for (int round = 0; round < rounds; round++) {
      var order = List.of(Variant.values());
      for (var variant : round % 2 == 0 ? order : order.reversed()) {
        tidy(variant);
        of(samples, variant).add(pgbench(variant, workload));
        switch (variant) {
          case ROWCAST -> awaitEmptyOutbox();
          case LOG -> awaitConfirmed();
          case NONE, NOTIFY, OUTBOX -> {}
        }
        System.err.print(".");
      }
    }
    System.err.println();
    return samples;
  }

  private static void print(Workload workload, Map<Variant, Samples> samples) {
    var none = of(samples, Variant.NONE);
    System.out.printf("### %s, %d writers%n%n", workload.title(), workload.writers());
    System.out.println("| capture | TPS | against no trigger | against bare outbox |");
    System.out.println("|---|---|---|---|");
    samples.forEach((variant, tps) ->
        System.out.printf(
            "| %s | %s | %s | %s |%n",
            variant.title,
            tps.text(0),
            tps.dividedBy(none).text(2),
            tps.dividedBy(of(samples, Variant.OUTBOX)).text(2)));
    System.out.println();
  }

  private static Samples of(Map<Variant, Samples> samples, Variant variant) {
    return Objects.requireNonNull(samples.get(variant), variant.title);
  }

  private void prepare(Variant variant) {
    execute(server(variant).jdbcUrl("postgres"), "CREATE DATABASE " + variant.database());
    execute(variant, resource("capture-tables.sql"));
    switch (variant) {
      case NOTIFY -> execute(variant, resource("variant-notify.sql"));
      case OUTBOX -> execute(variant, resource("variant-outbox.sql"));
      case NONE, ROWCAST, LOG -> {}
    }
  }

  private void tidy(Variant variant) {
    execute(variant, "TRUNCATE bulk");
    if (variant == Variant.OUTBOX) {
      execute(variant, "TRUNCATE bare_outbox");
    }
    if (variant == Variant.ROWCAST) {
      awaitEmptyOutbox();
    }
    execute(variant, "VACUUM ANALYZE");
    execute(variant, "CHECKPOINT");
  }

  private double pgbench(Variant variant, Workload workload) {
    try {
      var script =
          Files.writeString(folder.resolve(workload.script()), resource(workload.script()));
      var process =
          new ProcessBuilder(
                  "pgbench",
                  "--no-vacuum",
                  "--protocol=prepared",
                  "--client=" + workload.writers(),
                  "--jobs=" + Math.min(2, workload.writers()),
                  "--time=" + seconds,
                  "--file=" + script,
                  url(variant))
              .redirectErrorStream(true)
              .start();
      var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(10, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IllegalStateException("pgbench failed:\n" + output);
      }
      var tps = TPS.matcher(output);
      if (!tps.find()) {
        throw new IllegalStateException("pgbench printed no figure:\n" + output);
      }
      return Double.parseDouble(tps.group(1));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
  }

  private void awaitEmptyOutbox() {
    BenchmarkServers.await(
        "the outbox is empty",
        () -> count(Variant.ROWCAST, "SELECT count(*) FROM rowcast.outbox") == 0);
  }

  private void awaitConfirmed() {
    var written = count(Variant.LOG, "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint");
    BenchmarkServers.await(
        "the log is delivered",
        () ->
            count(
                    Variant.LOG,
                    "SELECT pg_wal_lsn_diff(confirmed_flush_lsn, '0/0')::bigint FROM"
                        + " pg_replication_slots")
                >= written);
  }

  private String writeConfig(String mode, String database, String redis) {
    try {
      var file = folder.resolve(mode + ".yaml");
      Files.writeString(
          file,
          resource("capture.yaml")
              .replace("@MODE@", mode)
              .replace("@DATABASE@", database)
              .replace("@REDIS@", redis));
      return file.toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String url(Variant variant) {
    return server(variant).url(variant.database());
  }

  private EmbeddedPostgres server(Variant variant) {
    return variant == Variant.LOG ? logged : postgres;
  }

  private void execute(Variant variant, String sql) {
    execute(server(variant).jdbcUrl(variant.database()), sql);
  }

  private static void execute(String url, String sql) {
    try (var connection = DriverManager.getConnection(url);
        var statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException("'" + sql + "' failed", e);
    }
  }

  private long count(Variant variant, String sql) {
    try (var connection = DriverManager.getConnection(server(variant).jdbcUrl(variant.database()));
        var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getLong(1);
    } catch (SQLException e) {
      throw new IllegalStateException("'" + sql + "' failed", e);
    }
  }

  private static String resource(String name) {
    return BenchmarkServers.resource(name);
  }

  private static Map<String, String> options(String[] args) {
    var options = new LinkedHashMap<String, String>();
    for (int i = 0; i + 1 < args.length; i += 2) {
      options.put(args[i].replaceFirst("^--", ""), args[i + 1]);
    }
    return options;
  }
}
