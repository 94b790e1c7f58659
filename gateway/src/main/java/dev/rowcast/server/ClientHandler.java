package dev.rowcast.server;

import dev.rowcast.session.ClientLine;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.util.internal.SystemPropertyUtil;
import org.jspecify.annotations.Nullable;

/**
 * A client whose request was answered with a conversation: the only handler of its pipeline but for
 * TLS, and the line to it.
 *
 * <p>Confined to its event loop.
 */
abstract class ClientHandler extends ChannelInboundHandlerAdapter implements ClientLine {
  /** What Netty adds to the pending bytes for each entry, see {@link ChannelOutboundBuffer}. */
  private static final int ENTRY =
      SystemPropertyUtil.getInt("io.netty.transport.outboundBufferEntrySizeOverhead", 96);

  private final Seat seat;
  private @Nullable ChannelHandlerContext context;

  /** There under TLS only. */
  private @Nullable WireMeter meter;

  private long given;

  ClientHandler(Seat seat) {
    this.seat = seat;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    this.context = context;
    meter = context.pipeline().get(WireMeter.class);
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (context.channel().isWritable()) {
      writable();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    seat.leave();
    closed();
  }

  /** The kernel takes more again. */
  abstract void writable();

  /** The connection has ended. */
  abstract void closed();

  Seat seat() {
    return seat;
  }

  /** Queues bytes; takes over the reference. Releases them where there is no connection. */
  public void write(ByteBuf bytes) {
    if (context == null) {
      bytes.release();
      return;
    }
    given += bytes.readableBytes();
    var _ = context.write(bytes, context.voidPromise());
  }

  /**
   * Hands bytes to the kernel past Netty's queue, see {@link DirectSend#send}.
   *
   * @return how many bytes it took; none under TLS
   */
  int sendDirectly(ByteBuf shared) {
    var taken = context == null || meter != null ? 0 : DirectSend.send(context.channel(), shared);
    given += taken;
    return taken;
  }

  @Override
  public void flush() {
    if (context != null) {
      context.flush();
    }
  }

  @Override
  public boolean isWritable() {
    return context != null && context.channel().isWritable();
  }

  @Override
  public long sent() {
    var queue = queue();
    var all = meter == null ? given : meter.given();
    return queue == null
        ? all
        : all - (queue.totalPendingWriteBytes() - (long) ENTRY * queue.size());
  }

  /** What waits for the kernel; empty once the connection is closed. */
  @Nullable ChannelOutboundBuffer queue() {
    return context == null ? null : context.channel().unsafe().outboundBuffer();
  }

  @Override
  public void finish() {
    afterWrites(future -> HalfClose.of(future.channel()));
  }

  /** Calls back once everything that was written before is gone, or cannot go any more. */
  void afterWrites(ChannelFutureListener callback) {
    if (context != null) {
      context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(callback);
    }
  }

  @Override
  public void abort() {
    if (context != null) {
      var _ = context.close();
    }
  }

  /** Whether what the client sends is read; while it is not, its TCP window fills. */
  void reads(boolean whether) {
    if (context != null) {
      context.channel().config().setAutoRead(whether);
    }
  }
}
