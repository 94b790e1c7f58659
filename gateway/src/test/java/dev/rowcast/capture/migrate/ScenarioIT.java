package dev.rowcast.capture.migrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.rowcast.change.RowChange;
import dev.rowcast.embedded.EmbeddedPostgres;
import dev.rowcast.embedded.PostgresOptions;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Runs every file of {@code scenarios/}, on the newest and on the oldest PostgreSQL: its statements
 * leave exactly its outbox, and the log tells the same events in the same order.
 */
class ScenarioIT {

  @TestFactory
  Stream<DynamicTest> onPostgres18() {
    return on(18);
  }

  @TestFactory
  Stream<DynamicTest> onPostgres13() {
    return on(13);
  }

  private static Stream<DynamicTest> on(int version) {
    var server = EmbeddedPostgres.start(PostgresOptions.forTests().version(version));
    return scripts().stream()
        .filter(script -> script.oldestVersion() <= version)
        .flatMap(script ->
            Stream.of(
                dynamicTest(script.name(), () -> leavesItsOutbox(server, script)),
                dynamicTest(script.name() + " by log", () -> isToldByLog(server, script))))
        .onClose(server::close);
  }

  private static void isToldByLog(EmbeddedPostgres server, ScenarioScript script)
      throws InterruptedException {
    var database = CapturedDatabase.create(server);
    database.execute(script.tables());
    var settings = database.byLog(script.settings());
    var applied = database.apply(settings);
    if (script.isRefusedByLog()) {
      assertThat(applied.plan().refused()).hasSize(1);
    } else {
      assertThat(applied.isComplete()).isTrue();
      try (var run = database.log(settings)) {
        database.execute(script.statements());
        database.execute("SELECT rowcast.publish('the end', '0')");
        run.awaitMessage("the end");

        assertThat(run.changes().stream().map(EventLine::of).toList())
            .containsExactlyElementsOf(expected(database, script, server.version()));
      }
    }
    database.migration(settings).drop();
  }

  private static List<String> expected(
      CapturedDatabase database, ScenarioScript script, int version) {
    var keys = database.keys();
    var end = Stream.of(EventLine.of(new RowChange.Published("the end", "0")));
    var lines =
        script
            .log(version)
            .map(own -> own.stream().flatMap(line -> EventLine.ofOutbox(line).stream()))
            .orElseGet(() ->
                script.outbox().stream()
                    .flatMap(line ->
                        (script.hasOldRows()
                                ? EventLine.ofOutbox(line)
                                : EventLine.ofOutbox(line, keys))
                            .stream()));
    return Stream.concat(lines, end).toList();
  }

  private static void leavesItsOutbox(EmbeddedPostgres server, ScenarioScript script) {
    var database = CapturedDatabase.create(server);
    database.execute(script.tables());
    assertThat(database.apply(script.settings()).isComplete()).isTrue();

    database.execute(script.statements());

    assertThat(database.outbox()).containsExactlyElementsOf(script.outbox());
  }

  private static List<ScenarioScript> scripts() {
    try (var files = Files.list(folder())) {
      return files.sorted().map(ScenarioScript::read).toList();
    } catch (IOException | URISyntaxException unreadable) {
      throw new AssertionError(unreadable);
    }
  }

  private static Path folder() throws URISyntaxException {
    var folder = ScenarioIT.class.getResource("scenarios");
    assertThat(folder).isNotNull();
    return Path.of(folder.toURI());
  }
}
