package dev.rowcast.postgres;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class AwaitableSocketTest {
  private static final Duration SHORT = Duration.ofMillis(10);
  private static final Duration LONG = Duration.ofSeconds(20);

  private ServerSocket listening;
  private AwaitableSocket socket;
  private Socket peer;

  @BeforeEach
  void connect() throws Exception {
    listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    socket = new AwaitableSocket();
    socket.connect(listening.getLocalSocketAddress());
    peer = listening.accept();
  }

  @AfterEach
  void disconnect() throws Exception {
    peer.close();
    socket.close();
    listening.close();
  }

  @Test
  void waitingTakesNothingFromTheReader() throws Exception {
    send("hello");

    assertThat(socket.await(LONG)).isTrue();
    assertThat(socket.await(LONG)).isTrue();

    var input = socket.getInputStream();
    await().until(() -> input.available() == 5);
    var bytes = new byte[8];
    assertThat(input.read(bytes, 1, 7)).isEqualTo(5);
    assertThat(new String(bytes, 1, 5, US_ASCII)).isEqualTo("hello");
    assertThat(socket.await(SHORT)).isFalse();
  }

  @Test
  void singleBytesAreReadInTheirOrder() throws Exception {
    send("\u00ffab");

    assertThat(socket.await(LONG)).isTrue();

    assertThat(socket.getInputStream().read()).isEqualTo('?');
    assertThat(socket.getInputStream().read()).isEqualTo('a');
    assertThat(socket.await(LONG)).isTrue();
    assertThat(socket.getInputStream().read()).isEqualTo('b');
  }

  @Test
  void aWaitLeavesTheTimeoutOfTheReaderAsItWas() throws Exception {
    socket.setSoTimeout(1234);

    assertThat(socket.await(SHORT)).isFalse();

    assertThat(socket.getSoTimeout()).isEqualTo(1234);
  }

  @Test
  void theEndOfTheStreamEndsAWaitAndIsThenRead() throws Exception {
    peer.close();

    assertThat(socket.await(LONG)).isTrue();
    assertThat(socket.getInputStream().read()).isEqualTo(-1);
  }

  @Test
  void aWaitCanBeCutShort() throws Exception {
    var waiting = new CompletableFuture<Boolean>();
    var thread =
        Thread.ofVirtual()
            .start(() -> {
              try {
                waiting.complete(socket.await(LONG));
              } catch (Exception failure) {
                waiting.completeExceptionally(failure);
              }
            });
    await().until(() -> thread.getState() == Thread.State.TIMED_WAITING);

    socket.cutShort();

    assertThat(waiting.get(2, TimeUnit.SECONDS)).isTrue();
  }

  private void send(String text) throws Exception {
    peer.getOutputStream().write(text.getBytes(US_ASCII));
  }
}
