package dev.rowcast.protocol;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class UpgradeTest {
  private static final String REQUEST =
      """
      GET /ws/rodan?subscribe-broadcast HTTP/1.1
      Host: localhost
      Upgrade: WebSocket
      Connection: keep-alive, Upgrade
      Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
      Sec-WebSocket-Version: 13

      """
          .replace("\n", "\r\n");

  private static Upgrade answer(String request) {
    var parsed = HttpHead.parse(request.getBytes(ISO_8859_1), 20);
    assertThat(parsed).isInstanceOf(HttpHead.Parsed.Read.class);
    return Upgrade.of(((HttpHead.Parsed.Read) parsed).head(), true);
  }

  @Test
  void provesThatItReadTheKey() {
    var accepted = (Upgrade.Accepted) answer(REQUEST);

    assertThat(new String(accepted.response(), ISO_8859_1))
        .isEqualTo(
            """
            HTTP/1.1 101 Switching Protocols
            Upgrade: websocket
            Connection: Upgrade
            Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=
            Sec-WebSocket-Version: 13

            """
                .replace("\n", "\r\n"));
  }

  @Test
  void answersTheFirstSubprotocolOffered() {
    var request = REQUEST.replace("Host:", "Sec-WebSocket-Protocol: one, two\r\nHost:");

    assertThat(((Upgrade.Accepted) answer(request)).subprotocol()).hasValue("one");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "permessage-deflate | true",
        "permessage-deflate; client_max_window_bits; server_no_context_takeover | true",
        "x-webkit-deflate-frame, permessage-deflate; client_max_window_bits=10 | true",
        "permessage-deflate; server_max_window_bits=10 | false",
        "permessage-deflate; server_max_window_bits=10, permessage-deflate | true",
        "permessage-deflate; unknown | false",
        "permessage-bzip | false",
      })
  void answersAnOfferOfCompressionItCanFulfil(String offer, boolean agreed) {
    var request = REQUEST.replace("Host:", "Sec-WebSocket-Extensions: " + offer + "\r\nHost:");

    assertThat(((Upgrade.Accepted) answer(request)).extension().isPresent()).isEqualTo(agreed);
  }

  @ParameterizedTest
  @CsvSource({
    "GET /, POST /, 400",
    "HTTP/1.1, HTTP/1.0, 400",
    "Upgrade: WebSocket, Upgrade: h2c, 400",
    "Upgrade: WebSocket, X: y, 400",
    "Sec-WebSocket-Version: 13, X: y, 426",
    "Sec-WebSocket-Version: 13, Sec-WebSocket-Version: 8, 400",
    "Sec-WebSocket-Version: 13, Sec-WebSocket-Version: 14, 400",
    "dGhlIHNhbXBsZSBub25jZQ==, c2hvcnQ=, 400",
    "dGhlIHNhbXBsZSBub25jZQ==, dGhlIHNhbXBsZSBub25jZQ=, 400",
    "Sec-WebSocket-Key, X-Key, 400",
    "Host: localhost, Content-Length: 5, 400",
  })
  void refuses(String what, String instead, int status) {
    assertThat(answer(REQUEST.replace(what, instead)))
        .isInstanceOfSatisfying(
            Upgrade.Refused.class, refused -> assertThat(refused.status()).isEqualTo(status));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /",
        "GET / HTTP/1.1\r\nA: b",
        "GET / HTTP/2.0\r\n\r\n",
        "GET  / HTTP/1.1\r\n\r\n",
        "GET x HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nA : b\r\n\r\n",
        "GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n",
        "GET / HTTP/1.1\r\nA: b\nC: d\r\n\r\n",
        "GET / HTTP/1.1\r\nA: \u0000\r\n\r\n",
      })
  void refusesAMalformedHead(String head) {
    assertThat(HttpHead.parse(head.getBytes(ISO_8859_1), 20))
        .isEqualTo(new HttpHead.Parsed.Malformed(400, "malformed request"));
  }

  @Test
  void refusesAMillionHeaders() {
    var head = "GET / HTTP/1.1\r\n" + "A: b\r\n".repeat(21) + "\r\n";

    assertThat(HttpHead.parse(head.getBytes(ISO_8859_1), 20))
        .isEqualTo(new HttpHead.Parsed.Malformed(431, "too many headers"));
  }

  @Test
  void anyBytesGiveARequestOrARefusal() {
    var random = new Random(11);
    for (int round = 0; round < 5_000; round++) {
      var bytes = REQUEST.getBytes(ISO_8859_1);
      for (int i = random.nextInt(4); i >= 0; i--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }

      switch (HttpHead.parse(bytes, 20)) {
        case HttpHead.Parsed.Read(var head) -> assertThat(Upgrade.of(head, true)).isNotNull();
        case HttpHead.Parsed.Malformed(var status, _) -> assertThat(status).isIn(400, 431);
      }
    }
  }
}
