package dev.rowcast.benchmarks;

import dev.rowcast.embedded.GatewayProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * How long a committed change takes to a WebSocket client while nothing else happens: by triggers
 * or by the log, through Redis, one update at a time with pauses long enough for the gateway to
 * fall asleep.
 *
 * <p>The clock starts when COMMIT is sent, so the flush of PostgreSQL's log is part of the figure,
 * and again when COMMIT has returned, which leaves it out; both are printed.
 */
final class CommitLatency {
  private CommitLatency() {}

  /** {@code [samples] [triggers|wal]}, 1,000 and triggers if not given. */
  public static void main(String[] args) throws Exception {
    var samples = args.length > 0 ? Integer.parseInt(args[0]) : 1_000;
    var mode = args.length > 1 ? args[1] : "triggers";
    var folder = Files.createTempDirectory("rowcast-latency");
    try (var postgres =
            BenchmarkServers.postgres(
                Map.of("fsync", "on", "wal_level", mode.equals("wal") ? "logical" : "replica"));
        var redis = BenchmarkServers.redis()) {
      var database = "postgres";
      try (var connection = DriverManager.getConnection(postgres.jdbcUrl(database))) {
        connection.createStatement().execute(BenchmarkServers.resource("capture-tables.sql"));
      }
      var config = folder.resolve("rowcast.yaml");
      Files.writeString(
          config,
          BenchmarkServers.resource("capture.yaml")
              .replace("@MODE@", mode)
              .replace("@DATABASE@", postgres.url(database))
              .replace("@REDIS@", redis.url()));
      GatewayProcess.run(folder, "migrate", "apply", "-c", config.toString());
      try (var gateway = GatewayProcess.serve(folder, "-c", config.toString());
          var connection = DriverManager.getConnection(postgres.jdbcUrl(database))) {
        var arrivals = listen(gateway.address());
        measure(connection, arrivals, 1_000, new Histogram(3), new Histogram(3));
        var fromSent = new Histogram(3);
        var fromReturned = new Histogram(3);
        measure(connection, arrivals, samples, fromSent, fromReturned);
        System.out.println(
            "| commit to WebSocket, idle, " + mode + ", n = " + samples + " | p50 | p99 | max |");
        System.out.println("|---|---|---|---|");
        System.out.println(row("from COMMIT sent, ms", fromSent));
        System.out.println(row("from COMMIT returned, ms", fromReturned));
      }
    }
  }

  private static void measure(
      java.sql.Connection connection,
      BlockingQueue<Arrival> arrivals,
      int samples,
      Histogram fromSent,
      Histogram fromReturned)
      throws SQLException, InterruptedException {
    var random = RandomGenerator.getDefault();
    connection.setAutoCommit(false);
    for (int sample = 0; sample < samples; sample++) {
      TimeUnit.MILLISECONDS.sleep(80 + random.nextInt(60));
      arrivals.clear();
      try (var update =
          connection.prepareStatement("UPDATE account SET version = version + 1 WHERE id = ?")) {
        update.setInt(1, 1 + random.nextInt(20_000));
        update.executeUpdate();
      }
      var sent = System.nanoTime();
      connection.commit();
      var returned = System.nanoTime();
      var arrival = arrivals.poll(5, TimeUnit.SECONDS);
      if (arrival == null) {
        throw new IllegalStateException("sample " + sample + " never arrived: the run is void");
      }
      fromSent.recordValue(arrival.nanos() - sent);
      fromReturned.recordValue(Math.max(0, arrival.nanos() - returned));
    }
  }

  private static String row(String title, Histogram histogram) {
    return String.format(
        Locale.ROOT,
        "| %s | %.2f | %.2f | %.2f |",
        title,
        histogram.getValueAtPercentile(50) / 1e6,
        histogram.getValueAtPercentile(99) / 1e6,
        histogram.getMaxValue() / 1e6);
  }

  private record Arrival(long nanos) {}

  private static BlockingQueue<Arrival> listen(URI gateway) {
    var arrivals = new LinkedBlockingQueue<Arrival>();
    var address = URI.create("ws://" + gateway.getAuthority() + "/ws/bench?subscribe-broadcast");
    HttpClient.newHttpClient()
        .newWebSocketBuilder()
        .buildAsync(
            address,
            new WebSocket.Listener() {
              @Override
              public @Nullable CompletionStage<?> onText(
                  WebSocket socket, CharSequence data, boolean last) {
                if (data.length() > 0 && data.charAt(0) == '{') {
                  arrivals.add(new Arrival(System.nanoTime()));
                }
                socket.request(1);
                return null;
              }

              @Override
              public void onError(WebSocket socket, Throwable error) {
                throw new UncheckedIOException(new IOException(error));
              }
            })
        .join();
    return arrivals;
  }
}
