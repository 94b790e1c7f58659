package dev.rowcast.benchmarks;

import dev.rowcast.base.Secret;
import dev.rowcast.base.Ticker;
import dev.rowcast.embedded.EmbeddedPostgres;
import dev.rowcast.embedded.EmbeddedRedis;
import dev.rowcast.embedded.GatewayProcess;
import dev.rowcast.redis.RedisPipe;
import dev.rowcast.redis.RedisReply;
import dev.rowcast.redis.RedisTarget;
import dev.rowcast.redis.RedisTimes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * How fast a backlog in PostgreSQL's log comes to be in a Redis stream: Rowcast's gateway with its
 * feed; {@code debezium}, that engine with a sink which fills entries as the feed does; {@code
 * debezium-each}, the same with an entry for each change, as Debezium's own server writes them.
 *
 * <p>The backlog is written once, in transactions of 1,000 rows, behind a slot that nobody reads.
 * Each turn reads a copy of that slot, from the same place, into an empty Redis; the order is
 * reversed every other round. What is timed begins with the first change that stands in Redis and
 * ends with the last one, as another connection to Redis sees it; the time from the start of the
 * process is given beside it. A turn after which the stream does not hold as many changes as there
 * are rows is void. CPU time is given for the reader's process, PostgreSQL's and Redis's.
 *
 * <p>{@code log} is no reader but the ceiling of all: PostgreSQL's own client takes the same log
 * from the same kind of slot and throws it away, from its start until it has seen the end.
 */
final class DrainBenchmark {
  private static final int AT_ONCE = 1_000;
  private static final long LOOK_MILLIS = 100;
  private static final Duration PATIENCE = Duration.ofMinutes(20);
  private static final Pattern ID = Pattern.compile("\"id\":\\s?(\\d+)");

  private final EmbeddedPostgres postgres;
  private final EmbeddedRedis redis;
  private final Path folder;
  private final int rows;
  private final String config;

  /** What one turn gives. */
  private record Turn(double seconds, double fromStart, Cpu cpu) {}

  /** Seconds of CPU time, user and system. */
  private record Cpu(double reader, double postgres, double redis) {
    Cpu since(Cpu before) {
      return new Cpu(reader, postgres - before.postgres, redis - before.redis);
    }
  }

  /** The figures of one reader. */
  private static final class Figures {
    final Samples rate = new Samples();
    final Samples rateFromStart = new Samples();
    final Samples readerMicros = new Samples();
    final Samples postgresMicros = new Samples();
    final Samples redisMicros = new Samples();

    void add(Turn turn, int rows) {
      rate.add(rows / turn.seconds);
      rateFromStart.add(rows / turn.fromStart);
      readerMicros.add(turn.cpu.reader * 1e6 / rows);
      postgresMicros.add(turn.cpu.postgres * 1e6 / rows);
      redisMicros.add(turn.cpu.redis * 1e6 / rows);
    }
  }

  private DrainBenchmark(EmbeddedPostgres postgres, EmbeddedRedis redis, Path folder, int rows)
      throws IOException {
    this.postgres = postgres;
    this.redis = redis;
    this.folder = folder;
    this.rows = rows;
    this.config = folder.resolve("drain.yaml").toString();
    Files.writeString(
        Path.of(config),
        BenchmarkServers.resource("drain.yaml")
            .replace("@DATABASE@", postgres.url())
            .replace("@REDIS@", redis.url()));
  }

  /** {@code [--rows 2000000] [--rounds 5] [--peers log,rowcast,debezium,debezium-each]}. */
  public static void main(String[] args) throws Exception {
    var options = new LinkedHashMap<String, String>();
    for (int i = 0; i + 1 < args.length; i += 2) {
      options.put(args[i].replaceFirst("^--", ""), args[i + 1]);
    }
    var rows = Integer.parseInt(options.getOrDefault("rows", "2000000"));
    var rounds = Integer.parseInt(options.getOrDefault("rounds", "5"));
    var peers =
        List.of(options.getOrDefault("peers", "log,rowcast,debezium,debezium-each").split(",", -1));
    var folder = Files.createTempDirectory("rowcast-drain");
    try (var postgres =
            BenchmarkServers.postgres(
                Map.of("fsync", "on", "wal_level", "logical", "max_wal_size", "32GB"));
        var redis = BenchmarkServers.redis()) {
      new DrainBenchmark(postgres, redis, folder, rows).run(rounds, peers);
    }
  }

