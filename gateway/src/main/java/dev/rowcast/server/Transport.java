package dev.rowcast.server;

import io.netty.channel.Channel;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringChannelOption;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import java.util.function.ObjLongConsumer;

/**
 * One of the kernel's interfaces to sockets, with what it needs to be used.
 *
 * <p>Immutable.
 *
 * @param unsent sets TCP_NOTSENT_LOWAT, where the interface has it
 */
record Transport(
    String name,
    IoHandlerFactory handlers,
    Class<? extends ServerChannel> listener,
    ObjLongConsumer<Channel> unsent) {

  /**
   * The interface asked for.
   *
   * @throws ServerException when this machine does not have it
   */
  static Transport of(TransportSettings.Kind kind) {
    return switch (kind) {
      case AUTO -> Epoll.isAvailable() ? epoll() : nio();
      case EPOLL -> {
        require("epoll", Epoll.isAvailable(), Epoll.unavailabilityCause());
        yield epoll();
      }
      case NIO -> nio();
      case IO_URING -> {
        require("io_uring", IoUring.isAvailable(), IoUring.unavailabilityCause());
        yield ioUring();
      }
    };
  }

  private static Transport epoll() {
    return new Transport(
        "epoll",
        EpollIoHandler.newFactory(),
        EpollServerSocketChannel.class,
        (channel, bytes) ->
            channel.config().setOption(EpollChannelOption.TCP_NOTSENT_LOWAT, bytes));
  }

  private static Transport nio() {
    return new Transport(
        "nio", NioIoHandler.newFactory(), NioServerSocketChannel.class, (_, _) -> {});
  }

  private static Transport ioUring() {
    return new Transport(
        "io_uring",
        IoUringIoHandler.newFactory(),
        IoUringServerSocketChannel.class,
        (channel, bytes) ->
            channel.config().setOption(IoUringChannelOption.TCP_NOTSENT_LOWAT, bytes));
  }

  private static void require(String name, boolean available, Throwable cause) {
    if (!available) {
      throw new ServerException("transport.kind is " + name + ", which this machine lacks", cause);
    }
  }

  /** Sets the bound of bytes that the kernel takes and cannot send yet. */
  void limitUnsent(Channel channel, long bytes) {
    if (bytes > 0) {
      unsent.accept(channel, bytes);
    }
  }
}
