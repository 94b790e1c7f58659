package dev.rowcast.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.testing.WireClient;
import dev.rowcast.testing.WireClient.Frame;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A gateway that may open few files: it refuses early, keeps whom it has, and survives having none.
 */
@Timeout(180)
final class DescriptorsIT {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final String ROOM = "/ws/room?subscribe-broadcast&publish-broadcast";

  @TempDir private Path folder;

  private static WireClient open(String address) throws IOException {
    var uri = URI.create(address);
    return WireClient.open(new InetSocketAddress(uri.getHost(), uri.getPort()));
  }

  private static void exchange(List<WireClient> clients, String text) throws IOException {
    clients.getFirst().text(text);
    for (var client : clients.subList(1, clients.size())) {
      assertThat(client.next(SOON)).isEqualTo(Frame.text(text));
    }
  }

  @Test
  void theLimitOfDescriptorsRefusesNewcomersEarlyAndHarmsNobodyElse() throws Exception {
    var config =
        Files.writeString(
            folder.resolve("rowcast.yaml"),
            """
            listen: 127.0.0.1:0
            redis: none
            access: {facilities: [{match: room, allow: [subscribe-broadcast, publish-broadcast]}]}
            """);
    var clients = new ArrayList<WireClient>();
    try (var rowcast =
        RowcastProcess.startWithFiles(folder, 500, "serve", "-c", config.toString())) {
      var address = rowcast.awaitReady();
      rowcast.awaitLog("this process may open too few files for it");
      var status = 101;
      while (status == 101 && clients.size() < 500) {
        var client = open(address);
        status = client.upgrade(ROOM).status();
        if (status == 101) {
          clients.add(client);
        } else {
          client.close();
        }
      }
      assertThat(status).isEqualTo(503);
      assertThat(clients).hasSizeBetween(100, 450);
      exchange(clients, "before the crowd");

      var crowd = new ArrayList<WireClient>();
      for (int i = 0; i < 600; i++) {
        crowd.add(open(address));
      }
      exchange(clients, "in the crowd");
      for (var client : crowd) {
        client.close();
      }
      assertThat(rowcast.err()).doesNotContain("cannot be accepted");

      rowcast.allowFiles(10);
      var late = open(address);
      rowcast.awaitLog("a connection cannot be accepted");
      exchange(clients, "with no descriptor left");
      clients.removeLast().close();

      rowcast.allowFiles(500);
      await()
          .atMost(SOON)
          .ignoreException(SocketTimeoutException.class)
          .until(() -> {
            try (var client = open(address)) {
              return client.upgrade(ROOM).status() == 101;
            }
          });
      exchange(clients, "afterwards");
      late.close();
      assertThat(rowcast.err().lines().filter(line -> line.contains("cannot be accepted")))
          .hasSizeLessThan(5);
      assertThat(rowcast.err()).doesNotContain("\tat ");
      rowcast.signal("TERM");
      assertThat(rowcast.awaitExit()).isZero();
    } finally {
      for (var client : clients) {
        client.close();
      }
    }
  }
}
