package dev.rowcast.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.base.Secret;
import dev.rowcast.base.Ticker;
import dev.rowcast.embedded.EmbeddedPostgres;
import dev.rowcast.embedded.EmbeddedRedis;
import dev.rowcast.embedded.GatewayProcess;
import dev.rowcast.embedded.PostgresOptions;
import dev.rowcast.embedded.RedisOptions;
import dev.rowcast.message.Position;
import dev.rowcast.redis.RedisPipe;
import dev.rowcast.redis.RedisReply;
import dev.rowcast.redis.RedisTarget;
import dev.rowcast.redis.RedisTimes;
import dev.rowcast.testing.EventSource;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The promise of the feed, under fire: rows inserted by four writers while leaders are killed (kill
 * -9), and one is stopped in its tracks (SIGSTOP) and woken when another has taken over. The stream
 * holds every row of the table once and none twice, each entry behind the one it names, in one
 * epoch; and a reader at {@code /live} that is cut off again and again and resumes with
 * Last-Event-ID sees every row once.
 */
final class FeedLossIT {
  private static final int ROWS = Integer.getInteger("rowcast.feed.rows", 30_000);
  private static final int KILLS = Math.clamp(ROWS / 100_000, 1, 8);
  private static final int AT_ONCE = 100;
  private static final int WRITERS = 4;
  private static final Duration PATIENCE = Duration.ofMinutes(Math.max(2, ROWS / 50_000));
  private static final Pattern ID = Pattern.compile("\"key\":\\{\"id\":(\\d+)}");

  private static final String EPOCHS = "rowcast_feed_epochs_total";

  private final List<GatewayProcess> gateways = new CopyOnWriteArrayList<>();
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicInteger written = new AtomicInteger();
  private volatile int allowed;

  @ParameterizedTest
  @ValueSource(strings = {"wal", "triggers"})
  void everyRowIsInTheFeedOnceThoughLeadersAreKilledAndStopped(String mode, @TempDir Path folder)
      throws Exception {
    var reader = new Reader();
    try (var postgres = EmbeddedPostgres.start(PostgresOptions.forTests());
        var redis = EmbeddedRedis.start(RedisOptions.DEFAULTS)) {
      execute(postgres, "CREATE TABLE item (id bigint PRIMARY KEY, v text NOT NULL)");
      var config = config(folder, mode, postgres.url(), redis.url());
      GatewayProcess.run(folder, "migrate", "apply", "-c", config);
      gateways.add(GatewayProcess.serve(folder, "-c", config));
      gateways.add(GatewayProcess.serve(folder, "-c", config));
      awaitLeader();
      var reading = Thread.ofPlatform().name("reader").start(reader::run);
      await("a place").atMost(PATIENCE).until(() -> reader.lastId != null);
      var epoch = Position.parse(String.valueOf(reader.lastId)).orElseThrow().epoch();
      assertThat(gateways.stream().mapToDouble(each -> each.metric(EPOCHS)).sum()).isEqualTo(1);

      var writers = write(postgres);
      for (int kill = 1; kill <= KILLS; kill++) {
        writeHalfOfPart(kill);
        replaceLeader(folder, config);
      }
      writeHalfOfPart(KILLS + 1);
      stopAndWakeLeader(mode, postgres);
      for (var writer : writers) {
        writer.join();
      }
      assertThat(written.get()).isEqualTo(ROWS);

      var read = readsAll(reader);
      assertEachOnce(redis, epoch);
      assertThat(read).as("the reader has come to the end").isTrue();
      reader.stopped = true;
      gateways.forEach(GatewayProcess::close);
      reading.join();
      assertThat(reader.faults).isEmpty();
      assertThat(reader.seen.cardinality()).isEqualTo(ROWS);
      System.out.printf(
          "%s: %,d rows, %d leaders killed, 1 stopped and woken: 0 lost, 0 twice in the feed; a"
              + " reader of %d connections saw each once%n",
          mode, ROWS, KILLS, reader.connections.get());
    } finally {
      reader.stopped = true;
      gateways.forEach(GatewayProcess::resume);
      gateways.forEach(GatewayProcess::close);
    }
  }

  private static boolean readsAll(Reader reader) {
    try {
      await("the reader has come to the end")
          .atMost(PATIENCE)
          .until(() -> reader.seen.cardinality() == ROWS || !reader.faults.isEmpty());
      return reader.faults.isEmpty();
    } catch (ConditionTimeoutException stuck) {
      return false;
    }
  }

