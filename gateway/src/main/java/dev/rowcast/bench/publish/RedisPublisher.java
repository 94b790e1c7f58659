package dev.rowcast.bench.publish;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * PUBLISH to a Redis over one connection, many commands on the way at once (RESP2).
 *
 * <p>Confined to the publishing thread, except that a virtual thread reads the answers.
 */
public final class RedisPublisher implements Publisher {
  private static final int PATIENCE_MILLIS = 5_000;
  private static final byte[] LINE_END = {'\r', '\n'};

  private final String channel;
  private final Socket socket;
  private final OutputStream out;
  private final InputStream in;
  private final Thread reader;
  private volatile @Nullable String failure;
  private volatile boolean closing;

  /**
   * Connects.
   *
   * @param url {@code redis://[user:password@]host[:port][/db]}
   * @param channel the channel's name; {@code {facility}} stands for the facility
   */
  public RedisPublisher(String url, String channel) {
    this.channel = channel;
    var uri = URI.create(url);
    var host = uri.getHost() == null ? "localhost" : uri.getHost();
    var port = uri.getPort() < 0 ? 6379 : uri.getPort();
    socket = new Socket();
    try {
      socket.setTcpNoDelay(true);
      socket.connect(new InetSocketAddress(host, port), PATIENCE_MILLIS);
      socket.setSoTimeout(PATIENCE_MILLIS);
      out = new BufferedOutputStream(socket.getOutputStream(), 1 << 16);
      in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
      begin(uri);
      socket.setSoTimeout(0);
    } catch (IOException e) {
      abandon();
      throw new PublishException("Redis at " + host + ":" + port + ": " + e.getMessage(), e);
    }
    reader = Thread.ofVirtual().name("bench-redis-answers").start(this::readAnswers);
  }

  private void begin(URI uri) throws IOException {
    var user = uri.getRawUserInfo();
    if (user != null) {
      var colon = user.indexOf(':');
      var name = colon < 0 ? user : user.substring(0, colon);
      var password = decode(colon < 0 ? "" : user.substring(colon + 1));
      if (name.isEmpty()) {
        command("AUTH", password);
      } else {
        command("AUTH", decode(name), password);
      }
    }
    var path = uri.getPath();
    if (path != null && path.length() > 1) {
      command("SELECT", path.substring(1));
    }
    command("PING");
  }

  private static String decode(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private void command(String... words) throws IOException {
    var parts = new byte[words.length][];
    for (int i = 0; i < words.length; i++) {
      parts[i] = words[i].getBytes(StandardCharsets.UTF_8);
    }
    write(parts);
    out.flush();
    var answer = line();
    if (answer.startsWith("-")) {
      throw new IOException(answer.substring(1));
    }
  }

  @Override
  public void publish(String facility, String stamp, byte[] payload) {
    var refused = failure;
    if (refused != null) {
      throw new PublishException("Redis: " + refused);
    }
    try {
      write(
          "PUBLISH".getBytes(StandardCharsets.US_ASCII),
          channel.replace("{facility}", facility).getBytes(StandardCharsets.UTF_8),
          payload);
    } catch (IOException e) {
      throw new PublishException("Redis: " + e.getMessage(), e);
    }
  }

  @Override
  public void flush() {
    try {
      out.flush();
    } catch (IOException e) {
      throw new PublishException("Redis: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    try (socket) {
      flush();
      closing = true;
      socket.shutdownOutput();
      // The answers end when Redis has taken everything and closes its side.
      reader.join(PATIENCE_MILLIS);
    } catch (IOException e) {
      throw new PublishException("Redis: " + e.getMessage(), e);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    var refused = failure;
    if (refused != null) {
      throw new PublishException("Redis: " + refused);
    }
  }

  private void write(byte[]... parts) throws IOException {
    header('*', parts.length);
    for (var part : parts) {
      header('$', part.length);
      out.write(part);
      out.write(LINE_END);
    }
  }

  private void header(char kind, int count) throws IOException {
    out.write(kind);
    out.write(Integer.toString(count).getBytes(StandardCharsets.US_ASCII));
    out.write(LINE_END);
  }

  private void readAnswers() {
    try {
      while (true) {
        var answer = line();
        if (answer.startsWith("-") && failure == null) {
          failure = answer.substring(1);
        }
      }
    } catch (IOException e) {
      if (!closing && failure == null) {
        failure = "connection lost: " + e.getMessage();
      }
    }
  }

  /** One line; each answer to the commands used here is one. */
  private String line() throws IOException {
    var text = new StringBuilder(16);
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new IOException("closed by Redis");
      }
      if (c != '\r') {
        text.append((char) c);
      }
    }
    return text.toString();
  }

  private void abandon() {
    try {
      socket.close();
    } catch (IOException _) {
      // It never connected; there is nothing to lose.
    }
  }
}
