package dev.rowcast.server;

import dev.rowcast.message.CloseReason;
import dev.rowcast.session.Conversation;
import dev.rowcast.session.Line;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.handler.codec.DecoderException;
import io.netty.util.internal.SystemPropertyUtil;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An open WebSocket: the only handler of its pipeline, and the line of its session.
 *
 * <p>Confined to its event loop.
 */
final class SocketHandler extends ChannelInboundHandlerAdapter implements Line {
  private static final Logger log = LoggerFactory.getLogger(SocketHandler.class);

  /** What Netty adds to the pending bytes for each entry, see {@link ChannelOutboundBuffer}. */
  private static final int ENTRY =
      SystemPropertyUtil.getInt("io.netty.transport.outboundBufferEntrySizeOverhead", 96);

  private final Seat seat;
  private @Nullable ChannelHandlerContext context;
  private @Nullable Conversation session;

  /** There under TLS only. */
  private @Nullable WireMeter meter;

  private long given;

  SocketHandler(Seat seat) {
    this.seat = seat;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    this.context = context;
    meter = context.pipeline().get(WireMeter.class);
  }

  /** What operators may know of it. */
  ConnectionReport report(long now) {
    return new ConnectionReport(
        seat.user(),
        seat.facility(),
        seat.address(),
        Duration.ofNanos(now - seat.since()),
        pending());
  }

  /**
   * Begins the conversation and answers the handshake. In this order: once the client knows that it
   * is connected it is subscribed on this node. Nothing is written before the answer, as sessions
   * write only from later tasks of this loop.
   */
  void begin(byte[] response, Function<Line, ? extends Conversation> opening) {
    session = opening.apply(this);
    write(Unpooled.wrappedBuffer(response));
    flush();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    var bytes = (ByteBuf) message;
    try {
      if (session != null) {
        session.received(bytes.nioBuffer());
      }
    } finally {
      bytes.release();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (session != null && context.channel().isWritable()) {
      session.writable();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    seat.leave();
    if (session != null) {
      session.closed();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (cause instanceof IOException || cause instanceof DecoderException || session == null) {
      var _ = context.close();
      return;
    }
    log.error("a connection failed and ends", cause);
    session.end(CloseReason.INTERNAL_ERROR);
  }

  @Override
  public void write(ByteBuf bytes) {
    if (context == null) {
      bytes.release();
      return;
    }
    given += bytes.readableBytes();
    var _ = context.write(bytes, context.voidPromise());
  }

  @Override
  public void flush() {
    if (context != null) {
      context.flush();
    }
  }

  @Override
  public void send(ByteBuf shared) {
    var length = shared.readableBytes();
    var taken = context == null || meter != null ? 0 : DirectSend.send(context.channel(), shared);
    given += taken;
    if (taken < length) {
      write(shared.retainedDuplicate().skipBytes(taken));
      flush();
    }
  }

  @Override
  public boolean isWritable() {
    return context != null && context.channel().isWritable();
  }

  @Override
  public long pending() {
    var queue = queue();
    return queue == null ? 0 : queue.totalPendingWriteBytes();
  }

  @Override
  public long sent() {
    var queue = queue();
    var all = meter == null ? given : meter.given();
    return queue == null
        ? all
        : all - (queue.totalPendingWriteBytes() - (long) ENTRY * queue.size());
  }

  private @Nullable ChannelOutboundBuffer queue() {
    return context == null ? null : context.channel().unsafe().outboundBuffer();
  }

  @Override
  public void afterSent(Runnable callback) {
    if (context != null) {
      context
          .writeAndFlush(Unpooled.EMPTY_BUFFER)
          .addListener((ChannelFuture future) -> {
            if (future.isSuccess()) {
              callback.run();
            }
          });
    }
  }

  @Override
  public void finish() {
    if (context != null) {
      var channel = context.channel();
      context
          .writeAndFlush(Unpooled.EMPTY_BUFFER)
          .addListener((ChannelFuture _) -> HalfClose.of(channel));
      resumeReading();
    }
  }

  @Override
  public void abort() {
    if (context != null) {
      var _ = context.close();
    }
  }

  @Override
  public void pauseReading() {
    if (context != null) {
      context.channel().config().setAutoRead(false);
    }
  }

  @Override
  public void resumeReading() {
    if (context != null) {
      context.channel().config().setAutoRead(true);
    }
  }
}