  /** Reads the whole stream by XRANGE, as anybody can; it is the one that there was first. */
  private static void assertEachOnce(EmbeddedRedis redis, String epoch) throws Exception {
    var target = RedisTarget.parse(new Secret(redis.url()), Optional.empty());
    var seen = new BitSet(ROWS);
    var wrong = new ArrayList<String>();
    var previous = "";
    try (var pipe = RedisPipe.open(target, RedisTimes.DEFAULTS, "check", Ticker.SYSTEM)) {
      assertThat(pipe.ask("HGET", "{loss:p0}:feed", "epoch").text()).isEqualTo(epoch);
      var stream = "{loss:p0}:feed:" + epoch;
      var entries = pipe.ask("XRANGE", stream, "-", "+", "COUNT", "20").parts();
      while (!entries.isEmpty()) {
        var id = "";
        for (var entry : entries) {
          id = entry.parts().get(0).text();
          var fields = entry.parts().get(1).parts();
          if (!previous.isEmpty() && !fields.get(1).text().equals(previous)) {
            wrong.add(id + " names " + fields.get(1).text() + " and follows " + previous);
          }
          previous = last(id, fields, seen, wrong);
        }
        entries = pipe.ask("XRANGE", stream, "(" + id, "+", "COUNT", "20").parts();
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(seen.cardinality()).as("rows in the feed").isEqualTo(ROWS);
  }

  /** Notes the changes of an entry and gives its last position. */
  private static String last(String id, List<RedisReply> fields, BitSet seen, List<String> wrong)
      throws IOException {
    var last = id;
    for (int i = 0; i < fields.size(); i += 2) {
      var name = fields.get(i).text();
      if (Character.isDigit(name.charAt(0))) {
        last = id.substring(0, id.indexOf('-') + 1) + name;
        var row = id(fields.get(i + 1).text());
        if (seen.get(row)) {
          wrong.add("row " + row + " is there twice, again at " + last);
        }
        seen.set(row);
      }
    }
    return last;
  }

  private static int id(String event) {
    var matcher = ID.matcher(event);
    if (!matcher.find()) {
      throw new AssertionError(event);
    }
    return Integer.parseInt(matcher.group(1));
  }

  /** A page that is cut off every few thousand events, and whenever its gateway dies. */
  private final class Reader {
    final BitSet seen = new BitSet(ROWS);
    final List<String> faults = new CopyOnWriteArrayList<>();
    final AtomicInteger connections = new AtomicInteger();
    volatile @Nullable String lastId;
    volatile boolean stopped;

    void run() {
      while (!stopped) {
        var turn = connections.getAndIncrement();
        try {
          read(gateways.get(turn % gateways.size()).address());
        } catch (IOException | IndexOutOfBoundsException | IllegalStateException away) {
          LockSupport.parkNanos(20_000_000);
        }
      }
    }

    private void read(URI address) throws IOException {
      var events = 0;
      try (var stream =
          EventSource.open(address, "table=public.item", Optional.ofNullable(lastId))) {
        while (!stopped && stream.status().contains("200") && events < ROWS / 10) {
          var event = stream.next().orElse(null);
          if (event == null) {
            return;
          }
          lastId = event.id();
          switch (event.type()) {
            case "insert" -> {
              events++;
              note(id(event.data()), event);
            }
            case "position" -> {}
            default -> faults.add("unexpected: " + event);
          }
        }
      }
    }

    private void note(int row, EventSource.Event event) {
      if (seen.get(row)) {
        faults.add("twice: " + event);
      }
      seen.set(row);
    }
  }

  private List<Thread> write(EmbeddedPostgres postgres) {
    var writers = new ArrayList<Thread>();
    for (int writer = 0; writer < WRITERS; writer++) {
      writers.add(
          Thread.ofVirtual().name("writer").start(() -> write(postgres.jdbcUrl("postgres"))));
    }
    return writers;
  }

  private void write(String url) {
    try (var connection = DriverManager.getConnection(url);
        var insert =
            connection.prepareStatement(
                "INSERT INTO item SELECT n, 'v' || n FROM generate_series(?, ?) AS n")) {
      for (var from = next.getAndAdd(AT_ONCE); from < ROWS; from = next.getAndAdd(AT_ONCE)) {
        while (from >= allowed) {
          LockSupport.parkNanos(1_000_000);
        }
        insert.setInt(1, from);
        insert.setInt(2, from + AT_ONCE - 1);
        insert.executeUpdate();
        written.addAndGet(AT_ONCE);
      }
    } catch (SQLException failed) {
      throw new IllegalStateException(failed);
    }
  }

  /** Lets the writers write the next part, and returns when half of it is there. */
  private void writeHalfOfPart(int part) {
    var before = allowed;
    allowed = part > KILLS ? ROWS : ROWS / (KILLS + 1) * part / AT_ONCE * AT_ONCE;
    var half = before + (allowed - before) / 2;
    await(half + " rows")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> written.get() >= half);
  }

  private GatewayProcess awaitLeader() {
    return await("a leader").atMost(PATIENCE).until(this::leader, Objects::nonNull);
  }

  private void replaceLeader(Path folder, String config) {
    var leader = awaitLeader();
    leader.kill();
    gateways.remove(leader);
    gateways.add(GatewayProcess.serve(folder, "-c", config));
  }

  private void stopAndWakeLeader(String mode, EmbeddedPostgres postgres) throws SQLException {
    var stopped = awaitLeader();
    stopped.pause();
    gateways.remove(stopped);
    if (mode.equals("triggers")) {
      // What its lease does after at most 30 s; by the log it is 3 s.
      execute(
          postgres,
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
              + " WHERE application_name LIKE 'rowcast%'");
    }
    awaitLeader();
    stopped.resume();
    gateways.add(stopped);
  }

  private @Nullable GatewayProcess leader() {
    return gateways.stream()
        .filter(gateway -> gateway.metric("rowcast_capture_leader") == 1)
        .findFirst()
        .orElse(null);
  }

  private static String config(Path folder, String mode, String database, String redis)
      throws IOException {
    var file = folder.resolve("rowcast.yaml");
    try (var in = FeedLossIT.class.getResourceAsStream("loss.yaml")) {
      var text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      Files.writeString(
          file,
          text.replace("@DATABASE@", database).replace("@REDIS@", redis).replace("@MODE@", mode));
    }
    return file.toString();
  }

  private static void execute(EmbeddedPostgres postgres, String sql) throws SQLException {
    try (var connection = DriverManager.getConnection(postgres.jdbcUrl("postgres"));
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
