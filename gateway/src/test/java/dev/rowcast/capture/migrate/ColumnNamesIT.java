package dev.rowcast.capture.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.base.DataSize;
import dev.rowcast.base.Glob;
import dev.rowcast.base.Secret;
import dev.rowcast.capture.CaptureSettings;
import dev.rowcast.capture.CaptureSettings.Migrate;
import dev.rowcast.capture.CaptureSettings.Mode;
import dev.rowcast.capture.CaptureSettings.OldRow;
import dev.rowcast.capture.CaptureSettings.TableRule;
import dev.rowcast.embedded.EmbeddedPostgres;
import dev.rowcast.embedded.PostgresOptions;
import dev.rowcast.postgres.Database;
import dev.rowcast.postgres.DatabaseSettings;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.json.JsonMapper;

/**
 * A writer's columns may be called what the trigger functions call their variables. The demo's
 * table rodan_runjob has a column "step": every INSERT into it failed with "column reference is
 * ambiguous".
 */
final class ColumnNamesIT {
  private static final List<String> NAMES =
      Stream.of(
              "base total bytes step written done place careful under_way payload truncated channel"
                  + " source op seq chunk larges rows x i n r q s p k o old new")
          .flatMap(names -> Stream.of(names.split(" ")))
          .toList();

  @ParameterizedTest
  @EnumSource(OldRow.class)
  void everyWriteSucceedsAndIsHeard(OldRow oldRow) throws Exception {
    try (var postgres = EmbeddedPostgres.start(PostgresOptions.forTests())) {
      var database =
          new Database(
              new DatabaseSettings(new Secret(postgres.url()), Optional.empty()), Map.of());
      execute(database, "CREATE TABLE homonyms (id int PRIMARY KEY, " + columns(" text") + ")");
      new Migration(database, settings(oldRow)).apply();
      execute(database, "INSERT INTO homonyms (id) VALUES (1)");
      execute(database, "INSERT INTO homonyms (id) SELECT generate_series(2, 5000)");
      execute(database, "UPDATE homonyms SET total = 'new', step = 'new' WHERE id < 3000");
      execute(database, "UPDATE homonyms SET id = -id WHERE id < 100");
      execute(database, "DELETE FROM homonyms WHERE id > 2000");
      assertThat(heard(database)).isEqualTo(5000 + 2999 + 99 + 3000);
    }
  }

  private static CaptureSettings settings(OldRow oldRow) {
    var rule =
        new TableRule(
            List.of(new Glob("public.homonyms")), List.of(), List.of(), List.of(), oldRow);
    return new CaptureSettings(
        Mode.TRIGGERS, Migrate.VERIFY, List.of(rule), DataSize.ofMebibytes(1), false);
  }

  private static String columns(String type) {
    return NAMES.stream().map(name -> '"' + name + '"' + type).collect(Collectors.joining(", "));
  }

  private static void execute(Database database, String sql) throws SQLException {
    try (var connection = database.open("test");
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static long heard(Database database) throws SQLException {
    try (var connection = database.open("test");
        var statement = connection.createStatement();
        var rows =
            statement.executeQuery(
                "SELECT op, payload FROM rowcast.outbox ORDER BY seq LIMIT 100000")) {
      var changes = 0L;
      while (rows.next()) {
        changes += elements(rows.getString("payload"));
      }
      return changes;
    }
  }

  private static long elements(String payload) {
    return payload.startsWith("{") ? 1 : JsonMapper.shared().readTree(payload).size();
  }
}
