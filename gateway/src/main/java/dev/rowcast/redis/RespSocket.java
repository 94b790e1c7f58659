package dev.rowcast.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rowcast.base.Endpoint;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Optional;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A blocking connection to Redis that speaks RESP2, the protocol every Redis understands.
 *
 * <p>One thread reads, one thread writes; {@link #close} may be called by any thread at any time
 * and ends what blocks in {@link #open}, a read or a write. After that all of them throw {@link
 * IOException}.
 *
 * <pre>
 *   *3 CR LF                     an array of three
 *   $7 CR LF message CR LF       bulk strings: length, bytes
 *   $n CR LF channel CR LF
 *   $m CR LF payload CR LF
 *   :1 CR LF   +OK CR LF   -ERR why CR LF
 * </pre>
 */
public final class RespSocket implements Closeable {
  /** Something that can be pointed at a stretch of the read buffer, to look without a copy. */
  public interface Stretch {
    /** The stretch is good until the next read. */
    void pointAt(byte[] bytes, int offset, int length);
  }

  private static final int BUFFER = 64 * 1024;
  private static final int LONGEST_LINE = 64 * 1024;

  private final RedisTarget target;
  private final RedisTarget.Node node;

  private final Object lock = new Object();
  private boolean closed;
  private @Nullable Closeable raw;

  private @Nullable Socket socket;
  private @Nullable SocketChannel channel;

  /* The reading thread's. */
  private byte[] buffer = new byte[BUFFER];
  private int position;
  private int limit;
  private Runnable beforeReads = () -> {};

  /** Connects nowhere yet. */
  public RespSocket(RedisTarget.Node node, RedisTarget target) {
    this.node = node;
    this.target = target;
  }

  /** Where the master is now: the node itself, or what the first sentinel that answers says. */
  public static RedisTarget.Node resolve(RedisTarget target, Duration timeout) throws IOException {
    return switch (target.place()) {
      case RedisTarget.Node node -> node;
      case RedisTarget.Sentinels sentinels -> askSentinels(sentinels, timeout);
    };
  }

  private static RedisTarget.Node askSentinels(RedisTarget.Sentinels sentinels, Duration timeout)
      throws IOException {
    var failure = new IOException("no sentinel knows the master " + sentinels.master());
    for (var endpoint : sentinels.endpoints()) {
      var node = new RedisTarget.Tcp(endpoint);
      var plain = new RedisTarget(node, Optional.empty(), Optional.empty(), Optional.empty(), 0);
      try (var sentinel = new RespSocket(node, plain)) {
        sentinel.open(timeout);
        sentinel.write(command("SENTINEL", "get-master-addr-by-name", sentinels.master()));
        var parts = sentinel.readArrayLength();
        if (parts == 2) {
          var host = new String(sentinel.readBulk(), UTF_8);
          var port = Integer.parseInt(new String(sentinel.readBulk(), UTF_8));
          return new RedisTarget.Tcp(new Endpoint(host, port));
        }
      } catch (IOException away) {
        failure.addSuppressed(away);
      }
    }
    throw failure;
  }

  /** A command as Redis reads it. */
  public static byte[] command(String... words) {
    var command = new RespCommand(words.length);
    for (var word : words) {
      command.add(word.getBytes(UTF_8));
    }
    return command.bytes();
  }

  /** Connects, encrypts, and says who we are. A Unix socket knows no time-out of its own. */
  public void open(Duration timeout) throws IOException {
    switch (node) {
      case RedisTarget.Tcp tcp -> openTcp(tcp.endpoint(), Math.toIntExact(timeout.toMillis()));
      case RedisTarget.Unix unix -> {
        var opened = SocketChannel.open(StandardProtocolFamily.UNIX);
        adopt(opened);
        channel = opened;
        opened.connect(UnixDomainSocketAddress.of(unix.path()));
      }
    }
    if (target.password().isPresent()) {
      var password = target.password().get().reveal();
      write(
          target.user().isPresent()
              ? command("AUTH", target.user().get(), password)
              : command("AUTH", password));
      var answer = readLine();
      if (!answer.equals("+OK")) {
        throw new IOException("Redis refuses our password: " + answer);
      }
    }
    if (socket != null) {
      socket.setSoTimeout(0);
    }
  }

  public void write(byte[] bytes) throws IOException {
    if (channel != null) {
      var rest = ByteBuffer.wrap(bytes);
      while (rest.hasRemaining()) {
        channel.write(rest);
      }
    } else if (socket != null) {
      socket.getOutputStream().write(bytes);
    } else {
      throw new IOException("not connected");
    }
  }

  /** The length behind {@code *}; an error reply becomes an exception. */
  public int readArrayLength() throws IOException {
    var mark = readByte();
    if (mark == '*') {
      return (int) readNumber();
    }
    position--;
    throw new IOException("Redis answers " + readLine());
  }

  /** The bytes of a bulk string. */
  public byte[] readBulk() throws IOException {
    expect('$');
    var length = (int) readNumber();
    if (length < 0) {
      return new byte[0];
    }
    return readPayload(length);
  }

  /** The next byte, 0 to 255. */
  public int readByte() throws IOException {
    if (position == limit) {
      fill();
    }
    return buffer[position++] & 0xff;
  }

  /** A decimal number and the end of its line. */
  public long readNumber() throws IOException {
    var negative = false;
    var number = 0L;
    for (var digits = 0; digits < 20; digits++) {
      var b = readByte();
      if (b == '\r') {
        expect('\n');
        return negative ? -number : number;
      }
      if (b == '-' && digits == 0) {
        negative = true;
      } else if (b >= '0' && b <= '9') {
        number = number * 10 + (b - '0');
      } else {
        break;
      }
    }
    throw new IOException("Redis sent something that is not a number");
  }

  /** The rest of the line as text. */
  public String readLine() throws IOException {
    var line = new java.io.ByteArrayOutputStream(64);
    for (var b = readByte(); b != '\r'; b = readByte()) {
      line.write(b);
      if (line.size() > LONGEST_LINE) {
        throw new IOException("Redis sent a line without an end");
      }
    }
    expect('\n');
    return line.toString(UTF_8);
  }

  /** Points {@code name} at the next {@code length} bytes, without a copy, and steps over them. */
  public void readName(int length, Stretch name) throws IOException {
    require(length + 2);
    name.pointAt(buffer, position, length);
    position += length + 2;
  }

  /** Exactly so many bytes and the line's end, in an array of their own. */
  public byte[] readPayload(int length) throws IOException {
    var payload = new byte[length];
    var buffered = Math.min(length, limit - position);
    System.arraycopy(buffer, position, payload, 0, buffered);
    position += buffered;
    while (buffered < length) {
      buffered += read(payload, buffered, length - buffered);
    }
    expect('\r');
    expect('\n');
    return payload;
  }

  /** One whole answer, whatever it is. */
  RedisReply readReply() throws IOException {
    var mark = readByte();
    return switch (mark) {
      case '+' -> new RedisReply.Status(readLine());
      case '-' -> new RedisReply.Failure(readLine());
      case ':' -> new RedisReply.Count(readNumber());
      case '$' -> {
        var length = readNumber();
        yield length < 0
            ? new RedisReply.Nothing()
            : new RedisReply.Bulk(readPayload(size(length)));
      }
      case '*' -> {
        var length = readNumber();
        if (length < 0) {
          yield new RedisReply.Nothing();
        }
        var parts = new ArrayList<RedisReply>(Math.min(size(length), 1024));
        for (var i = 0L; i < length; i++) {
          parts.add(readReply());
        }
        yield new RedisReply.Several(parts);
      }
      default -> throw new IOException("Redis sent byte " + mark + " where an answer begins");
    };
  }

  private static int size(long length) throws IOException {
    if (length > 1 << 30) {
      throw new IOException("Redis announced an answer of " + length);
    }
    return (int) length;
  }

  /** Whether the next read would have to wait for Redis. */
  public boolean isDrained() {
    return position == limit;
  }

  @Override
  public void close() {
    Closeable opened;
    synchronized (lock) {
      closed = true;
      opened = raw;
    }
    if (opened != null) {
      try {
        opened.close();
      } catch (IOException _) {
        // It is gone either way.
      }
    }
  }

  private void openTcp(Endpoint endpoint, int timeout) throws IOException {
    var plain = new Socket();
    adopt(plain);
    socket = plain;
    plain.setTcpNoDelay(true);
    plain.setKeepAlive(true);
    plain.connect(new InetSocketAddress(endpoint.host(), endpoint.port()), timeout);
    plain.setSoTimeout(timeout);
    if (target.tls().isPresent()) {
      socket = encrypt(plain, endpoint, target.tls().get());
    }
  }

  private static SSLSocket encrypt(Socket plain, Endpoint endpoint, RedisTarget.Tls tls)
      throws IOException {
    var encrypted =
        (SSLSocket)
            Trust.context(tls)
                .getSocketFactory()
                .createSocket(plain, endpoint.host(), endpoint.port(), true);
    if (tls.verify() == RedisTarget.Verify.FULL) {
      var parameters = encrypted.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      encrypted.setSSLParameters(parameters);
    }
    encrypted.startHandshake();
    return encrypted;
  }

  /** The plain socket is what close() closes: an encrypted one waits for whoever writes. */
  private void adopt(Closeable opened) throws IOException {
    synchronized (lock) {
      raw = opened;
      if (!closed) {
        return;
      }
    }
    opened.close();
    throw new IOException("closed");
  }

  private void expect(int expected) throws IOException {
    var b = readByte();
    if (b != expected) {
      throw new IOException("Redis sent byte " + b + " where " + expected + " belongs");
    }
  }

  private void require(int count) throws IOException {
    if (limit - position >= count) {
      return;
    }
    if (count > 1 << 20) {
      throw new IOException("Redis sent a name of " + count + " bytes");
    }
    if (buffer.length - position < count) {
      var target = count > buffer.length ? new byte[count + BUFFER] : buffer;
      System.arraycopy(buffer, position, target, 0, limit - position);
      limit -= position;
      position = 0;
      buffer = target;
    }
    while (limit - position < count) {
      limit += read(buffer, limit, buffer.length - limit);
    }
  }

  /** Runs this on the reading thread whenever all that has come is read and it may have to wait. */
  public void beforeReads(Runnable task) {
    beforeReads = task;
  }

  private void fill() throws IOException {
    position = 0;
    limit = 0;
    limit = read(buffer, 0, buffer.length);
  }

  private int read(byte[] into, int offset, int length) throws IOException {
    beforeReads.run();
    int count;
    if (channel != null) {
      count = channel.read(ByteBuffer.wrap(into, offset, length));
    } else if (socket != null) {
      count = socket.getInputStream().read(into, offset, length);
    } else {
      throw new IOException("not connected");
    }
    if (count < 0) {
      throw new EOFException("Redis closed the connection");
    }
    return count;
  }

  /** Builds one command. Confined to its thread. */
  public static final class RespCommand {
    /** What goes around a word at most: a mark, ten digits, two ends of line. */
    private static final int AROUND = 15;

    private byte[] bytes;
    private int size;

    /** A command of so many words, all of which are still to be added. */
    public RespCommand(int words) {
      this(words, 64);
    }

    /** The same, and the words have about so many bytes together. */
    public RespCommand(int words, int expected) {
      bytes = new byte[AROUND + words * AROUND + expected];
      head('*', words);
    }

    /** Adds the next word. */
    public void add(byte[] word) {
      var needed = size + word.length + AROUND;
      if (needed > bytes.length || needed < 0) {
        bytes = Arrays.copyOf(bytes, Math.max(needed, bytes.length + (bytes.length >> 1)));
      }
      head('$', word.length);
      System.arraycopy(word, 0, bytes, size, word.length);
      size += word.length;
      endLine();
    }

    /** The whole command; good once all words have been added. */
    public byte[] bytes() {
      return Arrays.copyOf(bytes, size);
    }

    private void head(char mark, int number) {
      bytes[size++] = (byte) mark;
      var digits = Integer.toString(number);
      for (int i = 0; i < digits.length(); i++) {
        bytes[size++] = (byte) digits.charAt(i);
      }
      endLine();
    }

    private void endLine() {
      bytes[size++] = '\r';
      bytes[size++] = '\n';
    }
  }
}