  private void run(int rounds, List<String> peers) throws Exception {
    execute(BenchmarkServers.resource("drain-table.sql"));
    GatewayProcess.run(folder, "migrate", "apply", "-c", config);
    execute("SELECT pg_create_logical_replication_slot('backlog', 'pgoutput')");
    for (int from = 1; from <= rows; from += AT_ONCE) {
      execute(
          "INSERT INTO item SELECT n, 'item number ' || n, n * 1.25, n % 2 = 0, now()"
              + " FROM generate_series("
              + from
              + ", "
              + Math.min(rows, from + AT_ONCE - 1)
              + ") AS n");
    }
    execute("CHECKPOINT");
    System.out.printf(
        "PostgreSQL %s, %,d rows of five columns in transactions of %,d, %d rounds: median (min -"
            + " max)%n%n",
        postgres.version(), rows, AT_ONCE, rounds);
    var figures = new LinkedHashMap<String, Figures>();
    peers.forEach(peer -> figures.put(peer, new Figures()));
    for (int round = 0; round < rounds; round++) {
      for (var peer : round % 2 == 0 ? peers : peers.reversed()) {
        var turn = turn(peer);
        Objects.requireNonNull(figures.get(peer)).add(turn, rows);
        System.err.printf("%s %,.0f rows/s%n", peer, rows / turn.seconds);
      }
    }
    print(figures);
  }

  private static void print(Map<String, Figures> figures) {
    System.out.println(
        "| reader | rows/s | with its start | CPU of the reader, µs a row | of PostgreSQL | of"
            + " Redis |");
    System.out.println("|---|---|---|---|---|---|");
    figures.forEach((peer, of) ->
        System.out.printf(
            "| %s | %s | %s | %s | %s | %s |%n",
            peer.equals("log") ? "the log alone, read and thrown away" : peer,
            of.rate.text(0),
            of.rateFromStart.text(0),
            of.readerMicros.text(1),
            of.postgresMicros.text(1),
            of.redisMicros.text(1)));
    var ours = figures.get("rowcast");
    if (ours != null) {
      System.out.println();
      figures.forEach((peer, of) -> {
        if (of != ours) {
          System.out.printf(
              "Rowcast against %s, round by round: %s%n",
              peer, ours.rate.dividedBy(of.rate).text(2));
        }
      });
    }
  }

  private Turn turn(String peer) throws Exception {
    var slot = peer.startsWith("debezium") ? "debezium" : peer;
    execute(
        "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = '"
            + slot
            + "'");
    execute("SELECT pg_copy_logical_replication_slot('backlog', '" + slot + "')");
    if (peer.equals("log")) {
      return logAlone();
    }
    try (var look =
        RedisPipe.open(
            RedisTarget.parse(new Secret(redis.url()), Optional.empty()),
            RedisTimes.DEFAULTS,
            "drain-look",
            Ticker.SYSTEM)) {
      var _ = look.ask("FLUSHALL");
      var started = System.nanoTime();
      var before = cpu(Optional.empty());
      if (peer.equals("rowcast")) {
        try (var gateway = GatewayProcess.serve(folder, "-c", config)) {
          return timed(look, gateway.pid(), started, before);
        }
      }
      var process = debezium(peer.equals("debezium") ? 1_000 : 1);
      try {
        return timed(look, process.pid(), started, before);
      } finally {
        process.destroy();
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      }
    }
  }

  private Process debezium(int entry) throws IOException {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return new ProcessBuilder(
            java,
            "-cp",
            System.getProperty("debezium.classpath", ""),
            "dev.rowcast.benchmarks.debezium.DebeziumDrain",
            Integer.toString(postgres.port()),
            "postgres",
            "debezium",
            "debezium",
            Integer.toString(redis.port()),
            "debezium",
            Integer.toString(entry))
        .redirectErrorStream(true)
        .redirectOutput(Files.createTempFile(folder, "debezium", ".log").toFile())
        .start();
  }

