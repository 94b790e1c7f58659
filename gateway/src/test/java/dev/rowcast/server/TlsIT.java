package dev.rowcast.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.rowcast.auth.Identities;
import dev.rowcast.observe.Health;
import dev.rowcast.testing.TestCertificate;
import dev.rowcast.testing.WireClient;
import dev.rowcast.testing.WireClient.Ended;
import dev.rowcast.testing.WireClient.Frame;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real certificates, real TLS clients. */
@Timeout(120)
final class TlsIT {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final String ROOM = "/ws/room?subscribe-broadcast&publish-broadcast&echo";

  @TempDir private Path folder;
  private Path certificateFile;
  private Path keyFile;

  @BeforeEach
  void name() {
    certificateFile = folder.resolve("chain.pem");
    keyFile = folder.resolve("key.pem");
  }

  private TestCertificate certificate(String name) throws Exception {
    return TestCertificate.make(folder, name, "EC", "-1d", 30);
  }

  private Rig rig() {
    var usual = Rig.settings(Rig.limits(100, Duration.ofSeconds(5)));
    return new Rig(
        new ServerSettings(
            usual.listen(),
            usual.websocket(),
            usual.limits(),
            usual.proxies(),
            usual.transport(),
            Optional.of(new TlsSettings(certificateFile, keyFile)),
            usual.admin(),
            usual.drain()),
        Identities.NONE);
  }

  private static WireClient client(Rig rig, TestCertificate trusted)
      throws IOException, GeneralSecurityException {
    var socket = (SSLSocket) trusted.trusting().createSocket("127.0.0.1", rig.server.port());
    var parameters = socket.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return WireClient.over(socket);
  }

  private static String said(WireClient client) throws IOException {
    while (client.next(SOON) instanceof Frame frame) {
      if (frame.opcode() == Frame.CLOSE) {
        return "close " + frame.closeCode().orElse(0);
      }
      if (!frame.asText().equals("--heartbeat--")) {
        return frame.asText();
      }
    }
    return "nothing";
  }

  private static Health.Report tls(Rig rig) {
    return rig.health.reports().stream()
        .filter(report -> report.part().equals("tls"))
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(strings = {"RSA", "EC", "Ed25519"})
  void aWebSocketSpeaksTls(String algorithm) throws Exception {
    var certificate = TestCertificate.make(folder, "one", algorithm, "-1d", 30);
    certificate.writeTo(certificateFile, keyFile);
    try (var rig = rig();
        var client = client(rig, certificate)) {
      var large = "x".repeat(60_000);
      var origin = "Origin: https://127.0.0.1:" + rig.server.port();

      assertThat(client.upgrade(ROOM, origin).status()).isEqualTo(101);
      for (int i = 0; i < 50; i++) {
        client.text(i + large);
        assertThat(said(client)).isEqualTo(i + large);
      }
      client.sendClose(1000, "");
      assertThat(said(client)).isEqualTo("close 1000");
      assertThat(client.next(SOON)).isEqualTo(new Ended());

      try (var other = client(rig, certificate)) {
        var plain = origin.replace("https", "http");
        assertThat(other.upgrade(ROOM, plain).status()).isEqualTo(403);
      }
    }
  }

  @Test
  void aNewCertificateServesNewConnectionsAndOpenOnesStay() throws Exception {
    var before = certificate("before");
    var after = certificate("after");
    before.writeTo(certificateFile, keyFile);
    try (var rig = rig();
        var open = client(rig, before)) {
      assertThat(open.upgrade(ROOM).status()).isEqualTo(101);

      after.writeTo(certificateFile, keyFile);
      rig.server.reload();

      try (var next = client(rig, after)) {
        assertThat(next.upgrade(ROOM).status()).isEqualTo(101);
        rig.publish("room", "to both");
        assertThat(said(open)).isEqualTo("to both");
        assertThat(said(next)).isEqualTo("to both");
      }
      assertThatThrownBy(() -> client(rig, before)).isInstanceOf(SSLHandshakeException.class);
    }
  }

  @Test
  void changedFilesAreNoticedWithoutBeingTold() throws Exception {
    var before = certificate("before");
    var after = certificate("after");
    before.writeTo(certificateFile, keyFile);
    try (var rig = rig()) {
      client(rig, before).close();

      after.writeTo(certificateFile, keyFile);

      await()
          .atMost(SOON)
          .ignoreException(SSLHandshakeException.class)
          .until(() -> {
            client(rig, after).close();
            return true;
          });
    }
  }

  @Test
  void aBadNewCertificateKeepsTheOldOneAndSaysSo() throws Exception {
    var good = certificate("good");
    var expired = TestCertificate.make(folder, "expired", "EC", "-10d", 1);
    var other = certificate("other");
    good.writeTo(certificateFile, keyFile);
    try (var rig = rig()) {
      expired.writeTo(certificateFile, keyFile);
      rig.server.reload();
      assertThat(tls(rig).detail()).contains("the old certificate stays").contains("is valid from");
      client(rig, good).close();

      other.writeTo(folder.resolve("unused.pem"), keyFile);
      rig.server.reload();
      assertThat(tls(rig).detail()).contains("is not that of the certificate");
      client(rig, good).close();

      TestCertificate.replace(keyFile, "-----BEGIN RSA PRIVATE KEY-----\nAA==\n");
      rig.server.reload();
      assertThat(tls(rig).detail()).contains("openssl pkcs8");
      Files.delete(certificateFile);
      rig.server.reload();
      assertThat(tls(rig))
          .satisfies(report -> assertThat(report.detail()).contains("cannot be read"));
      client(rig, good).close();
      assertThat(rig.health.isReady()).isTrue();

      other.writeTo(certificateFile, keyFile);
      rig.server.reload();
      client(rig, other).close();
      assertThat(tls(rig).detail()).startsWith("valid until");
    }
  }

  @Test
  void whatIsNoTlsEndsWithoutAWordAndHalfAHandshakeByTheDeadline() throws Exception {
    var certificate = certificate("one");
    certificate.writeTo(certificateFile, keyFile);
    try (var rig = rig();
        var healthy = client(rig, certificate)) {
      assertThat(healthy.upgrade(ROOM).status()).isEqualTo(101);
      var plain = rig.open();
      plain.raw("GET / HTTP/1.1\r\n\r\n".getBytes(ISO_8859_1));
      var half = rig.open();
      half.raw(new byte[] {0x16, 3, 1, 2, 0, 1});

      assertThat(untilTheEnd(plain)).isTrue();
      assertThat(untilTheEnd(half)).isTrue();
      assertThat(rig.metric("rowcast_handshakes_refused_total{cause=\"tls\"}")).isEqualTo(1);
      rig.publish("room", "still here");
      assertThat(said(healthy)).isEqualTo("still here");
    }
  }

  private static boolean untilTheEnd(WireClient client) throws IOException {
    for (int i = 0; i < 10 && !client.hasEnded(); i++) {
      client.next(SOON);
    }
    return client.hasEnded();
  }

  @Test
  void withoutAUsableCertificateTheServerDoesNotStart() throws Exception {
    certificate("one").writeTo(certificateFile, folder.resolve("of-one.pem"));
    certificate("two").writeTo(folder.resolve("of-two.pem"), keyFile);

    assertThatThrownBy(this::rig)
        .isInstanceOf(ServerException.class)
        .hasMessageStartingWith("tls: the key in ")
        .hasMessageContainingAll(
            List.of(keyFile.toString(), certificateFile.toString()).toArray(new String[0]));
  }
}
