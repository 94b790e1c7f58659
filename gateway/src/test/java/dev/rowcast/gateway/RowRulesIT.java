package dev.rowcast.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.auth.jwt.TokenMint;
import dev.rowcast.base.Secret;
import dev.rowcast.capture.migrate.Migration;
import dev.rowcast.config.Configuration;
import dev.rowcast.config.Sources;
import dev.rowcast.embedded.EmbeddedPostgres;
import dev.rowcast.embedded.PostgresOptions;
import dev.rowcast.postgres.Database;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Who may see which rows of a table, and what becomes of a reader whose table is altered. */
@Timeout(300)
final class RowRulesIT {
  private static final String SECRET = "a secret of forty characters for a test.";
  private static final JsonMapper JSON = JsonMapper.shared();

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  @TempDir private Path folder;
  private EmbeddedPostgres server;
  private Database database;
  private Gateway gateway;

  @BeforeEach
  void start() throws Exception {
    server = EmbeddedPostgres.start(PostgresOptions.forTests());
    var file =
        Files.writeString(
            folder.resolve("rowcast.yaml"),
            """
            listen: 127.0.0.1:0
            drain: 0s
            database: { url: "%s" }
            capture:
              mode: triggers
              tables:
                - { match: public.note, old-row: all }
            auth:
              jwt: { secret: "%s", clock-skew: 0s }
            live:
              tables:
                - match: public.note
                  require: authenticated
                  columns: [id, text, status]
                  rows: "or=(owner.eq.{user.id},tenant.in.({claims.tenants}))"
            """
                .formatted(server.url("postgres"), SECRET));
    var configuration = Configuration.load(new Sources(Optional.of(file), Map.of(), List.of()));
    database = new Database(configuration.gateway().database().orElseThrow());
    execute(
        "CREATE TYPE mood AS ENUM ('open', 'done')",
        "CREATE TABLE note (id int PRIMARY KEY, owner text, tenant int, text text, status mood,"
            + " secret text)");
    new Migration(database, configuration.gateway().capture()).apply();
    gateway = new Gateway(configuration.gateway());
    gateway.start();
    execute("INSERT INTO note VALUES (0, 'nobody', 0, 'the first', 'open', 's')");
    awaitLog();
  }

  @AfterEach
  void stop() {
    gateway.close();
    server.close();
  }

  @Test
  void everybodySeesTheirOwnRowsAndNoOthers() throws Exception {
    execute(
        "INSERT INTO note VALUES (1, 'ann', 1, 'a', 'open', 's'), (2, 'bob', 2, 'b', 'open', 's'),"
            + " (3, 'bob', 3, 'c', 'open', 's')");
    var ann = page(token("ann", "1"), "since=snapshot");
    var bob = page(token("bob", "1", "9"), "since=snapshot");

    assertThat(ann.get("rows").findValuesAsString("id")).containsExactlyInAnyOrder("1");
    assertThat(bob.get("rows").findValuesAsString("id")).containsExactlyInAnyOrder("1", "2", "3");
    assertThat(bob.toString()).doesNotContain("secret", "owner", "tenant");

    execute(
        "UPDATE note SET owner = 'ann' WHERE id = 2", "UPDATE note SET tenant = 5 WHERE id = 1");
    execute("UPDATE note SET owner = 'zoe' WHERE id = 1", "DELETE FROM note WHERE id = 3");

    assertThat(told(token("ann", "1"), ann)).containsExactly("insert 2", "update 1", "leave 1");
    assertThat(told(token("bob", "1", "9"), bob)).containsExactly("leave 2", "leave 1", "delete 3");
  }

  @Test
  void whoIsNobodyOrAsksForWhatIsHiddenIsRefused() throws Exception {
    assertThat(get(null, "").statusCode()).isEqualTo(401);
    assertThat(get(token("ann", "1"), "&secret=eq.s").statusCode()).isEqualTo(403);
    assertThat(get(token("ann", "1"), "&columns=owner").statusCode()).isEqualTo(403);
    assertThat(get(token("ann", "x"), "").statusCode()).isEqualTo(403);
    assertThat(get(token("ann", "1"), "&status=eq.lost").body()).contains("one of its labels");
  }

  @Test
  void whoFiltersATableThatIsAlteredIsToldToReload() throws Exception {
    var token = token("ann", "1");
    var place = page(token, "since=snapshot").get("position").asString();
    execute("ALTER TYPE mood ADD VALUE 'late' BEFORE 'done'");

    var answer = page(token, "wait=50&status=gt.open&since=" + encoded(place));

    assertThat(answer.path("reset").asString()).isEqualTo("schema");
    execute("INSERT INTO note VALUES (7, 'ann', 1, 'late', 'late', 's')");
    assertThat(page(token, "wait=50&status=gt.open&since=" + encoded(place)).get("events"))
        .hasSize(1);
  }

  /** Types and keys of the three events after a page. */
  private List<String> told(String token, JsonNode page) throws Exception {
    var events = new ArrayList<String>();
    var since = page.get("position").asString();
    while (events.size() < 3) {
      var next = page(token, "wait=20&since=" + encoded(since));
      for (var event : next.get("events")) {
        events.add(event.get("type").asString() + " " + event.path("key").path("id").asString());
      }
      since = next.get("position").asString();
    }
    return events;
  }

  private void awaitLog() {
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> get(token("ann", "1"), "&since=snapshot").statusCode() != 503);
  }

  private JsonNode page(String token, String query) throws Exception {
    var answer = get(token, "&" + query);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body());
  }

  private HttpResponse<String> get(@Nullable String token, String query) throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create(gateway.url() + "/live?table=public.note" + query))
            .timeout(Duration.ofMinutes(1));
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static String token(String user, String... tenants) {
    var expiry = InstantSource.system().instant().getEpochSecond() + 600;
    return new TokenMint(new Secret(SECRET), Optional.empty(), Optional.empty())
        .mint(
            "{\"sub\":\"%s\",\"exp\":%d,\"tenants\":[\"%s\"]}"
                .formatted(user, expiry, String.join("\",\"", tenants)));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8);
  }

  private void execute(String... statements) throws SQLException {
    try (var connection = database.open("a test");
        var statement = connection.createStatement()) {
      for (var sql : statements) {
        statement.execute(sql);
      }
    }
  }
}
