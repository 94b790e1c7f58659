package dev.rowcast.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One connection to Redis that speaks RESP2 in bytes, so that a test sees what is stored and not
 * what a client library makes of it.
 *
 * <p>Confined to the thread that uses it.
 */
public final class RedisWire implements Closeable {
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(10);

  private final Socket socket;
  private byte[] unread = new byte[0];
  private int position;

  private RedisWire(Socket socket) {
    this.socket = socket;
  }

  /**
   * Connects to database 0.
   *
   * @throws IOException if nobody listens there
   */
  public static RedisWire open(InetSocketAddress server) throws IOException {
    var socket = new Socket();
    try {
      socket.setTcpNoDelay(true);
      socket.connect(server, 5_000);
      return new RedisWire(socket);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** A reply of Redis. */
  public sealed interface Reply {}

  /** A bulk string. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Bulk(byte[] bytes) implements Reply {
    public String asText() {
      return new String(bytes, UTF_8);
    }
  }

  /** A number. */
  public record Whole(long value) implements Reply {}

  /** A status such as {@code OK}. */
  public record Status(String text) implements Reply {}

  /** No value. */
  public record Nil() implements Reply {}

  /** Several replies. */
  public record Several(List<Reply> replies) implements Reply {
    public Several {
      replies = List.copyOf(replies);
    }
  }

  /** Runs one command; a word may be a {@code String}, a number or a {@code byte[]}. */
  public Reply call(Object... words) throws IOException {
    send(words);
    return read(ANSWER_LIMIT)
        .orElseThrow(() -> new SocketTimeoutException("no reply within " + ANSWER_LIMIT));
  }

  /** The value of a key. */
  public Optional<byte[]> get(String key) throws IOException {
    return call("GET", key) instanceof Bulk(var bytes) ? Optional.of(bytes) : Optional.empty();
  }

  /** The whole number that a command answers. */
  public long number(Object... words) throws IOException {
    Reply reply = call(words);
    if (reply instanceof Whole(var value)) {
      return value;
    }
    throw new IOException(words[0] + " answered " + reply);
  }

  /** How many connections of this Redis subscribe to a channel. */
  public long subscribers(String channel) throws IOException {
    if (call("PUBSUB", "NUMSUB", channel) instanceof Several(var replies)
        && replies.get(1) instanceof Whole(var count)) {
      return count;
    }
    throw new IOException("PUBSUB NUMSUB answered something else");
  }

  /** Turns this connection into a subscriber; returns once Redis has confirmed it. */
  public void subscribe(String channel) throws IOException {
    call("SUBSCRIBE", channel);
  }

  /** The payload of the next message of a subscriber, empty if none came in time. */
  public Optional<byte[]> message(Duration within) throws IOException {
    return read(within)
        .map(reply -> {
          if (reply instanceof Several(var parts) && parts.get(2) instanceof Bulk(var bytes)) {
            return bytes;
          }
          throw new IllegalStateException("not a message: " + reply);
        });
  }

  private void send(Object... words) throws IOException {
    var bytes = new ByteArrayOutputStream();
    bytes.writeBytes(("*" + words.length + "\r\n").getBytes(ISO_8859_1));
    for (Object word : words) {
      byte[] argument = word instanceof byte[] raw ? raw : word.toString().getBytes(UTF_8);
      bytes.writeBytes(("$" + argument.length + "\r\n").getBytes(ISO_8859_1));
      bytes.writeBytes(argument);
      bytes.writeBytes("\r\n".getBytes(ISO_8859_1));
    }
    socket.getOutputStream().write(bytes.toByteArray());
    socket.getOutputStream().flush();
  }

  private Optional<Reply> read(Duration within) throws IOException {
    long deadline = System.nanoTime() + within.toNanos();
    while (true) {
      position = 0;
      Reply reply = parse();
      if (reply != null) {
        unread = Arrays.copyOfRange(unread, position, unread.length);
        return Optional.of(reply);
      }
      long remaining = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
      socket.setSoTimeout(Math.clamp(remaining, 1, Integer.MAX_VALUE));
      var more = new byte[64 * 1024];
      int count;
      try {
        count = socket.getInputStream().read(more);
      } catch (SocketTimeoutException e) {
        return Optional.empty();
      }
      if (count < 0) {
        throw new IOException("Redis closed the connection");
      }
      int kept = unread.length;
      unread = Arrays.copyOf(unread, kept + count);
      System.arraycopy(more, 0, unread, kept, count);
    }
  }

  /** One reply from {@link #position}, or null if it is not there as a whole. */
  private @Nullable Reply parse() throws IOException {
    int end = position;
    while (end + 1 < unread.length && !(unread[end] == '\r' && unread[end + 1] == '\n')) {
      end++;
    }
    if (end + 1 >= unread.length) {
      return null;
    }
    char kind = (char) unread[position];
    var line = new String(unread, position + 1, end - position - 1, UTF_8);
    position = end + 2;
    return switch (kind) {
      case '+' -> new Status(line);
      case ':' -> new Whole(Long.parseLong(line));
      case '-' -> throw new IOException("Redis: " + line);
      case '$' -> bulk(Integer.parseInt(line));
      case '*' -> several(Integer.parseInt(line));
      default -> throw new IOException("not RESP2: " + kind + line);
    };
  }

  private @Nullable Reply bulk(int length) {
    if (length < 0) {
      return new Nil();
    }
    if (unread.length < position + length + 2) {
      return null;
    }
    byte[] bytes = Arrays.copyOfRange(unread, position, position + length);
    position += length + 2;
    return new Bulk(bytes);
  }

  private @Nullable Reply several(int count) throws IOException {
    if (count < 0) {
      return new Nil();
    }
    var replies = new ArrayList<Reply>();
    for (int i = 0; i < count; i++) {
      Reply reply = parse();
      if (reply == null) {
        return null;
      }
      replies.add(reply);
    }
    return new Several(replies);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
