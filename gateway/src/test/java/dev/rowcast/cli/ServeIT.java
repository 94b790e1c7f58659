package dev.rowcast.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.embedded.EmbeddedPostgres;
import dev.rowcast.embedded.EmbeddedRedis;
import dev.rowcast.embedded.PostgresOptions;
import dev.rowcast.embedded.RedisOptions;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code rowcast serve} and its neighbours as processes, against a real PostgreSQL and Redis. */
final class ServeIT {
  private static final String[] ALONE = {"serve", "--listen", "127.0.0.1:0", "--redis", "none"};

  @TempDir private Path folder;

  @Test
  void sigtermEndsWithZeroAndSaysTheBusIsAlone() throws Exception {
    try (var rowcast = RowcastProcess.start(folder, ALONE)) {
      var address = rowcast.awaitReady();

      assertThat(status(address + "/health/live")).isEqualTo(200);
      assertThat(status(address + "/health/ready")).isEqualTo(200);
      assertThat(body(address + "/metrics")).contains("rowcast_");
      rowcast.signal("TERM");

      assertThat(rowcast.awaitExit()).isZero();
      assertThat(rowcast.err())
          .contains("no database is configured")
          .contains("no Redis is configured")
          .contains("stopping on SIGTERM");
      assertThat(rowcast.out().lines()).containsExactly("rowcast ready " + address);
    }
  }

  @Test
  void interruptionEndsWith130() throws Exception {
    try (var rowcast = RowcastProcess.start(folder, ALONE)) {
      rowcast.awaitReady();

      rowcast.signal("INT");

      assertThat(rowcast.awaitExit()).isEqualTo(ExitCode.INTERRUPTED);
    }
  }

  @Test
  void aWrongConfigurationEndsWithTwoAndNoStack() throws Exception {
    var file = Files.writeString(folder.resolve("rowcast.yaml"), "lisen: x\nlive: now\n");
    try (var rowcast =
        RowcastProcess.start(
            folder, Map.of("ROWCAST_DRAIN", "soon"), "serve", "-c", file.toString())) {

      assertThat(rowcast.awaitExit()).isEqualTo(ExitCode.WRONG_USAGE);
      assertThat(rowcast.err().lines())
          .containsExactly(
              file + ":1: unknown key 'lisen'; did you mean 'listen'?",
              file + ":2: 'live' must be a block of keys",
              "environment ROWCAST_DRAIN: drain: 'soon' is not a time; write for example 250ms,"
                  + " 30s, 5m or 1h");
      assertThat(rowcast.out()).isEmpty();
    }
  }

  @Test
  void trainingPlaysAServerWithItsClientsAndEndsByItself() throws Exception {
    try (var rowcast = RowcastProcess.start(folder, "train")) {

      assertThat(rowcast.awaitExit()).isZero();
      assertThat(rowcast.err())
          .contains("subscriptions of Redis at 127.0.0.1:", "commands of Redis at 127.0.0.1:")
          .contains("listening on [127.0.0.1:")
          .doesNotContain("missing")
          .doesNotContain(" WARN ");
    }
  }

