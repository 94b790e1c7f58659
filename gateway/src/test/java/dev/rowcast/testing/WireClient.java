package dev.rowcast.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A WebSocket client that also says what no browser would: any request line, any header, any bytes.
 *
 * <p>Confined to the thread that uses it. It interprets nothing: a ping is not answered, a close
 * frame is not echoed, a malformed frame from the server is handed over as it came. So a test sees
 * exactly what was on the wire, and decides itself what follows.
 *
 * <pre>{@code
 * try (WireClient client = WireClient.open(server.address())) {
 *   assertThat(client.upgrade("/ws/foo?subscribe-broadcast").status()).isEqualTo(101);
 *   client.text("hello");
 *   assertThat(client.next(Duration.ofSeconds(5))).isEqualTo(Frame.text("hello"));
 * }
 * }</pre>
 */
public final class WireClient implements Closeable {
  /** The key of RFC 6455 section 1.3. */
  public static final String SAMPLE_KEY = "dGhlIHNhbXBsZSBub25jZQ==";

  private static final String ACCEPT_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final byte[] MASK = {0x37, (byte) 0xfa, 0x21, 0x3d};
  private static final int HEADER_LIMIT = 64 * 1024;

  private final Socket socket;
  private byte[] unread = new byte[0];
  private boolean ended;

  private WireClient(Socket socket) {
    this.socket = socket;
  }

  /** What came from the server within the time a read was given. */
  public sealed interface Seen {}

  /** Nothing came; the connection stands. */
  public record Silence() implements Seen {}

  /** The connection is over, without or after a close frame. */
  public record Ended() implements Seen {}

  /**
   * One frame of RFC 6455 section 5.2, complete.
   *
   * <p>Immutable, if its payload is left alone.
   *
   * @param rsv the three reserved bits, 0 to 7
   * @param payload unmasked
   */
  @SuppressWarnings("ArrayRecordComponent") // equals, hashCode and toString below go by content
  public record Frame(boolean fin, int rsv, int opcode, boolean masked, byte[] payload)
      implements Seen {
    public static final int CONTINUATION = 0;
    public static final int TEXT = 1;
    public static final int BINARY = 2;
    public static final int CLOSE = 8;
    public static final int PING = 9;
    public static final int PONG = 10;

    /** A complete text frame as a server sends it. */
    public static Frame text(String text) {
      return new Frame(true, 0, TEXT, false, text.getBytes(UTF_8));
    }

    /** The payload as UTF-8, broken sequences replaced. */
    public String asText() {
      return new String(payload, UTF_8);
    }

    /** The code of a close frame, empty if it has none (1005 in RFC 6455 section 7.1.5). */
    public Optional<Integer> closeCode() {
      return opcode == CLOSE && payload.length >= 2
          ? Optional.of((payload[0] & 0xff) << 8 | (payload[1] & 0xff))
          : Optional.empty();
    }

    /** The reason of a close frame, empty text if it has none. */
    public String closeReason() {
      return payload.length > 2 ? new String(payload, 2, payload.length - 2, UTF_8) : "";
    }

    /** The bytes of this frame, masked with a fixed key if it is to be masked. */
    public byte[] encoded() {
      var bytes = new ByteArrayOutputStream(payload.length + 14);
      bytes.write((fin ? 0x80 : 0) | rsv << 4 | opcode);
      int maskBit = masked ? 0x80 : 0;
      if (payload.length < 126) {
        bytes.write(maskBit | payload.length);
      } else if (payload.length <= 0xffff) {
        bytes.write(maskBit | 126);
        bytes.write(payload.length >>> 8);
        bytes.write(payload.length);
      } else {
        bytes.write(maskBit | 127);
        for (int shift = 56; shift >= 0; shift -= 8) {
          bytes.write((int) ((long) payload.length >>> shift));
        }
      }
      if (masked) {
        bytes.writeBytes(MASK);
      }
      for (int i = 0; i < payload.length; i++) {
        bytes.write(masked ? payload[i] ^ MASK[i % 4] : payload[i]);
      }
      return bytes.toByteArray();
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Frame(var f, var r, var o, var m, var p)
          && f == fin
          && r == rsv
          && o == opcode
          && m == masked
          && Arrays.equals(p, payload);
    }

    @Override
    public int hashCode() {
      return 31 * opcode + Arrays.hashCode(payload);
    }

    @Override
    public String toString() {
      return "Frame[fin="
          + fin
          + " rsv="
          + rsv
          + " opcode="
          + opcode
          + " masked="
          + masked
          + " "
          + (opcode == TEXT ? asText() : HexFormat.of().formatHex(payload))
          + "]";
    }
  }

