package dev.rowcast.capture.wal;

import static dev.rowcast.capture.migrate.CapturedDatabase.all;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.capture.migrate.CapturedDatabase;
import dev.rowcast.change.CapturedBatch;
import dev.rowcast.embedded.EmbeddedPostgres;
import dev.rowcast.embedded.PostgresOptions;
import dev.rowcast.testing.CaptureRun;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server replaced by an older copy of itself: its slot looks whole, and its log is another. */
@Timeout(180)
final class RestoredDatabaseIT {

  @Test
  void aServerThatWentBackInTimeBeginsANewEpoch(@TempDir Path folder) throws Exception {
    var data = folder.resolve("data");
    var copy = folder.resolve("copy");
    try (var server = EmbeddedPostgres.start(PostgresOptions.forTests().in(data))) {
      var database = CapturedDatabase.create(server);
      database.execute("CREATE TABLE t (id int PRIMARY KEY, v text)");
      var settings = database.byLog(all());
      database.apply(settings);
      try (var run = database.log(settings)) {
        database.execute("INSERT INTO t VALUES (1)", "SELECT rowcast.publish('one', '1')");
        run.awaitMessage("one");
        server.stop();
        run("cp", "-a", data.toString(), copy.toString());
        server.startAgain();
        database.execute(
            "INSERT INTO t SELECT i, repeat('x', 100) FROM generate_series(2, 20000) i",
            "SELECT rowcast.publish('two', '1')");
        run.awaitMessage("two");
        assertThat(epochs(run)).isEqualTo(1);

        server.stop();
        run("rm", "-rf", data.toString());
        run("mv", copy.toString(), data.toString());
        server.startAgain();
        await()
            .atMost(Duration.ofSeconds(60))
            .until(() -> run.metric("rowcast_capture_epochs_total") == 1 && run.leads());
        database.execute("INSERT INTO t VALUES (2)", "SELECT rowcast.publish('three', '1')");
        run.awaitMessage("three");

        assertThat(epochs(run)).isEqualTo(2);
      }
    }
  }

  private static long epochs(CaptureRun run) {
    return run.batches().stream().map(CapturedBatch::epoch).distinct().count();
  }

  private static void run(String... command) throws IOException, InterruptedException {
    var process = new ProcessBuilder(command).inheritIO().start();
    assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
  }
}
