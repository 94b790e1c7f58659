package dev.rowcast.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class SessionKeysTest {
  private static final Identity ANN =
      new Identity(Optional.of("ann"), List.of("staff"), Optional.of("k"));
  private static final Handshake HANDSHAKE =
      new Handshake("/ws/a", "", Map.of(), InetAddress.getLoopbackAddress());

  private static Identity identified(SessionKeys keys) {
    var identities =
        new Identities(
            List.of(_ -> Recognition.Known.lasting(ANN)),
            new IdentitySettings(Duration.ofMinutes(1), keys),
            () -> Instant.EPOCH);
    return ((Recognition.Known) identities.identify(HANDSHAKE)).identity();
  }

  @Test
  void aRawKeyIsItself() {
    assertThat(identified(SessionKeys.RAW)).isEqualTo(ANN);
  }

  @Test
  void aHashedKeyIsItsSha256InHex() {
    assertThat(identified(SessionKeys.HASHED).sessionKey())
        .contains("8254c329a92850f6d539dd376f4816ee2764517da5e0235514af433164480d7a");
    assertThat(identified(SessionKeys.HASHED).user()).contains("ann");
  }
}
