package dev.rowcast.capture.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.base.DataSize;
import dev.rowcast.base.Glob;
import dev.rowcast.capture.CaptureSettings;
import dev.rowcast.capture.CaptureSettings.OldRow;
import dev.rowcast.embedded.EmbeddedPostgres;
import dev.rowcast.embedded.PostgresOptions;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

/**
 * The fuzzer's corpus of names, carried out by a real PostgreSQL: every write is captured under the
 * table's own name, and a table that some name would like to drop is still there.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class HostileNamesIT {
  private EmbeddedPostgres postgres;

  @BeforeAll
  void start() {
    postgres = EmbeddedPostgres.start(PostgresOptions.forTests());
  }

  @AfterAll
  void stop() {
    postgres.close();
  }

  static Stream<Path> corpus() throws IOException, URISyntaxException {
    var folder =
        Objects.requireNonNull(
            HostileNamesIT.class.getResource("TriggerSqlFuzzTestInputs/noNameGetsOutOfItsQuotes"));
    try (var files = Files.list(Path.of(folder.toURI()))) {
      return files.sorted().toList().stream();
    }
  }

  @Test
  void thereIsACorpus() throws Exception {
    assertThat(corpus().count()).isGreaterThan(5);
  }

  @ParameterizedTest
  @MethodSource("corpus")
  void everyWriteIsCapturedUnderItsOwnName(Path input) throws Exception {
    var table = HostileTable.of(Files.readAllBytes(input));
    var database = CapturedDatabase.create(postgres);
    database.execute("CREATE TABLE victim (id int PRIMARY KEY)", create(table));

    database.apply(
        new CaptureSettings(
            CaptureSettings.Mode.TRIGGERS,
            CaptureSettings.DEFAULTS.migrate(),
            List.of(
                new CaptureSettings.TableRule(
                    List.of(new Glob("public.*")),
                    List.of(),
                    List.of(),
                    List.of(),
                    (table.options() & 2) == 0 ? OldRow.KEY : OldRow.ALL)),
            DataSize.ofKibibytes(64),
            false));
    var name = HostileTable.identifier(table.table());
    var key = HostileTable.identifier(table.columns().getFirst());
    database.execute(
        "INSERT INTO " + name + " (" + key + ") VALUES ('a'), ('b')",
        "UPDATE " + name + " SET " + key + " = 'c' WHERE " + key + " = 'a'",
        "DELETE FROM " + name,
        "INSERT INTO victim VALUES (1)");

    var events =
        database.outbox().stream().map(line -> JsonMapper.shared().readTree(line)).toList();
    assertThat(events).hasSizeGreaterThanOrEqualTo(4);
    assertThat(events.stream().map(event -> event.get("table").stringValue()).distinct())
        .containsExactly("public." + table.table(), "public.victim");
    assertThat(events.getFirst().get("payload").get(0).propertyNames())
        .containsExactlyInAnyOrderElementsOf(table.columns());
  }

  private static String create(HostileTable table) {
    return table.columns().stream()
        .map(HostileTable::identifier)
        .collect(
            Collectors.joining(
                " text, ",
                "CREATE TABLE " + HostileTable.identifier(table.table()) + " (",
                " text, PRIMARY KEY ("
                    + HostileTable.identifier(table.columns().getFirst())
                    + "))"));
  }
}
