package dev.rowcast.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.testing.Healthy;
import dev.rowcast.testing.WireClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A gateway with little memory, most of it taken by last values. */
@Timeout(240)
final class HeapPressureIT {
  private static final String TOKEN = "a-token-for-tests-only";

  /** More than this heap holds, less than the values that are kept at most. */
  private static final int MOST = 1_800;

  @TempDir private Path folder;

  private static WireClient.Answer knock(InetSocketAddress gateway) throws IOException {
    try (var client = WireClient.open(gateway)) {
      return client.upgrade("/ws/room?subscribe-broadcast");
    }
  }

  private static void publish(HttpClient http, URI address, int value, String text)
      throws Exception {
    var order = "{\"facility\":\"value-%d\",\"text\":\"%s\"}".formatted(value, text);
    var request =
        HttpRequest.newBuilder(address.resolve("/api/publish"))
            .header("Authorization", "Bearer " + TOKEN)
            .header("Content-Type", "application/json")
            .timeout(Duration.ofSeconds(30))
            .POST(HttpRequest.BodyPublishers.ofString(order))
            .build();
    assertThat(http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode())
        .isEqualTo(200);
  }

  @Test
  void newcomersAreRefusedWhileTheHeapIsNearlyFullAndNobodyElseNoticesIt() throws Exception {
    var file =
        Files.writeString(
            folder.resolve("rowcast.yaml"),
            """
            listen: 127.0.0.1:0
            redis: none
            admin: {token: %s}
            access:
              facilities: [{match: '*', allow: [subscribe-broadcast, publish-broadcast]}]
            """
                .formatted(TOKEN));
    try (var rowcast =
            RowcastProcess.start(
                folder,
                Map.of("JDK_JAVA_OPTIONS", "-Xmx64m -XX:+ExitOnOutOfMemoryError"),
                "serve",
                "-c",
                file.toString());
        var http = HttpClient.newHttpClient()) {
      var address = URI.create(rowcast.awaitReady());
      var gateway = new InetSocketAddress(address.getHost(), address.getPort());
      try (var healthy = Healthy.at(gateway)) {
        var value = "x".repeat(32 * 1024);
        var values = 0;
        var answer = knock(gateway);
        while (answer.status() == 101 && values < MOST) {
          publish(http, address, values++, value);
          answer = knock(gateway);
        }
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.header("Retry-After")).contains("5");
        assertThat(rowcast.err()).contains("the heap is nearly full");
        for (int more = 0; more < 40; more++) {
          publish(http, address, values++, value);
        }
        healthy.hearOn();
        assertThat(knock(gateway).status()).isEqualTo(503);

        for (int i = 0; i < values; i++) {
          publish(http, address, i, "x");
        }
        await("newcomers")
            .atMost(Duration.ofSeconds(60))
            .until(() -> knock(gateway).status() == 101);
        assertThat(rowcast.err()).contains("memory is free again");
        healthy.haveHeardEverything();
      }
      rowcast.signal("TERM");
      assertThat(rowcast.awaitExit()).isZero();
    }
  }
}
