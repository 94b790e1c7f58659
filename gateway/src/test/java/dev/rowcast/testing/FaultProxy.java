package dev.rowcast.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A TCP proxy on a free port of 127.0.0.1 that forwards until it is told to misbehave.
 *
 * <p>Thread-safe. Faults hold for all connections, those there are and those to come, until {@link
 * #heal}; {@link #cut} ends those there are. Stalled bytes are kept and go on after {@link #heal};
 * nobody loses a byte but by a cut.
 *
 * <pre>{@code
 * try (var proxy = FaultProxy.before("127.0.0.1", redisPort)) {
 *   connectTo(proxy.port());
 *   proxy.stall(Direction.TO_CLIENT);
 *   …
 *   proxy.heal();
 * }
 * }</pre>
 */
public final class FaultProxy implements AutoCloseable {

  /** Which way bytes go. */
  public enum Direction {
    /** From who connected to the server behind. */
    TO_SERVER,
    /** From the server behind to who connected. */
    TO_CLIENT
  }

  /** One direction of the connection that comes from this port. */
  private record One(int localPort, Direction direction) {}

  private final String host;
  private final int serverPort;
  private final ServerSocket listening;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final Set<Direction> stalled = ConcurrentHashMap.newKeySet();
  private final Set<One> stalledOnes = ConcurrentHashMap.newKeySet();
  private final AtomicInteger accepted = new AtomicInteger();
  private final Object changed = new Object();
  private final Object records = new Object();
  private ByteArrayOutputStream toServer = new ByteArrayOutputStream();
  private ByteArrayOutputStream toClient = new ByteArrayOutputStream();
  private volatile Duration delay = Duration.ZERO;
  private volatile boolean refusing;
  private volatile boolean recording;
  private volatile boolean closed;

  private FaultProxy(String host, int serverPort) throws IOException {
    this.host = host;
    this.serverPort = serverPort;
    this.listening = new ServerSocket(0, 512, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().name("fault-proxy").start(this::accept);
  }

  /** A proxy that forwards everything to the server at {@code host:port}. */
  public static FaultProxy before(String host, int port) throws IOException {
    return new FaultProxy(host, port);
  }

  /** Where to connect, on 127.0.0.1. */
  public int port() {
    return listening.getLocalPort();
  }

  /** How many connections there have been, refused ones not counted. */
  public int accepted() {
    return accepted.get();
  }

  /** How many connections there are. */
  public int open() {
    return sockets.size() / 2;
  }

  /** Holds back every byte of one direction, as a half-open connection does. */
  public void stall(Direction direction) {
    stalled.add(direction);
  }

  /**
   * Holds back every byte of one direction of a single connection.
   *
   * @param localPort the port from which the proxy connected to the server, as the server sees it
   */
  public void stallOne(int localPort, Direction direction) {
    stalledOnes.add(new One(localPort, direction));
  }

  /** Holds back every byte, as a server that is stopped. */
  public void stall() {
    stalled.addAll(Set.of(Direction.values()));
  }

  /** Each piece read is forwarded this much later; pieces keep their order. */
  public void delay(Duration each) {
    delay = each;
  }

  /** Closes every new connection at once. */
  public void refuse() {
    refusing = true;
  }

  /** Resets all connections there are. */
  public void cut() {
    for (var socket : sockets) {
      reset(socket);
    }
  }

  /** Ends all faults; what was held back goes on. */
  public void heal() {
    synchronized (changed) {
      stalled.clear();
      stalledOnes.clear();
      delay = Duration.ZERO;
      refusing = false;
      changed.notifyAll();
    }
  }

  /** Remembers the bytes of both directions from now on. */
  public void record() {
    synchronized (records) {
      toServer = new ByteArrayOutputStream();
      toClient = new ByteArrayOutputStream();
      recording = true;
    }
  }

  /** What has been forwarded in one direction since {@link #record}, all connections mixed. */
  public byte[] recorded(Direction direction) {
    synchronized (records) {
      return (direction == Direction.TO_SERVER ? toServer : toClient).toByteArray();
    }
  }

  @Override
  public void close() throws IOException {
    closed = true;
    listening.close();
    cut();
    heal();
  }

  private void accept() {
    while (!closed) {
      try {
        var client = listening.accept();
        if (refusing) {
          reset(client);
        } else {
          connect(client);
        }
      } catch (IOException _) {
        // Closed, or the client has gone already.
      }
    }
  }

  private void connect(Socket client) {
    var server = new Socket();
    try {
      server.connect(new InetSocketAddress(host, serverPort), 2_000);
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
    } catch (IOException away) {
      reset(client);
      return;
    }
    var local = server.getLocalPort();
    accepted.incrementAndGet();
    sockets.add(client);
    sockets.add(server);
    Thread.ofVirtual().start(() -> pump(client, server, new One(local, Direction.TO_SERVER)));
    Thread.ofVirtual().start(() -> pump(server, client, new One(local, Direction.TO_CLIENT)));
  }

  private void pump(Socket from, Socket to, One way) {
    var buffer = new byte[64 * 1024];
    try {
      for (var count = from.getInputStream().read(buffer);
          count >= 0;
          count = from.getInputStream().read(buffer)) {
        hold(way);
        remember(way.direction, buffer, count);
        to.getOutputStream().write(buffer, 0, count);
      }
      to.shutdownOutput();
    } catch (IOException broken) {
      reset(from);
      reset(to);
    } catch (InterruptedException never) {
      throw new IllegalStateException(never);
    } finally {
      forgetEnded(from, to);
    }
  }

  private void hold(One way) throws InterruptedException {
    synchronized (changed) {
      var end = System.nanoTime() + delay.toNanos();
      for (var rest = end - System.nanoTime();
          rest > 0 && delay.isPositive();
          rest = end - System.nanoTime()) {
        changed.wait(rest / 1_000_000 + 1);
      }
      while ((stalled.contains(way.direction) || stalledOnes.contains(way)) && !closed) {
        changed.wait();
      }
    }
  }

  private void remember(Direction direction, byte[] buffer, int count) {
    if (!recording) {
      return;
    }
    synchronized (records) {
      (direction == Direction.TO_SERVER ? toServer : toClient).write(buffer, 0, count);
    }
  }

  private void forgetEnded(Socket from, Socket to) {
    if (to.isClosed() || from.isClosed() || (to.isOutputShutdown() && from.isOutputShutdown())) {
      reset(from);
      reset(to);
    }
  }

  /** A reset, not an orderly end: what is under way is lost, as with a cable pulled. */
  private void reset(Socket socket) {
    sockets.remove(socket);
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException _) {
      // It is closed already.
    }
  }
}
