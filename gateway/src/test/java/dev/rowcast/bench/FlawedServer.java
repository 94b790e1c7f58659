package dev.rowcast.bench;

import dev.rowcast.protocol.Frames;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * A small WebSocket server of the JDK alone: what comes in at a facility goes to everybody there,
 * except for the flaws it is told to have.
 *
 * <p>Thread-safe; a virtual thread for each connection.
 */
final class FlawedServer implements AutoCloseable {
  private static final String MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  /** What goes out to one client in place of his {@code n}th message, counted from 0. */
  interface Flaw extends Function<Integer, List<Integer>> {
    Flaw NONE = List::of;
  }

  /** One client: what it is owed, and in which place of the stream it is. */
  private final class Peer {
    private final OutputStream out;
    private final String path;
    private final Map<Integer, byte[]> seen = new HashMap<>();
    private int next;

    Peer(OutputStream out, String path) {
      this.out = out;
      this.path = path;
    }

    synchronized void hear(byte[] payload) throws IOException {
      seen.put(next, payload);
      for (var number : flaw.apply(next)) {
        var message = seen.get(number);
        if (message != null) {
          out.write(Frames.frame(Frames.TEXT, message));
        }
      }
      out.write(Frames.frame(Frames.TEXT, "--heartbeat--".getBytes(StandardCharsets.UTF_8)));
      out.flush();
      next++;
    }

    synchronized void say(byte[] frame) throws IOException {
      out.write(frame);
      out.flush();
    }
  }

  private final ServerSocket listener = new ServerSocket();
  private final Flaw flaw;
  private final Map<Peer, Boolean> peers = new ConcurrentHashMap<>();
  private final AtomicInteger refusals;

  /**
   * Listens on any free port.
   *
   * @param refusals how many of the first handshakes are answered with 503
   */
  FlawedServer(Flaw flaw, int refusals) throws IOException {
    this.flaw = flaw;
    this.refusals = new AtomicInteger(refusals);
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  private void accept() {
    try {
      while (true) {
        var socket = listener.accept();
        Thread.ofVirtual().start(() -> serve(socket));
      }
    } catch (IOException _) {
      // Closed.
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      var in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
      var head = head(in);
      if (refusals.getAndDecrement() > 0) {
        socket
            .getOutputStream()
            .write("HTTP/1.1 503 Busy\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        return;
      }
      var key = head.replaceAll("(?s).*Sec-WebSocket-Key: (\\S+).*", "$1");
      var path = head.split(" ", 3)[1];
      var peer = new Peer(socket.getOutputStream(), path.replaceAll("\\?.*", ""));
      peer.say(
          ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                  + "Sec-WebSocket-Accept: "
                  + accept(key)
                  + "\r\n\r\n")
              .getBytes(StandardCharsets.US_ASCII));
      if (path.contains("subscribe-broadcast")) {
        peers.put(peer, true);
      }
      try {
        converse(in, peer);
      } finally {
        peers.remove(peer);
      }
    } catch (IOException _) {
      // The client is gone.
    }
  }

  private void converse(DataInputStream in, Peer peer) throws IOException {
    while (true) {
      var opcode = in.readUnsignedByte() & 0x0F;
      var size = in.readUnsignedByte() & 0x7F;
      var length = size == 126 ? in.readUnsignedShort() : size;
      var mask = in.readNBytes(4);
      var payload = in.readNBytes(length);
      for (int i = 0; i < payload.length; i++) {
        payload[i] ^= mask[i & 3];
      }
      if (opcode == Frames.CLOSE) {
        peer.say(Frames.close(1000, ""));
        return;
      }
      for (var other : peers.keySet()) {
        if (other.path.equals(peer.path)) {
          other.hear(payload);
        }
      }
    }
  }

  private static String head(DataInputStream in) throws IOException {
    var text = new StringBuilder();
    while (text.indexOf("\r\n\r\n") < 0) {
      text.append((char) in.readUnsignedByte());
    }
    return text.toString();
  }

  private static String accept(String key) {
    try {
      return Base64.getEncoder()
          .encodeToString(
              MessageDigest.getInstance("SHA-1")
                  .digest((key + MAGIC).getBytes(StandardCharsets.US_ASCII)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
