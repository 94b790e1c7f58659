package dev.rowcast.benchmarks;

import dev.rowcast.embedded.EmbeddedPostgres;
import dev.rowcast.embedded.EmbeddedRedis;
import dev.rowcast.embedded.GatewayProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Row changes at {@code /live} through the real path, a server's log to WebSockets: how long a row
 * takes to the clients that asked for it, and how long a crowd takes that was cut and comes back.
 *
 * <p>PostgreSQL, Redis, the gateway and {@code rowcast bench}, which plays the clients and writes
 * the rows, are processes of their own. A round in which a row is missing at a client, or came
 * twice, or in which the loader was the bottleneck, is void and says so.
 */
final class LiveBenchmark {
  private static final long LONGEST_MINUTES = 5;

  private final EmbeddedPostgres postgres;
  private final Path folder;
  private final GatewayProcess gateway;
  private final Map<String, String> options;

  private LiveBenchmark(
      EmbeddedPostgres postgres, Path folder, GatewayProcess gateway, Map<String, String> options) {
    this.postgres = postgres;
    this.folder = folder;
    this.gateway = gateway;
    this.options = options;
  }

  /** {@code commit|storm [--OPTION VALUE]…}; {@code benchmarks/live --help} lists them. */
  public static void main(String[] args) throws Exception {
    var folder = Files.createTempDirectory("rowcast-live");
    try (var postgres = BenchmarkServers.postgres(Map.of("fsync", "on", "wal_level", "logical"));
        var redis = BenchmarkServers.redis()) {
      var config = prepare(postgres, redis, folder);
      try (var gateway = GatewayProcess.serve(folder, "-c", config)) {
        var benchmark = new LiveBenchmark(postgres, folder, gateway, options(args));
        System.out.printf("PostgreSQL %s, fsync on. ", postgres.version());
        if (args[0].equals("commit")) {
          benchmark.commit();
        } else {
          benchmark.storm();
        }
      }
    }
  }

  private static Map<String, String> options(String[] args) {
    var options = new LinkedHashMap<String, String>();
    for (int i = 1; i + 1 < args.length; i += 2) {
      options.put(args[i].replaceFirst("^--", ""), args[i + 1]);
    }
    return options;
  }

  private static String prepare(EmbeddedPostgres postgres, EmbeddedRedis redis, Path folder)
      throws Exception {
    var config =
        Files.writeString(
                folder.resolve("rowcast.yaml"),
                BenchmarkServers.resource("live.yaml")
                    .replace("@DATABASE@", postgres.url())
                    .replace("@REDIS@", redis.url()))
            .toString();
    execute(postgres, BenchmarkServers.resource("live-table.sql"));
    GatewayProcess.run(folder, "migrate", "apply", "-c", config);
    // The feed begins with the first change; nobody can be told from where he hears before.
    execute(postgres, "INSERT INTO bench (topic, stamp) VALUES (-1, gen_random_uuid())");
    return config;
  }

