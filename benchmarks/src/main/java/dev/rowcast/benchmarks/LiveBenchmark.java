package dev.rowcast.benchmarks;

import dev.rowcast.benchmarks.Loader.Outcome;
import dev.rowcast.embedded.EmbeddedPostgres;
import dev.rowcast.embedded.EmbeddedRedis;
import dev.rowcast.embedded.GatewayProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/**
 * Row changes at {@code /live} through the real path, a server's log to WebSockets: how long a row
 * takes to the clients that asked for it, and how long a crowd takes that was cut and comes back.
 *
 * <p>PostgreSQL, Redis, the gateway and {@code rowcast bench}, which plays the clients and writes
 * the rows, are processes of their own. A round in which a row is missing at a client, or came
 * twice, or in which the loader was the bottleneck, is void and says so.
 */
final class LiveBenchmark {
  private final EmbeddedPostgres postgres;
  private final Loader loader;
  private final GatewayProcess gateway;
  private final Map<String, String> options;

  private LiveBenchmark(
      EmbeddedPostgres postgres,
      Loader loader,
      GatewayProcess gateway,
      Map<String, String> options) {
    this.postgres = postgres;
    this.loader = loader;
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
        var options = options(args);
        var root = Path.of(options.getOrDefault("root", ".")).toAbsolutePath().normalize();
        var loader = new Loader(root, folder);
        var benchmark = new LiveBenchmark(postgres, loader, gateway, options);
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
            new Column("refused", 0, outcome -> outcome.figure("/connections/failed"))));
  }

  /** One figure of a round. */
  private record Column(String title, int digits, Function<Outcome, Double> figure) {}

  private static Function<Outcome, Double> time(String what, String which) {
    return outcome -> outcome.figure("/times/" + what + "/milliseconds/" + which);
  }

  private static Function<Outcome, Double> seconds(String what, String which) {
    return time(what, which).andThen(millis -> millis / 1_000);
  }

  private void run(Map<String, String> flags, List<Column> own) throws Exception {
    var columns = new ArrayList<>(own);
    columns.add(
        new Column("gateway, CPU-s", 1, outcome -> outcome.figure("/serverSide/cpuSeconds")));
    columns.add(
        new Column("loader, % of all CPU", 0, outcome -> outcome.figure("/loader/share") * 100));
    columns.add(new Column("expected", 0, outcome -> outcome.figure("/messages/expected")));
    columns.add(new Column("missing", 0, outcome -> outcome.figure("/messages/missing")));
    columns.add(new Column("twice", 0, outcome -> outcome.figure("/messages/duplicates")));
    var all = new ArrayList<Samples>();
    columns.forEach(_ -> all.add(new Samples()));
    System.out.println("| round | " + String.join(" | ", titles(columns)) + " |");
    System.out.println("|---" + "|---".repeat(columns.size()) + "|");
    for (int round = 1; round <= number("rounds", flags.containsValue("storm") ? 5 : 3); round++) {
      var outcome = round(flags);
      var line = new StringBuilder("| " + round);
      for (int i = 0; i < columns.size(); i++) {
        var figure = columns.get(i).figure().apply(outcome);
        all.get(i).add(figure);
        line.append(" | ").append(text(figure, columns.get(i).digits()));
      }
      System.out.println(line.append(" |").append(verdict(outcome)));
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
  private static String verdict(Outcome outcome) {
    var reasons = new ArrayList<String>();
    if (outcome.isVoid()) {
      reasons.add(outcome.problem());
    }
    if (outcome.figure("/messages/duplicates") > 0) {
      reasons.add("rows came twice");
    }
    return reasons.isEmpty() ? "" : " VOID: " + String.join("; ", reasons);
  }

  private Outcome round(Map<String, String> flags) {
    var all =
        new ArrayList<>(
            List.of(
                "--protocol",
                "live",
                "--table",
                "public.bench",
                "--server",
                gateway.address().getAuthority(),
                "--database",
                postgres.url(),
                "--pid",
                Long.toString(gateway.pid())));
    flags.forEach((name, value) -> all.addAll(List.of(name, value)));
    var outcome = loader.run(all);
    if (!outcome.hasReport()) {
      throw new IllegalStateException(outcome.problem());
    }
    return outcome;
  }
}
