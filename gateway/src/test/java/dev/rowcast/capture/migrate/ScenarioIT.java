package dev.rowcast.capture.migrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

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
 * Runs every file of {@code scenarios/}: its statements leave exactly its outbox, on the newest and
 * on the oldest PostgreSQL.
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
        .map(script -> dynamicTest(script.name(), () -> leavesItsOutbox(server, script)))
        .onClose(server::close);
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