  /** PostgreSQL's own client, which ends itself when it has seen the end of the log. */
  private Turn logAlone() throws Exception {
    var before = cpu(Optional.empty());
    var started = System.nanoTime();
    var process =
        new ProcessBuilder(
                "pg_recvlogical",
                "--dbname=" + postgres.url(),
                "--slot=log",
                "--start",
                "--no-loop",
                "--file=/dev/null",
                "--fsync-interval=0",
                "--option=proto_version=1",
                "--option=publication_names=debezium",
                "--endpos=" + end())
            .redirectErrorStream(true)
            .redirectOutput(Files.createTempFile(folder, "log", ".log").toFile())
            .start();
    var client = Optional.of(process.toHandle());
    var spent = cpu(client);
    while (!process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
      spent = cpu(client);
      if (System.nanoTime() - started > PATIENCE.toNanos()) {
        process.destroyForcibly();
        throw new IllegalStateException("the log was not read in " + PATIENCE);
      }
    }
    var seconds = (System.nanoTime() - started) / 1e9;
    if (process.exitValue() != 0) {
      throw new IllegalStateException("pg_recvlogical failed; see " + folder);
    }
    return new Turn(seconds, seconds, spent.since(before));
  }

  private String end() throws SQLException {
    try (var connection = DriverManager.getConnection(postgres.jdbcUrl("postgres"));
        var statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT pg_current_wal_lsn()")) {
      rows.next();
      return rows.getString(1);
    }
  }

  /** Of the servers, whatever they have started included, and of a reader. */
  private Cpu cpu(Optional<ProcessHandle> reader) {
    return new Cpu(
        reader.map(DrainBenchmark::seconds).orElse(0.0), tree(postgres.pid()), tree(redis.pid()));
  }

  private static double tree(long pid) {
    var root = ProcessHandle.of(pid).orElseThrow();
    return Stream.concat(Stream.of(root), root.descendants())
        .mapToDouble(DrainBenchmark::seconds)
        .sum();
  }

  private static double seconds(ProcessHandle process) {
    return process.info().totalCpuDuration().orElse(Duration.ZERO).toNanos() / 1e9;
  }

  private Turn timed(RedisPipe look, long pid, long started, Cpu before) throws Exception {
    var reader = ProcessHandle.of(pid).orElseThrow();
    var first = 0L;
    while (System.nanoTime() - started < PATIENCE.toNanos()) {
      var newest = newestRow(look);
      var now = System.nanoTime();
      if (newest > 0 && first == 0) {
        first = now;
      }
      if (newest == rows) {
        var spent = cpu(Optional.of(reader)).since(before);
        insistOnAll(look);
        return new Turn((now - first) / 1e9, (now - started) / 1e9, spent);
      }
      if (!reader.isAlive()) {
        throw new IllegalStateException("the reader ended early; see " + folder);
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    }
    throw new IllegalStateException("the backlog was not drained in " + PATIENCE);
  }

  /** The row that the newest entry ends with; 0 while there is none. */
  private static long newestRow(RedisPipe look) throws IOException, InterruptedException {
    var entries = look.ask("XREVRANGE", stream(look), "+", "-", "COUNT", "1").parts();
    return entries.isEmpty() ? 0 : lastRow(entries.getFirst().parts().get(1).parts());
  }

  private static long lastRow(List<RedisReply> fields) throws IOException {
    var matcher = ID.matcher(fields.getLast().text());
    return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
  }

  private static String stream(RedisPipe look) throws IOException, InterruptedException {
    var epoch = look.ask("HGET", "{drain:p0}:feed", "epoch");
    return epoch instanceof RedisReply.Bulk ? "{drain:p0}:feed:" + epoch.text() : "debezium";
  }

  /** Counts the changes in the stream, which are the fields with a number for a name. */
  private void insistOnAll(RedisPipe look) throws IOException, InterruptedException {
    var stream = stream(look);
    var changes = 0L;
    var from = "-";
    while (true) {
      var entries = look.ask("XRANGE", stream, from, "+", "COUNT", "20").parts();
      if (entries.isEmpty()) {
        break;
      }
      for (var entry : entries) {
        from = "(" + entry.parts().getFirst().text();
        var fields = entry.parts().get(1).parts();
        for (int i = 0; i < fields.size(); i += 2) {
          changes += isChange(fields.get(i)) ? 1 : 0;
        }
      }
    }
    if (changes != rows) {
      throw new IllegalStateException(
          "void: " + changes + " changes are in the stream of " + rows + " rows");
    }
  }

  private static boolean isChange(RedisReply name) {
    return name instanceof RedisReply.Bulk(var bytes)
        && Character.isDigit(new String(bytes, StandardCharsets.UTF_8).charAt(0));
  }

  private void execute(String sql) {
    try (var connection = DriverManager.getConnection(postgres.jdbcUrl("postgres"));
        var statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException("'" + sql + "' failed", e);
    }
  }
}
