package dev.rowcast.testing;

import dev.rowcast.testing.WireClient.Frame;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A client of {@code /live} on a WebSocket, over a real socket.
 *
 * <p>Confined to the thread that uses it. It keeps no state of what it hears.
 */
public final class LiveClient implements Closeable {
  /** Numbers with all their digits. */
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final WireClient wire;

  private LiveClient(WireClient wire) {
    this.wire = wire;
  }

  /** Connects; {@code query} is what stands behind {@code /live}, with its question mark. */
  public static LiveClient open(int port, String query, String... headers) throws IOException {
    return upgraded(
        WireClient.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)),
        query,
        headers);
  }

  /** The same over a connection that stands already. */
  public static LiveClient over(Socket socket, String query, String... headers) throws IOException {
    return upgraded(WireClient.over(socket), query, headers);
  }

  private static LiveClient upgraded(WireClient wire, String query, String... headers)
      throws IOException {
    var answer = wire.upgrade("/live" + query, headers);
    if (answer.status() != 101) {
      wire.close();
      throw new IOException("no WebSocket: " + answer);
    }
    return new LiveClient(wire);
  }

  /** Says something; quotes may be written as apostrophes. */
  public void says(String text) throws IOException {
    wire.text(text.replace('\'', '"'));
  }

  /** Says something as it is. */
  public void sends(String text) throws IOException {
    wire.text(text);
  }

  /** The next message that is about something: no watermark, no heartbeat. */
  public JsonNode next() throws IOException {
    return next(PATIENCE).orElseThrow(() -> new IOException("nothing came in time"));
  }

  /** The next message that is about something, if it comes in this time. */
  public Optional<JsonNode> next(Duration within) throws IOException {
    for (var said = any(within); ; said = any(within)) {
      if (said.isEmpty()) {
        return said;
      }
      var type = said.get().path("type").asString("");
      if (!type.equals("position") && !type.equals("heartbeat")) {
        return said;
      }
    }
  }

  /** The next message of any kind; a close frame as {@code {"close":code,"reason":…}}. */
  public Optional<JsonNode> any(Duration within) throws IOException {
    while (true) {
      switch (wire.next(within)) {
        case WireClient.Silence() -> {
          return Optional.empty();
        }
        case WireClient.Ended() -> throw new IOException("the connection has ended");
        case Frame frame when frame.opcode() == Frame.PING ->
            wire.send(new Frame(true, 0, Frame.PONG, true, frame.payload()));
        case Frame frame when frame.opcode() == Frame.CLOSE -> {
          return Optional.of(
              JSON.createObjectNode()
                  .put("close", frame.closeCode().orElse(1005))
                  .put("reason", frame.closeReason()));
        }
        case Frame frame -> {
          return Optional.of(JSON.readTree(frame.payload()));
        }
      }
    }
  }

  /** Ends the connection without a word. */
  @Override
  public void close() throws IOException {
    wire.close();
  }
}