  /**
   * The head of an HTTP answer, and the body if the answer says how long it is.
   *
   * <p>Immutable.
   *
   * @param status 0 if the server closed the connection without a status line
   * @param headers lines as they came, without the status line
   */
  public record Answer(int status, List<String> headers, String body) {
    public Answer {
      headers = List.copyOf(headers);
    }

    /** The value of the first header of this name, whatever its case. */
    public Optional<String> header(String name) {
      String start = name.toLowerCase(Locale.ROOT) + ":";
      return headers.stream()
          .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(start))
          .map(line -> line.substring(start.length()).strip())
          .findFirst();
    }
  }

  /**
   * Connects, without saying anything yet.
   *
   * @throws IOException if nobody listens there
   */
  public static WireClient open(InetSocketAddress server) throws IOException {
    var socket = new Socket();
    try {
      socket.setTcpNoDelay(true);
      socket.connect(server, 5_000);
      return new WireClient(socket);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** Speaks over a connection that stands already, for example of TLS. */
  public static WireClient over(Socket socket) {
    return new WireClient(socket);
  }

  /** What a server must answer to this key (RFC 6455 section 4.2.2). */
  public static String acceptFor(String key) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-1").digest((key + ACCEPT_GUID).getBytes(ISO_8859_1));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-1", e);
    }
  }

  /**
   * Asks for a WebSocket as a browser would.
   *
   * @param target path and query
   * @param headers further header lines, {@code Name: value}; one of the usual names replaces the
   *     usual line
   */
  public Answer upgrade(String target, String... headers) throws IOException {
    var lines = new ArrayList<String>();
    String host = socket.getInetAddress().getHostAddress() + ":" + socket.getPort();
    List<String> usual =
        List.of(
            "Host: " + host,
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: " + SAMPLE_KEY);
    for (String line : usual) {
      if (Arrays.stream(headers).noneMatch(header -> nameOf(header).equals(nameOf(line)))) {
        lines.add(line);
      }
    }
    lines.addAll(List.of(headers));
    return request("GET " + target + " HTTP/1.1", lines);
  }

  private static String nameOf(String header) {
    int colon = header.indexOf(':');
    return header.substring(0, colon < 0 ? header.length() : colon).toLowerCase(Locale.ROOT);
  }

  /** Sends a request of exactly these lines and reads the answer, waiting at most ten seconds. */
  public Answer request(String requestLine, List<String> headers) throws IOException {
    var head = new StringBuilder(requestLine).append("\r\n");
    headers.forEach(line -> head.append(line).append("\r\n"));
    raw(head.append("\r\n").toString().getBytes(ISO_8859_1));
    return answer(Duration.ofSeconds(10), !requestLine.startsWith("HEAD "));
  }

  /**
   * Reads an HTTP answer that some {@link #raw} bytes asked for.
   *
   * @throws SocketTimeoutException if no complete head came in time
   * @throws EOFException if the connection ended before all of the body had come
   */
  public Answer answer(Duration within) throws IOException {
    return answer(within, true);
  }

  private Answer answer(Duration within, boolean hasBody) throws IOException {
    long deadline = System.nanoTime() + within.toNanos();
    int end = endOfHead();
    while (end < 0) {
      if (unread.length > HEADER_LIMIT) {
        throw new IOException("no end of the HTTP head within " + HEADER_LIMIT + " bytes");
      }
      switch (fill(deadline)) {
        case MORE -> end = endOfHead();
        case NOTHING -> throw new SocketTimeoutException("no HTTP answer within " + within);
        case END -> {
          return new Answer(0, List.of(), "");
        }
      }
    }
    String[] lines = new String(unread, 0, end - 4, ISO_8859_1).split("\r\n", -1);
    drop(end);
    int status = Integer.parseInt(lines[0].split(" ", 3)[1]);
    var answer = new Answer(status, List.of(lines).subList(1, lines.length), "");
    int length =
        status == 101 || !hasBody
            ? 0
            : answer.header("content-length").map(Integer::parseInt).orElse(0);
    while (unread.length < length && fill(deadline) == Filled.MORE) {}
    if (unread.length < length) {
      throw new EOFException(unread.length + " of " + length + " bytes of the body came");
    }
    String body = new String(unread, 0, length, UTF_8);
    drop(length);
    return new Answer(status, answer.headers(), body);
  }

  private int endOfHead() {
    for (int i = 3; i < unread.length; i++) {
      if (unread[i] == '\n'
          && unread[i - 1] == '\r'
          && unread[i - 2] == '\n'
          && unread[i - 3] == '\r') {
        return i + 1;
      }
    }
    return -1;
  }

  /** Sends one text frame, masked. */
  public void text(String text) throws IOException {
    send(new Frame(true, 0, Frame.TEXT, true, text.getBytes(UTF_8)));
  }

  /** Sends one binary frame, masked. */
  public void binary(byte[] payload) throws IOException {
    send(new Frame(true, 0, Frame.BINARY, true, payload));
  }

  /** Sends a close frame, masked, and leaves the connection open. */
  public void sendClose(int code, String reason) throws IOException {
    var payload = new ByteArrayOutputStream();
    payload.write(code >>> 8);
    payload.write(code);
    payload.writeBytes(reason.getBytes(UTF_8));
    send(new Frame(true, 0, Frame.CLOSE, true, payload.toByteArray()));
  }

  /** Sends a frame as it is, legal or not. */
  public void send(Frame frame) throws IOException {
    raw(frame.encoded());
  }

  /** Sends bytes as they are. */
  public void raw(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
  }

  /** Reads the next frame; a frame that is not complete in time stays for the next call. */
  public Seen next(Duration within) throws IOException {
    long deadline = System.nanoTime() + within.toNanos();
    while (true) {
      Optional<Frame> frame = decode();
      if (frame.isPresent()) {
        return frame.get();
      }
      switch (fill(deadline)) {
        case MORE -> {}
        case NOTHING -> {
          return new Silence();
        }
        case END -> {
          return new Ended();
        }
      }
    }
  }

  /** Whether the server has ended the connection, as far as it was read. */
  public boolean hasEnded() {
    return ended;
  }

  /**
   * Ends the connection with a reset instead of an orderly end, as a crashed client's host does.
   */
  public void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  /** Ends the TCP connection without a close frame. */
  @Override
  public void close() throws IOException {
    socket.close();
  }

  private Optional<Frame> decode() {
    if (unread.length < 2) {
      return Optional.empty();
    }
    boolean masked = (unread[1] & 0x80) != 0;
    int shortLength = unread[1] & 0x7f;
    int extra = shortLength == 126 ? 2 : shortLength == 127 ? 8 : 0;
    int start = 2 + extra + (masked ? 4 : 0);
    if (unread.length < start) {
      return Optional.empty();
    }
    long length = extra == 0 ? shortLength : 0;
    for (int i = 0; i < extra; i++) {
      length = length << 8 | (unread[2 + i] & 0xff);
    }
    if (length > Integer.MAX_VALUE - start) {
      throw new IllegalStateException("the server announced a frame of " + length + " bytes");
    }
    int end = start + (int) length;
    if (unread.length < end) {
      return Optional.empty();
    }
    byte[] payload = Arrays.copyOfRange(unread, start, end);
    if (masked) {
      for (int i = 0; i < payload.length; i++) {
        payload[i] ^= unread[start - 4 + i % 4];
      }
    }
    var frame =
        new Frame((unread[0] & 0x80) != 0, unread[0] >> 4 & 0x7, unread[0] & 0xf, masked, payload);
    drop(end);
    return Optional.of(frame);
  }

  private enum Filled {
    MORE,
    NOTHING,
    END
  }

  private Filled fill(long deadline) throws IOException {
    if (ended) {
      return Filled.END;
    }
    long remaining = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
    socket.setSoTimeout(Math.clamp(remaining, 1, Integer.MAX_VALUE));
    var more = new byte[64 * 1024];
    int count;
    try {
      count = socket.getInputStream().read(more);
    } catch (SocketTimeoutException e) {
      return Filled.NOTHING;
    } catch (SocketException e) {
      count = -1;
    }
    if (count < 0) {
      ended = true;
      return Filled.END;
    }
    int kept = unread.length;
    unread = Arrays.copyOf(unread, kept + count);
    System.arraycopy(more, 0, unread, kept, count);
    return Filled.MORE;
  }

  private void drop(int count) {
    unread = Arrays.copyOfRange(unread, count, unread.length);
  }
}
