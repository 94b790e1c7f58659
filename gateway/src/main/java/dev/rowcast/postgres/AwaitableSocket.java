package dev.rowcast.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.SocketFactory;

/**
 * A socket that can tell when something has arrived without taking it from its reader.
 *
 * <p>Reading and waiting are confined to one thread; {@link #cutShort} is thread-safe.
 *
 * <p>To wait is to read one byte with a time-out and to hand that byte out first at the next read.
 * It sits below TLS, so a byte may belong to a record without data of its own (a key update): a
 * wait may end for nothing, and never sleeps over something.
 */
final class AwaitableSocket extends Socket {
  private final Input input = new Input();

  /** Waits at most {@code timeout}; true when a byte or the end of the stream is there. */
  boolean await(Duration timeout) throws IOException {
    return input.await(Math.clamp(timeout.toMillis(), 1, Integer.MAX_VALUE));
  }

  /** Makes the other side's next byte the end of the stream, which also ends a wait. */
  void cutShort() {
    try {
      shutdownInput();
    } catch (IOException _) {
      // Closed already, and with that nobody waits.
    }
  }

  @Override
  public InputStream getInputStream() {
    return input;
  }

  private InputStream source() throws IOException {
    return super.getInputStream();
  }

  /** The socket's stream with at most one byte read ahead. */
  private final class Input extends InputStream {
    private static final int NOTHING = -1;

    private int ahead = NOTHING;

    boolean await(int millis) throws IOException {
      if (ahead != NOTHING) {
        return true;
      }
      var before = getSoTimeout();
      setSoTimeout(millis);
      try {
        ahead = source().read();
        return true;
      } catch (SocketTimeoutException _) {
        return false;
      } finally {
        setSoTimeout(before);
      }
    }

    @Override
    public int read() throws IOException {
      if (ahead == NOTHING) {
        return source().read();
      }
      var first = ahead;
      ahead = NOTHING;
      return first;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (ahead == NOTHING || length == 0) {
        return source().read(bytes, offset, length);
      }
      bytes[offset] = (byte) read();
      var more = Math.min(length - 1, source().available());
      return 1 + (more > 0 ? Math.max(0, source().read(bytes, offset + 1, more)) : 0);
    }

    @Override
    public int available() throws IOException {
      return source().available() + (ahead == NOTHING ? 0 : 1);
    }

    @Override
    public void close() throws IOException {
      AwaitableSocket.this.close();
    }
  }

  /**
   * Makes the sockets of connections that will be waited on. The driver creates it by name, so the
   * socket finds its way back by a binding of the thread that opens the connection.
   */
  public static final class Factory extends SocketFactory {
    /** Receives the socket made last: a driver that tries several hosts keeps that one. */
    static final ScopedValue<AtomicReference<AwaitableSocket>> MADE = ScopedValue.newInstance();

    @Override
    public Socket createSocket() {
      if (!MADE.isBound()) {
        // The driver's request to cancel a statement, over a connection of its own.
        return new Socket();
      }
      var socket = new AwaitableSocket();
      MADE.get().set(socket);
      return socket;
    }

    @Override
    public Socket createSocket(String host, int port) {
      throw unused();
    }

    @Override
    public Socket createSocket(
        String host, int port, java.net.InetAddress localHost, int localPort) {
      throw unused();
    }

    @Override
    public Socket createSocket(java.net.InetAddress host, int port) {
      throw unused();
    }

    @Override
    public Socket createSocket(
        java.net.InetAddress address, int port, java.net.InetAddress localAddress, int localPort) {
      throw unused();
    }

    private static UnsupportedOperationException unused() {
      return new UnsupportedOperationException("the driver connects by itself");
    }
  }
}
