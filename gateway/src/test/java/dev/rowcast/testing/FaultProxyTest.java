package dev.rowcast.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rowcast.testing.FaultProxy.Direction;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FaultProxyTest {
  private ServerSocket server;
  private FaultProxy proxy;
  private Socket client;

  @BeforeEach
  void startEcho() throws IOException {
    server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    Thread.startVirtualThread(() -> {
      while (!server.isClosed()) {
        try {
          var accepted = server.accept();
          Thread.startVirtualThread(() -> echo(accepted));
        } catch (IOException _) {
          return;
        }
      }
    });
    proxy = FaultProxy.before("127.0.0.1", server.getLocalPort());
    client = connect();
  }

  @AfterEach
  void stop() throws IOException {
    client.close();
    proxy.close();
    server.close();
  }

  @Test
  void forwardsAndRecords() throws IOException {
    proxy.record();

    assertThat(echoed(client, "hello")).isEqualTo("hello");

    assertThat(proxy.recorded(Direction.TO_SERVER)).isEqualTo("hello".getBytes(UTF_8));
    assertThat(proxy.recorded(Direction.TO_CLIENT)).isEqualTo("hello".getBytes(UTF_8));
    assertThat(proxy.accepted()).isEqualTo(1);
  }

  @Test
  void stalledBytesGoOnAfterHealing() throws IOException {
    proxy.stall(Direction.TO_CLIENT);
    client.setSoTimeout(200);
    assertThatThrownBy(() -> echoed(client, "later")).isInstanceOf(SocketTimeoutException.class);

    proxy.heal();

    client.setSoTimeout(5_000);
    assertThat(new String(client.getInputStream().readNBytes(5), UTF_8)).isEqualTo("later");
  }

  @Test
  void delayIsAddedToEachPiece() throws IOException {
    proxy.delay(Duration.ofMillis(100));
    var before = System.nanoTime();

    assertThat(echoed(client, "slow")).isEqualTo("slow");

    assertThat(System.nanoTime() - before).isGreaterThanOrEqualTo(200_000_000L);
  }

  @Test
  void cutEndsWhatThereIsAndRefuseWhatComes() throws IOException {
    assertThat(echoed(client, "alive")).isEqualTo("alive");
    proxy.cut();
    assertThatThrownBy(() -> echoed(client, "dead")).isInstanceOf(IOException.class);
    try (var next = connect()) {
      assertThat(echoed(next, "again")).isEqualTo("again");
    }

    proxy.refuse();

    assertThatThrownBy(
            () -> {
              try (var refused = connect()) {
                echoed(refused, "no");
              }
            })
        .isInstanceOf(IOException.class);
  }

  private Socket connect() throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), proxy.port());
  }

  private static String echoed(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(UTF_8));
    var bytes = socket.getInputStream().readNBytes(text.length());
    if (bytes.length < text.length()) {
      throw new IOException("the connection ended");
    }
    return new String(bytes, UTF_8);
  }

  private static void echo(Socket socket) {
    try (socket) {
      socket.getInputStream().transferTo(socket.getOutputStream());
    } catch (IOException _) {
      // The test cut it.
    }
  }
}
