package dev.rowcast.bench;

import dev.rowcast.bench.wire.Stamp;
import dev.rowcast.bench.wire.UpgradeRequest;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the clients of all loops of a process share.
 *
 * <p>Thread-safe.
 */
final class Shared {
  /** Linux has 28,232 ports for connections by default; some are taken. */
  private static final int PORTS = 25_000;

  private static final int READ_SIZE = 1 << 15;
  private static final int SLOW_RECEIVE_BUFFER = 4_096;

  /** A text that is answered. */
  private record Answer(ByteBuffer text, ByteBuffer reply) {}

  private final Plan plan;
  private final UpgradeRequest upgrade;
  private final Stamp stamp;
  private final byte[] joined;
  private final List<Answer> answers;
  private final InetSocketAddress server;
  private final Bootstrap bootstrap;
  private final ConnectWindow connecting;
  private volatile boolean over;

  Shared(Plan plan) {
    this.plan = plan;
    var target = plan.settings().target();
    upgrade = plan.upgrade();
    stamp = plan.stamp();
    joined = target.joined().getBytes(StandardCharsets.UTF_8);
    answers = target.answers().stream().map(Shared::answer).toList();
    server = new InetSocketAddress(target.host(), target.port());
    var crowd = plan.settings().crowd();
    connecting = new ConnectWindow(crowd.connecting() / crowd.processes(), crowd.connectRate() > 0);
    bootstrap =
        new Bootstrap()
            .channel(Epoll.isAvailable() ? EpollSocketChannel.class : NioSocketChannel.class)
            .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
            .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(READ_SIZE))
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) crowd.patience().toMillis());
  }

  private static Answer answer(String text) {
    var equals = text.indexOf('=');
    return new Answer(bytes(text.substring(0, equals)), bytes(text.substring(equals + 1)));
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  static IoHandlerFactory handlers() {
    return Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
  }

  ChannelFuture connect(EventLoop loop, Client client, int id) {
    var own = bootstrap.clone(loop).handler(client);
    if (plan.settings().crowd().isSlow(id)) {
      own.option(ChannelOption.SO_RCVBUF, SLOW_RECEIVE_BUFFER);
    }
    var source = source(id);
    if (source == null) {
      return own.connect(server);
    }
    if (Epoll.isAvailable()) {
      // The kernel chooses the port when it knows the other end: the same one serves many targets.
      own.option(EpollChannelOption.IP_BIND_ADDRESS_NO_PORT, true);
    }
    return own.connect(server, source);
  }

  private @Nullable InetSocketAddress source(int id) {
    var sources = plan.settings().crowd().sources();
    if (!sources.isEmpty()) {
      return new InetSocketAddress(sources.get(id / PORTS % sources.size()), 0);
    }
    var address = server.getAddress();
    var isBeyond = plan.settings().crowd().amount() > PORTS;
    return isBeyond && address != null && address.isLoopbackAddress()
        ? new InetSocketAddress("127.0.0." + (1 + id / PORTS % 250), 0)
        : null;
  }

  UpgradeRequest upgrade() {
    return upgrade;
  }

  Stamp stamp() {
    return stamp;
  }

  int warmup() {
    return plan.settings().load().warmup();
  }

  boolean isEcho() {
    return plan.settings().mode() == Mode.ECHO;
  }

  /** Whether clients go on from where they were, and so keep their place. */
  boolean isResumed() {
    return plan.settings().target().isResumed();
  }

  boolean isJoined(byte[] bytes, int from, int to) {
    outer:
    for (int at = from; joined.length > 0 && at + joined.length <= to; at++) {
      for (int i = 0; i < joined.length; i++) {
        if (bytes[at + i] != joined[i]) {
          continue outer;
        }
      }
      return true;
    }
    return false;
  }

  byte @Nullable [] reply(byte[] bytes, int from, int to) {
    for (var answer : answers) {
      if (answer.text().equals(ByteBuffer.wrap(bytes, from, to - from))) {
        return answer.reply().array();
      }
    }
    return null;
  }

  /** Waits until one more connection may be on its way. */
  void begin() throws InterruptedException {
    connecting.enter();
  }

  /** An attempt to connect came to its end. */
  void settled() {
    connecting.leave();
  }

  boolean isOver() {
    return over;
  }

  void end() {
    over = true;
  }
}