  @Test
  void aTakenPortEndsWithOneAndASentence() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        var rowcast =
            RowcastProcess.start(
                folder, "serve", "--listen", "127.0.0.1:" + taken.getLocalPort())) {

      assertThat(rowcast.awaitExit()).isEqualTo(ExitCode.FAILED);
      assertThat(rowcast.err()).contains("127.0.0.1:" + taken.getLocalPort());
      assertThat(rowcast.err()).doesNotContain("\tat ");
      assertThat(rowcast.out()).isEmpty();
    }
  }

  @Test
  void sighupTakesOverWhatItCanAndNamesTheRest() throws Exception {
    var file = Files.writeString(folder.resolve("rowcast.yaml"), "listen: 127.0.0.1:0\n");
    try (var rowcast = RowcastProcess.start(folder, "serve", "-c", file.toString())) {
      var address = rowcast.awaitReady();
      var webSocket = URI.create(address.replace("http", "ws") + "/ws/staff?subscribe-broadcast");
      assertThat(handshake(webSocket)).isEqualTo(101);

      Files.writeString(
          file,
          """
          listen: 127.0.0.1:0
          drain: 1s
          access:
            facilities:
              - {match: staff, for: group:staff, otherwise: refuse, allow: [subscribe-broadcast]}
          """);
      rowcast.signal("HUP");
      rowcast.awaitLog("needs a restart to take effect");

      assertThat(rowcast.err())
          .contains("drain: 2s became 1s")
          .contains("access.facilities: [] became [{match: staff")
          .contains(
              "access: new, as entry 1: staff for members of the group staff:"
                  + " subscribe-broadcast; else 403");
      assertThat(handshake(webSocket)).isEqualTo(403);

      Files.writeString(file, "lisen: nowhere\n");
      rowcast.signal("HUP");
      rowcast.awaitLog("the new configuration is refused, the old one stays");
      assertThat(handshake(webSocket)).isEqualTo(403);
    }
  }

  @Test
  void aCommittedRowReachesAListenerThroughRedis() throws Exception {
    try (var postgres = EmbeddedPostgres.start(PostgresOptions.forTests());
        var redis = EmbeddedRedis.start(RedisOptions.DEFAULTS)) {
      execute(postgres, "CREATE TABLE orders (id int PRIMARY KEY, status text)");
      var file =
          Files.writeString(
              folder.resolve("rowcast.yaml"),
              """
              listen: 127.0.0.1:0
              database: {url: "%s"}
              redis: {url: "%s", prefix: shop}
              capture: {migrate: apply, tables: [{match: public.orders}]}
              routes: [{tables: public.orders, facility: orders}]
              """
                  .formatted(postgres.url(), redis.url()));
      var config = file.toString();

      try (var before = RowcastProcess.start(folder, "migrate", "verify", "-c", config)) {
        assertThat(before.awaitExit()).isEqualTo(ExitCode.FAILED);
        assertThat(before.out()).contains("public.orders");
      }
      try (var sick = RowcastProcess.start(folder, "doctor", "-c", config)) {
        assertThat(sick.awaitExit()).isEqualTo(ExitCode.FAILED);
        assertThat(sick.out()).contains("BAD   captured tables: ").contains("ok    redis: ");
      }
      try (var rowcast = RowcastProcess.start(folder, "serve", "-c", config)) {
        var address = rowcast.awaitReady();
        rowcast.awaitLog("captured as configured");
        var url = address.replace("http", "ws") + "/ws/orders?subscribe-broadcast";
        try (var listener =
            RowcastProcess.start(folder, "listen", url, "--count", "2", "--timeout", "60")) {
          await("the listener")
              .atMost(Duration.ofSeconds(30))
              .until(() -> connections(address) > 0);

          execute(postgres, "INSERT INTO orders VALUES (7, 'open')");
          await("the row").atMost(Duration.ofSeconds(20)).until(() -> !listener.out().isEmpty());
          try (var publisher =
              RowcastProcess.start(folder, "publish", "orders", "hello", "-c", config)) {
            assertThat(publisher.awaitExit()).as(publisher.err()).isZero();
          }

          assertThat(listener.awaitExit()).as(listener.err()).isZero();
          var lines = listener.out().lines().toList();
          assertThat(lines.getFirst()).contains("orders").contains("open");
          assertThat(lines.getLast()).isEqualTo("hello");
        }
        try (var healthy = RowcastProcess.start(folder, "doctor", "-c", config)) {
          assertThat(healthy.awaitExit()).as(healthy.out()).isZero();
        }
        rowcast.signal("TERM");
        assertThat(rowcast.awaitExit()).isZero();
      }
    }
  }

  @Test
  void doctorNamesARedisThatMayDamageItsStreams() throws Exception {
    for (var bytes : new String[] {"1", "4096"}) {
      try (var redis =
          EmbeddedRedis.start(RedisOptions.DEFAULTS.with("--stream-node-max-bytes", bytes))) {
        var file =
            Files.writeString(
                folder.resolve("rowcast.yaml"),
                "redis: {url: \"%s\"}\nlive: {tables: [{match: public.orders}]}\n"
                    .formatted(redis.url()));

        try (var doctor = RowcastProcess.start(folder, "doctor", "-c", file.toString())) {
          doctor.awaitExit();
          assertThat(doctor.out().contains("XADD may damage a stream"))
              .as(doctor.out() + doctor.err())
              .isEqualTo(bytes.equals("4096"));
        }
      }
    }
  }

  @Test
  void aTableThatTheApplicationCreatesAgainIsCapturedAgain() throws Exception {
    try (var postgres = EmbeddedPostgres.start(PostgresOptions.forTests())) {
      execute(postgres, "CREATE TABLE orders (id int PRIMARY KEY)");
      var file =
          Files.writeString(
              folder.resolve("rowcast.yaml"),
              """
              listen: 127.0.0.1:0
              database: {url: "%s"}
              capture: {migrate: apply, tables: [{match: public.orders}]}
              """
                  .formatted(postgres.url()));
      try (var rowcast = RowcastProcess.start(folder, "serve", "-c", file.toString())) {
        rowcast.awaitReady();
        rowcast.awaitLog("captured as configured");

        execute(postgres, "DROP TABLE orders; CREATE TABLE orders (id int PRIMARY KEY)");
        rowcast.signal("HUP");
        await("the triggers")
            .atMost(Duration.ofSeconds(30))
            .until(() -> rowcast.err().split("triggers put right", -1).length > 2);

        try (var verify =
            RowcastProcess.start(folder, "migrate", "verify", "-c", file.toString())) {
          assertThat(verify.awaitExit()).as(verify.out()).isZero();
        }
      }
    }
  }

  @Test
  void differencesThatMayOnlyBeReportedTurnReadinessToAWarning() throws Exception {
    try (var postgres = EmbeddedPostgres.start(PostgresOptions.forTests())) {
      execute(postgres, "CREATE TABLE orders (id int PRIMARY KEY)");
      try (var rowcast =
          RowcastProcess.start(
              folder,
              "serve",
              "--listen",
              "127.0.0.1:0",
              "--database",
              postgres.url(),
              "--set",
              "capture.tables=[{match: public.orders}]")) {
        var address = rowcast.awaitReady();

        rowcast.awaitLog("'rowcast migrate apply' puts it right");

        assertThat(body(address + "/health/ready")).contains("triggers");
        assertThat(body(address + "/metrics"))
            .containsPattern("(?m)^rowcast_triggers_differences [1-9]");
      }
    }
  }

  private static void execute(EmbeddedPostgres postgres, String sql) throws Exception {
    try (var connection = DriverManager.getConnection(postgres.jdbcUrl("postgres"));
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static double connections(String address) throws Exception {
    return body(address + "/metrics")
        .lines()
        .filter(line -> line.startsWith("rowcast_connections "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  private static int handshake(URI webSocket) {
    try (var client = HttpClient.newHttpClient()) {
      try {
        client
            .newWebSocketBuilder()
            .buildAsync(webSocket, new WebSocket.Listener() {})
            .join()
            .abort();
        return 101;
      } catch (CompletionException e) {
        if (e.getCause() instanceof WebSocketHandshakeException refused) {
          return refused.getResponse().statusCode();
        }
        throw e;
      }
    }
  }

  private static int status(String url) throws Exception {
    return get(url).statusCode();
  }

  private static String body(String url) throws Exception {
    return get(url).body();
  }

  private static HttpResponse<String> get(String url) throws Exception {
    try (var client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
    }
  }
}
