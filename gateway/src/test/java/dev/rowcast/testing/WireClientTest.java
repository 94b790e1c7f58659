package dev.rowcast.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.testing.WireClient.Ended;
import dev.rowcast.testing.WireClient.Frame;
import dev.rowcast.testing.WireClient.Silence;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WireClientTest {
  private static final Duration LONG = Duration.ofSeconds(5);
  private static final Duration SHORT = Duration.ofMillis(20);

  private ServerSocket listener;
  private WireClient client;
  private Socket server;

  @BeforeEach
  void connect() throws IOException {
    listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    client =
        WireClient.open(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.getLocalPort()));
    server = listener.accept();
  }

  @AfterEach
  void disconnect() throws IOException {
    client.close();
    server.close();
    listener.close();
  }

  @Test
  void masksAsTheExampleOfTheRfc() throws IOException {
    client.text("Hello");

    assertThat(server.getInputStream().readNBytes(11))
        .isEqualTo(HexFormat.of().parseHex("818537fa213d7f9f4d5158"));
  }

  @Test
  void computesTheAcceptValueOfTheRfc() {
    assertThat(WireClient.acceptFor(WireClient.SAMPLE_KEY))
        .isEqualTo("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  }

  @Test
  void keepsHalfAFrameForTheNextRead() throws IOException {
    byte[] frame = Frame.text("x".repeat(300)).encoded();

    server.getOutputStream().write(frame, 0, 100);
    assertThat(client.next(SHORT)).isEqualTo(new Silence());
    server.getOutputStream().write(frame, 100, frame.length - 100);

    assertThat(client.next(LONG)).isEqualTo(Frame.text("x".repeat(300)));
  }

  @Test
  void readsEveryLengthForm() throws IOException {
    for (int size : new int[] {0, 125, 126, 65535, 65536}) {
      var payload = new byte[size];
      Arrays.fill(payload, (byte) 7);
      var frame = new Frame(false, 5, Frame.BINARY, true, payload);

      server.getOutputStream().write(frame.encoded());

      assertThat(client.next(LONG)).isEqualTo(frame);
    }
  }

  @Test
  void takesTheHeadOfTheAnswerAndLeavesTheFrameBehindIt() throws IOException {
    server
        .getOutputStream()
        .write("HTTP/1.1 101 Web\r\nUpgrade: WebSocket\r\n\r\n".getBytes(ISO_8859_1));
    server.getOutputStream().write(Frame.text("first").encoded());

    var answer = client.upgrade("/ws/", "Sec-WebSocket-Version: 8", "Cookie: a=b");

    assertThat(answer.status()).isEqualTo(101);
    assertThat(answer.header("upgrade")).contains("WebSocket");
    assertThat(client.next(LONG)).isEqualTo(Frame.text("first"));
    var asked = new String(server.getInputStream().readNBytes(100), ISO_8859_1);
    assertThat(asked).startsWith("GET /ws/ HTTP/1.1\r\n").doesNotContain("Version: 13");
  }

  @Test
  void tellsACloseFrameFromTheEnd() throws IOException {
    server.getOutputStream().write(HexFormat.of().parseHex("880603e9676f6e65"));
    server.close();

    assertThat(client.next(LONG))
        .isInstanceOfSatisfying(
            Frame.class,
            frame -> {
              assertThat(frame.closeCode()).contains(1001);
              assertThat(frame.closeReason()).isEqualTo("gone");
            });
    assertThat(client.next(LONG)).isEqualTo(new Ended());
    assertThat(client.hasEnded()).isTrue();
  }
}
