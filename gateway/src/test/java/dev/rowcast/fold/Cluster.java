package dev.rowcast.fold;

import dev.rowcast.base.Pause;
import dev.rowcast.embedded.EmbeddedPostgres;
import dev.rowcast.embedded.EmbeddedRedis;
import dev.rowcast.embedded.GatewayProcess;
import dev.rowcast.embedded.PostgresOptions;
import dev.rowcast.embedded.RedisOptions;
import dev.rowcast.message.Position;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * PostgreSQL, Redis and two gateways, each in processes of its own, and all that can happen to
 * them.
 *
 * <p>Confined to one platform thread, except {@link #connect} and {@link #answers}.
 */
final class Cluster implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int NODES = 2;

  /** What is worth reading in a gateway's log when clients are wrong. */
  private static final Pattern TROUBLE =
      Pattern.compile("^[0-9T:.-]+Z (WARN|ERROR|INFO +FeedRelay)");

  private static final int MOST_SHOWN = 60;

  /** They live for seconds: less is compiled, and less well. */
  private static final List<String> JVM =
      List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m");

  private final Path folder;
  private final Path log;
  private final Path older;
  private final EmbeddedPostgres postgres;
  private final EmbeddedRedis redis;
  private final Answers answers;
  private final String config;
  private final AtomicReferenceArray<@Nullable GatewayProcess> nodes =
      new AtomicReferenceArray<>(NODES);
  private final CompletableFuture<?>[] starting = new CompletableFuture<?>[NODES];

  /** Starts everything, with the tables in it, and captured. */
  Cluster(Path folder, boolean isByLog) throws IOException, SQLException, InterruptedException {
    this.folder = folder;
    var data = Files.createDirectories(folder.resolve("redis"));
    this.log = data.resolve("appendonlydir");
    this.older = folder.resolve("older");
    this.postgres =
        EmbeddedPostgres.start(
            PostgresOptions.forTests()
                .with("deadlock_timeout", "50ms")
                .with("max_wal_size", "4GB"));
    // Every second, it would answer now and then before it has written: what is killed then comes
    // back with less than it has acknowledged, which is another log.
    this.redis =
        EmbeddedRedis.start(
            RedisOptions.DEFAULTS
                .in(data)
                .with("--appendonly", "yes", "--appendfsync", "always")
                .with("--auto-aof-rewrite-percentage", "0"));
    this.answers = new Answers(postgres.jdbcUrl("postgres"));
    answers.execute(Table.created());
    this.config = config(isByLog);
    GatewayProcess.run(folder, "migrate", "apply", "-c", config);
    for (int node = 0; node < NODES; node++) {
      start(node);
    }
    for (int node = 0; node < NODES; node++) {
      awaitNode(node);
    }
  }

  private String config(boolean isByLog) throws IOException {
    return Files.writeString(
            folder.resolve("rowcast.yaml"),
            """
            drain: 0s
            database: { url: "%s" }
            redis: { url: "%s", prefix: fold }
            capture:
              mode: %s
              tables:
                - match: [public.orders, public.lines]
                  old-row: all
                - match: [public.notes, public.done]
            feed: { memory: 256KiB }
            live:
              heartbeat: 1s
              tables:
                - match: public.*
            limits: { handshakes-per-second: 0 }
            transport: { send-buffer: 16KiB }
            """
                .formatted(postgres.url(), redis.url(), isByLog ? "wal" : "triggers"))
        .toString();
  }

  Answers answers() {
    return answers;
  }

  /** What the gateways warned of since then, and whether Redis crashed; the latest lines. */
  List<String> troubles(Instant since) throws IOException {
    var lines = new ArrayList<String>();
    try (var logs = Files.newDirectoryStream(folder, "serve*.log")) {
      for (var each : logs) {
        lines.addAll(Files.readAllLines(each));
      }
    }
    var from = since.toString();
    lines.removeIf(line -> !TROUBLE.matcher(line).find() || line.compareTo(from) < 0);
    lines.sort(Comparator.naturalOrder());
    var latest =
        new ArrayList<>(lines.subList(Math.max(0, lines.size() - MOST_SHOWN), lines.size()));
    Files.readAllLines(redis.log(), StandardCharsets.ISO_8859_1).stream()
        .filter(line -> line.contains("crashed by signal"))
        .forEach(latest::add);
    return latest;
  }

  private void start(int node) {
    // On a thread of its own, as reading from a process holds a virtual thread's carrier.
    starting[node] =
        CompletableFuture.runAsync(
            () -> nodes.set(node, GatewayProcess.serve(folder, JVM, "-c", config)),
            task -> Thread.ofPlatform().name("starting-gateway").start(task));
  }

  private GatewayProcess awaitNode(int node) {
    Objects.requireNonNull(starting[node]).join();
    return Objects.requireNonNull(nodes.get(node));
  }

  /** A connection to one of the gateways; to the other one, when there is none. */
  Socket connect(SplittableRandom random, boolean isNarrow) throws IOException {
    var first = random.nextInt(NODES);
    var node = nodes.get(first);
    var process = node == null ? nodes.get(1 - first) : node;
    if (process == null) {
      throw new IOException("there is no gateway now");
    }
    var socket = new Socket();
    try {
      if (isNarrow) {
        socket.setReceiveBufferSize(4096);
      }
      socket.setTcpNoDelay(true);
      socket.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), process.address().getPort()),
          5_000);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** Keeps a copy of what Redis holds, to go back to. */
  void remember() {
    deleteTree(older);
    copyTree(log, older);
  }

  /** Lets something go wrong. */
  void begin(Fault fault) throws SQLException, InterruptedException {
    switch (fault.kind()) {
      case NODE_KILLED -> {
        var victim = awaitNode(fault.node());
        nodes.set(fault.node(), null);
        victim.kill();
        start(fault.node());
      }
      case NODE_STOPPED -> awaitNode(fault.node()).pause();
      case NODE_DEPOSED -> {
        awaitNode(fault.node()).pause();
        endSessions();
      }
      case SESSIONS_ENDED -> endSessions();
      case REDIS_KILLED -> redis.kill();
      case REDIS_STOPPED -> redis.pause();
      case REDIS_EMPTIED -> {
        redis.kill();
        deleteTree(log);
      }
      case REDIS_REWOUND -> {
        redis.kill();
        deleteTree(log);
        copyTree(older, log);
      }
      case POSTGRES_KILLED -> {
        postgres.kill();
        postgres.startAgain();
      }
      case POSTGRES_STOPPED -> {
        postgres.pause();
        Pause.of(Duration.ofMillis(300));
        postgres.resume();
      }
    }
  }

  /** Lets it be over. */
  void end(Fault fault) {
    switch (fault.kind()) {
      case NODE_STOPPED, NODE_DEPOSED -> awaitNode(fault.node()).resume();
      case REDIS_KILLED, REDIS_EMPTIED, REDIS_REWOUND -> redis.startAgain();
      case REDIS_STOPPED -> redis.resume();
      case NODE_KILLED, SESSIONS_ENDED, POSTGRES_KILLED, POSTGRES_STOPPED -> {}
    }
  }

  private void endSessions() throws SQLException {
    answers.rows(
        "SELECT to_jsonb(pg_terminate_backend(pid))::text FROM pg_stat_activity"
            + " WHERE application_name LIKE 'rowcast%'");
  }

  /** Waits until both gateways are there. */
  void settle() {
    for (int node = 0; node < NODES; node++) {
      awaitNode(node);
    }
  }

  /** Writes a last row, and gives the position at which it is told. */
  Position mark() throws InterruptedException {
    var deadline = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() - deadline < 0) {
      try {
        var marked = markOnce();
        if (marked.isPresent()) {
          return marked.get();
        }
      } catch (IOException | SQLException away) {
        Pause.of(Duration.ofMillis(20));
      }
    }
    throw new IllegalStateException("nothing is told of what is written, for " + PATIENCE);
  }

  private Optional<Position> markOnce() throws IOException, SQLException, InterruptedException {
    var before = page("table=public.done");
    if (before.isEmpty()) {
      Pause.of(Duration.ofMillis(20));
      // By the log there is a first position only when there was a change.
      answers.execute(List.of("INSERT INTO done DEFAULT VALUES"));
      return Optional.empty();
    }
    var id =
        answers.ask(connection -> {
          try (var statement = connection.createStatement();
              var row = statement.executeQuery("INSERT INTO done DEFAULT VALUES RETURNING id")) {
            row.next();
            return row.getInt(1);
          }
        });
    var after = page("table=public.done&wait=5&since=" + before.get().path("position").asString());
    return after.flatMap(page ->
        page.path("events")
            .valueStream()
            .filter(event -> event.path("key").path("id").asInt() == id)
            .findFirst()
            .flatMap(event -> Position.parse(event.path("position").asString())));
  }

  /** Waits until what {@code rowcast.position()} says can be gone on from. */
  void awaitPosition() throws InterruptedException {
    var deadline = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() - deadline < 0) {
      try {
        var rendered =
            answers.rendered(new Wish(Table.ORDERS, "", "FALSE", List.of(), false).select());
        var page = page("table=public.done" + Places.query(Optional.of(rendered.position())));
        if (page.isPresent() && !page.get().has("reset")) {
          return;
        }
        answers.execute(List.of("INSERT INTO done DEFAULT VALUES"));
      } catch (IOException | SQLException away) {
        // It is waited for.
      }
      Pause.of(Duration.ofMillis(50));
    }
    throw new IllegalStateException("rowcast.position() is of no use, for " + PATIENCE);
  }

  private Optional<JsonNode> page(String query) throws IOException {
    var answer = PageSubscription.get(() -> connect(new SplittableRandom(), false), query);
    return answer.status() == 200
        ? Optional.of(FoldedRows.JSON.readTree(answer.body()))
        : Optional.empty();
  }

  /** The log that there is now; empty when nobody can say. */
  Optional<String> epoch() {
    try {
      return page("table=public.done")
          .flatMap(page -> Position.parse(page.path("position").asString()))
          .map(Position::epoch);
    } catch (IOException away) {
      return Optional.empty();
    }
  }

  @Override
  public void close() throws SQLException {
    redis.resume();
    postgres.resume();
    for (int node = 0; node < NODES; node++) {
      var begun = starting[node];
      if (begun != null) {
        begun.handle((_, _) -> 0).join();
      }
      var process = nodes.get(node);
      if (process != null) {
        process.kill();
      }
    }
    answers.close();
    redis.close();
    postgres.close();
  }

  private static void copyTree(Path from, Path to) {
    try (var files = Files.walk(from)) {
      for (var file : (Iterable<Path>) files::iterator) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void deleteTree(Path folder) {
    if (!Files.exists(folder)) {
      return;
    }
    try (var files = Files.walk(folder)) {
      for (var file : (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
