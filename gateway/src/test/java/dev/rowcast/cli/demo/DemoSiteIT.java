package dev.rowcast.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.embedded.EmbeddedPostgres;
import dev.rowcast.embedded.PostgresOptions;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The page's little REST API answers from the database, and changes it for its own page only. */
final class DemoSiteIT {
  private static final String PROJECT = "5a7d0c1e000040008000000000000001";

  private static EmbeddedPostgres postgres;
  private static DemoDatabase database;
  private static DemoSite site;

  @BeforeAll
  static void start() throws SQLException {
    postgres = EmbeddedPostgres.start(PostgresOptions.forTests());
    database = new DemoDatabase(() -> DriverManager.getConnection(postgres.jdbcUrl("postgres")));
    database.prepare();
    site =
        new DemoSite(
            database, DemoLines.of("psql postgresql://h/d", 6379, "rodan:broadcast:rodan"));
  }

  @AfterAll
  static void stop() {
    database.close();
    postgres.close();
  }

  @Test
  void aRunIsInsertedFoundCancelledAndDeleted() {
    assertThat(site.post("/demo/run/insert", "", true).status()).isEqualTo(200);
    var run =
        models("").stream()
            .filter(it -> it.path("model").asString().equals("workflowrun"))
            .findFirst()
            .orElseThrow();
    var uuid = run.path("uuid").asString();
    assertThat(run.path("row").path("uuid").asString().replace("-", "")).isEqualTo(uuid);
    assertThat(run.path("row").path("status").asInt()).isZero();

    assertThat(site.post("/demo/run/cancel", "uuid=" + uuid, true).status()).isEqualTo(200);
    assertThat(models("workflowrun=" + uuid).getFirst().path("row").path("status").asInt())
        .isEqualTo(9);

    assertThat(site.post("/demo/run/delete", "uuid=" + uuid, true).status()).isEqualTo(200);
    assertThat(models("workflowrun=" + uuid)).isEmpty();
  }

  @Test
  void rowsAreFoundByModelAndUuid() {
    var found = models("project=" + PROJECT + "," + "0".repeat(32) + "&workflow=" + PROJECT);
    assertThat(found).hasSize(1);
    assertThat(found.getFirst().path("row").path("name").asString())
        .isEqualTo("Salzinnes Antiphonal");
  }

  @Test
  void nothingIsChangedWithoutTheHeaderOrAUuid() {
    var before = models("");
    assertThat(site.post("/demo/run/insert", "", false).status()).isEqualTo(403);
    assertThat(site.post("/demo/run/delete", "", true).status()).isEqualTo(400);
    assertThat(site.post("/demo/run/delete", "uuid=' OR true --", true).status()).isEqualTo(400);
    assertThat(models("")).isEqualTo(before);
  }

  @Test
  void unknownModelsAndTokensAreNotServed() throws SQLException {
    assertThat(models("tempauthtoken=" + PROJECT)).isEmpty();
    assertThat(site.get("/demo/rows", "project=" + (PROJECT + ",").repeat(201)).status())
        .isEqualTo(400);
  }

  @Test
  void theFilesOfThePageAreThere() {
    for (var path : DemoSite.paths()) {
      var answer = site.get(path, "");
      assertThat(answer.status()).as(path).isEqualTo(200);
      assertThat(answer.body()).as(path).isNotEmpty();
    }
    assertThat(site.get("/demo/about", "").body())
        .contains("redis-cli -p 6379 PUBLISH rodan:broadcast:rodan");
  }

  private static List<JsonNode> models(String query) {
    return JsonMapper.shared()
        .readTree(site.get("/demo/rows", query).body())
        .valueStream()
        .toList();
  }
}
