package dev.rowcast.bench.publish;

import dev.rowcast.base.Endpoint;
import dev.rowcast.bench.wire.MaskedFrames;
import dev.rowcast.bench.wire.UpgradeRequest;
import dev.rowcast.protocol.Frames;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A client that says each message on a WebSocket, one for each facility.
 *
 * <p>Confined to the publishing thread, except that a virtual thread per socket reads and drops
 * what the server says.
 */
public final class SocketPublisher implements Publisher {
  private static final int PATIENCE_MILLIS = 10_000;

  /** An open socket. */
  private record Line(Socket socket, OutputStream out, Thread reader) {}

  private final Endpoint server;
  private final Function<String, String> path;
  private final UpgradeRequest request;
  private final String text;
  private final MaskedFrames frames;
  private final Map<String, Line> lines = new HashMap<>();
  private volatile @Nullable String failure;
  private volatile boolean closing;

  /**
   * Connects with the first message of each facility.
   *
   * @param path the path of a facility, with its query
   * @param text what is sent; {@code {payload}} stands for the message
   */
  public SocketPublisher(
      Endpoint server,
      Function<String, String> path,
      UpgradeRequest request,
      String text,
      MaskedFrames frames) {
    this.server = server;
    this.path = path;
    this.request = request;
    this.text = text;
    this.frames = frames;
  }

  @Override
  public void publish(String facility, String stamp, byte[] payload) {
    var refused = failure;
    if (refused != null) {
      throw new PublishException("publishing socket: " + refused);
    }
    try {
      var line = lines.get(facility);
      if (line == null) {
        line = connect(facility);
        lines.put(facility, line);
      }
      line.out().write(frames.frame(Frames.TEXT, wrap(facility, payload)));
    } catch (IOException e) {
      throw new PublishException("publishing socket: " + e.getMessage(), e);
    }
  }

  private byte[] wrap(String facility, byte[] payload) {
    return text.equals("{payload}")
        ? payload
        : text.replace("{facility}", facility)
            .replace("{payload}", new String(payload, StandardCharsets.UTF_8))
            .getBytes(StandardCharsets.UTF_8);
  }

  private Line connect(String facility) throws IOException {
    var socket = new Socket();
    socket.setTcpNoDelay(true);
    socket.connect(new InetSocketAddress(server.host(), server.port()), PATIENCE_MILLIS);
    socket.setSoTimeout(PATIENCE_MILLIS);
    var out = new BufferedOutputStream(socket.getOutputStream(), 1 << 16);
    out.write(request.bytes(path.apply(facility)));
    out.flush();
    var in = socket.getInputStream();
    var head = head(in);
    var refusal = request.refusal(head, 0, head.length);
    if (!refusal.isEmpty()) {
      socket.close();
      throw new IOException("refused with " + refusal + " at " + path.apply(facility));
    }
    socket.setSoTimeout(0);
    return new Line(
        socket, out, Thread.ofVirtual().name("bench-socket-" + facility).start(() -> drop(in)));
  }

  private static byte[] head(InputStream in) throws IOException {
    var bytes = new byte[16_384];
    for (int size = 0; size < bytes.length; size++) {
      var octet = in.read();
      if (octet < 0) {
        throw new IOException("closed in the handshake");
      }
      bytes[size] = (byte) octet;
      if (UpgradeRequest.end(bytes, Math.max(0, size - 3), size + 1) > 0) {
        return java.util.Arrays.copyOf(bytes, size + 1);
      }
    }
    throw new IOException("endless answer to the handshake");
  }

  /** A close or an error of the server shows as the end of its bytes. */
  private void drop(InputStream in) {
    var bytes = new byte[4096];
    try {
      while (in.read(bytes) >= 0) {
        // What a publisher hears is of no interest.
      }
      if (!closing) {
        failure = "closed by the server";
      }
    } catch (IOException e) {
      if (!closing) {
        failure = String.valueOf(e.getMessage());
      }
    }
  }

  @Override
  public void flush() {
    for (var line : lines.values()) {
      try {
        line.out().flush();
      } catch (IOException e) {
        throw new PublishException("publishing socket: " + e.getMessage(), e);
      }
    }
  }

  @Override
  public void close() {
    closing = true;
    for (var line : lines.values()) {
      try {
        line.out().write(frames.frame(Frames.CLOSE, new byte[] {3, (byte) 0xE8}));
        line.out().flush();
        line.reader().join(1_000);
        line.socket().close();
      } catch (IOException e) {
        failure = String.valueOf(e.getMessage());
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