  private static void execute(EmbeddedPostgres postgres, String sql) throws Exception {
    try (var connection = DriverManager.getConnection(postgres.jdbcUrl("postgres"));
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private int number(String name, int otherwise) {
    return Integer.parseInt(options.getOrDefault(name, Integer.toString(otherwise)));
  }

  private void commit() throws Exception {
    var clients = number("clients", 1_000);
    var topics = number("topics", 100);
    var rate = number("rate", 1_000);
    var writers = number("writers", 8);
    var each = (long) number("seconds", 30) * rate / topics;
    var warmup = (long) number("warmup", 20) * rate / topics;
    System.out.printf(
        "%,d clients that each ask for the rows of one of %d topics; %d writers commit %,d rows a"
            + " second, %,d of them measured.%n%n",
        clients, topics, writers, rate, each * topics);
    run(
        Map.of(
            "--mode", "commit",
            "--amount", clients + "",
            "--topics", topics + "",
            "--rate", rate + "",
            "--writers", writers + "",
            "--messages", each + "",
            "--warmup", warmup + ""),
        List.of(
            new Column("due to client p50, ms", 2, time("latency", "p50")),
            new Column("p99", 2, time("latency", "p99")),
            new Column("max", 1, time("latency", "max")),
            new Column("COMMIT returned to client p50, ms", 2, time("afterCommit", "p50")),
            new Column("p99", 2, time("afterCommit", "p99")),
            new Column("max", 1, time("afterCommit", "max")),
            new Column("the statement alone p50, ms", 2, time("commit", "p50")),
            new Column("p99", 2, time("commit", "p99"))));
  }

  private void storm() throws Exception {
    var clients = number("clients", 15_000);
    var topics = number("topics", 1);
    var changes = number("changes", 20);
    System.out.printf(
        "%,d clients that each ask for the rows of one of %d topics are cut, %d rows of each topic"
            + " are written, all come back with their place.%n%n",
        clients, topics, changes);
    run(
        Map.of(
            "--mode",
            "storm",
            "--amount",
            clients + "",
            "--topics",
            topics + "",
            "--messages",
            changes + "",
            "--settle",
            "2",
            "--patience",
            "20"),
        List.of(
            new Column("the last one has all after, s", 2, seconds("latency", "max")),
            new Column("half of it is told after, s", 2, seconds("latency", "p50")),
            new Column("the last one is back after, s", 2, seconds("comeback", "max")),
            new Column("refused", 0, report -> report.at("/connections/failed").asDouble())));
  }

  /** One figure of a round. */
  private record Column(String title, int digits, Function<JsonNode, Double> figure) {}

  private static Function<JsonNode, Double> time(String what, String which) {
    return report -> report.at("/times/" + what + "/milliseconds/" + which).asDouble();
  }

  private static Function<JsonNode, Double> seconds(String what, String which) {
    return time(what, which).andThen(millis -> millis / 1_000);
  }

  private void run(Map<String, String> flags, List<Column> own) throws Exception {
    var columns = new ArrayList<>(own);
    columns.add(
        new Column("gateway, CPU-s", 1, report -> report.at("/serverSide/cpuSeconds").asDouble()));
    columns.add(
        new Column(
            "loader, % of all CPU", 0, report -> report.at("/loader/share").asDouble() * 100));
    columns.add(new Column("expected", 0, report -> report.at("/messages/expected").asDouble()));
    columns.add(new Column("missing", 0, report -> report.at("/messages/missing").asDouble()));
    columns.add(new Column("twice", 0, report -> report.at("/messages/duplicates").asDouble()));
    var all = new ArrayList<Samples>();
    columns.forEach(_ -> all.add(new Samples()));
    System.out.println("| round | " + String.join(" | ", titles(columns)) + " |");
    System.out.println("|---" + "|---".repeat(columns.size()) + "|");
    for (int round = 1; round <= number("rounds", flags.containsValue("storm") ? 5 : 3); round++) {
      var report = round(round, flags);
      var line = new StringBuilder("| " + round);
      for (int i = 0; i < columns.size(); i++) {
        var figure = columns.get(i).figure().apply(report);
        all.get(i).add(figure);
        line.append(" | ").append(text(figure, columns.get(i).digits()));
      }
      System.out.println(line.append(" |").append(verdict(report)));
    }
    var medians = new ArrayList<String>();
    for (int i = 0; i < columns.size(); i++) {
      medians.add(text(all.get(i).median(), columns.get(i).digits()));
    }
    System.out.println("| median | " + String.join(" | ", medians) + " |");
  }

  private static List<String> titles(List<Column> columns) {
    return columns.stream().map(Column::title).toList();
  }

  private static String text(double figure, int digits) {
    return String.format(Locale.ROOT, "%,." + digits + "f", figure);
  }

  /** Why a round must not be quoted; empty: it may. */
  private static String verdict(JsonNode report) {
    var reasons = new ArrayList<String>();
    report.path("problems").forEach(problem -> reasons.add(problem.asString()));
    if (report.at("/messages/duplicates").asLong() > 0) {
      reasons.add("rows came twice");
    }
    if (report.path("voided").asBoolean()) {
      report.path("notes").forEach(note -> reasons.add(note.asString()));
    }
    return reasons.isEmpty() ? "" : " VOID: " + String.join("; ", reasons);
  }

  private JsonNode round(int round, Map<String, String> flags) throws Exception {
    var reports = Files.createDirectory(folder.resolve("round-" + round));
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.rowcast.cli.Main",
                "bench",
                "--protocol",
                "live",
                "--table",
                "public.bench",
                "--server",
                gateway.address().getAuthority(),
                "--database",
                postgres.url(),
                "--pid",
                Long.toString(gateway.pid()),
                "--log-folder",
                reports.toString()));
    flags.forEach((name, value) -> command.addAll(List.of(name, value)));
    var log = reports.resolve("loader.log");
    var process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    if (!process.waitFor(LONGEST_MINUTES, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new IllegalStateException("a round did not end in " + LONGEST_MINUTES + " minutes");
    }
    return report(reports, log);
  }

  private static JsonNode report(Path reports, Path log) throws IOException {
    try (var files = Files.list(reports)) {
      var json = files.filter(file -> file.toString().endsWith(".json")).findFirst().orElse(null);
      if (json == null) {
        throw new IllegalStateException("no report:\n" + Files.readString(log));
      }
      return new JsonMapper().readTree(json.toFile());
    }
  }
}
