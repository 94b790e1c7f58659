package dev.rowcast.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.testing.Healthy;
import dev.rowcast.testing.WireClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A gateway whose log can be written nowhere, for the disk is full. */
@Timeout(180)
final class FullDiskIT {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final String ROOM = "/ws/room?subscribe-broadcast";

  @TempDir private Path folder;

  private static int status(InetSocketAddress gateway) throws IOException {
    try (var client = WireClient.open(gateway)) {
      return client.upgrade(ROOM).status();
    }
  }

  private static String config(String otherwise) {
    return """
    listen: 127.0.0.1:0
    redis: none
    log: {level: debug}
    access:
      facilities:
        - {match: room, for: group:nobody, otherwise: %s, allow: [subscribe-broadcast]}
        - {match: '*', allow: [subscribe-broadcast, publish-broadcast]}
    """
        .formatted(otherwise);
  }

  @Test
  void aFullDiskCostsTheLogAndNothingElse() throws Exception {
    var file = Files.writeString(folder.resolve("rowcast.yaml"), config("drop"));
    try (var rowcast = RowcastProcess.startWithFullDisk(folder, "serve", "-c", file.toString())) {
      var uri = URI.create(rowcast.awaitReady());
      var gateway = new InetSocketAddress(uri.getHost(), uri.getPort());
      try (var healthy = Healthy.at(gateway)) {
        assertThat(status(gateway)).isEqualTo(101);

        Files.writeString(file, config("refuse"));
        rowcast.signal("HUP");
        await("what the log would tell").atMost(SOON).until(() -> status(gateway) == 403);

        Files.writeString(file, config("drop"));
        rowcast.signal("HUP");
        await("newcomers").atMost(SOON).until(() -> status(gateway) == 101);
        healthy.haveHeardEverything();
      }
      rowcast.signal("TERM");
      assertThat(rowcast.awaitExit()).isZero();
      assertThat(rowcast.err()).isEmpty();
    }
  }
}
