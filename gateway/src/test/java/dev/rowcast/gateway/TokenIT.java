package dev.rowcast.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.auth.jwt.TokenMint;
import dev.rowcast.base.Secret;
import dev.rowcast.config.Configuration;
import dev.rowcast.config.Sources;
import dev.rowcast.testing.WireClient;
import dev.rowcast.testing.WireClient.Frame;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole gateway, and clients with tokens. */
final class TokenIT {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final String SECRET = "a shared secret of more than 32 bytes";
  private static final String MINE = "/ws/desk?subscribe-user&publish-user&echo";

  @TempDir private Path folder;

  private final List<WireClient> clients = new ArrayList<>();
  private Gateway gateway;

  @BeforeEach
  void start() throws IOException {
    var file =
        Files.writeString(
            folder.resolve("rowcast.yaml"),
            """
            listen: 127.0.0.1:0
            websocket: { heartbeat-every: 100ms }
            access:
              facilities:
                - match: desk
                  for: authenticated
                  allow: [subscribe-user, publish-user]
            auth:
              jwt: { secret: %s, clock-skew: 0s, audience: desk }
            """
                .formatted(SECRET));
    var configuration = Configuration.load(new Sources(Optional.of(file), Map.of(), List.of()));
    gateway = new Gateway(configuration.gateway());
    gateway.start();
  }

  @AfterEach
  void stop() throws IOException {
    for (var client : clients) {
      client.close();
    }
    gateway.close();
  }

  private static String token(String user, long seconds) {
    var expiry = InstantSource.system().instant().getEpochSecond() + seconds;
    return new TokenMint(new Secret(SECRET), Optional.empty(), Optional.empty())
        .mint("{\"sub\":\"" + user + "\",\"aud\":\"desk\",\"exp\":" + expiry + "}");
  }

  private WireClient connect(String... headers) throws IOException {
    var port = gateway.endpoint().port();
    var client = WireClient.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    clients.add(client);
    assertThat(client.upgrade(MINE, headers).status()).isEqualTo(101);
    return client;
  }

  private static Frame next(WireClient client) throws IOException {
    return (Frame) client.next(SOON);
  }

  @Test
  void aTokenOpensItsUsersChannelAndNobodyElses() throws IOException {
    var ann = connect("Authorization: Bearer " + token("ann", 600));
    var annToo = connect("Sec-WebSocket-Protocol: rowcast.ws, rowcast.jwt." + token("ann", 600));
    var bob = connect("Authorization: Bearer " + token("bob", 600));

    ann.text("for ann");
    bob.text("for bob");

    assertThat(next(ann).asText()).isEqualTo("for ann");
    assertThat(next(annToo).asText()).isEqualTo("for ann");
    assertThat(next(bob).asText()).isEqualTo("for bob");
  }

  @Test
  void theConnectionEndsWithItsTokenAndADeadOneIsToldSo() throws IOException {
    var token = token("ann", 3);
    var client = connect("Authorization: Bearer " + token);

    assertThat(next(client).closeCode()).contains(4501);
    assertThat(next(connect("Authorization: Bearer " + token)).closeCode()).contains(4501);
    assertThat(next(connect("Sec-WebSocket-Protocol: x, rowcast.jwt.junk")).closeCode())
        .contains(4401);
  }
}
