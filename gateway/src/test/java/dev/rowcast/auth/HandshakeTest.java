package dev.rowcast.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class HandshakeTest {

  private static Handshake handshake(String query, String... cookies) {
    return new Handshake(
        "/ws/room", query, Map.of("cookie", List.of(cookies)), InetAddress.getLoopbackAddress());
  }

  @Test
  void cookiesAreReadAsDjangoReadsThem() {
    var handshake = handshake("", "a=1; b=\"two words\";c = 3 ", "a=4; flag; =none");

    assertThat(handshake.cookie("a")).contains("4");
    assertThat(handshake.cookie("b")).contains("two words");
    assertThat(handshake.cookie("c")).contains("3");
    assertThat(handshake.cookie("flag")).isEmpty();
    assertThat(handshake.cookie("d")).isEmpty();
  }

  @Test
  void aParameterIsDecodedOnce() {
    assertThat(handshake("echo&t=a%2Bb%2526").parameter("t")).contains("a+b%26");
    assertThat(handshake("t=%zz").parameter("t")).isEmpty();
    assertThat(handshake("tt=1").parameter("t")).isEmpty();
  }

  @Test
  void nothingSecretShows() {
    assertThat(handshake("t=secret", "sessionid=secret").toString()).isEqualTo("/ws/room");
  }
}
