package dev.rowcast.server;

import dev.rowcast.session.LiveAdmission;
import dev.rowcast.session.LiveLine;
import dev.rowcast.session.LiveStream;
import dev.rowcast.session.LoopReaders;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection that is answered from the feed: the only handler of its pipeline, and the line of
 * its reader.
 *
 * <p>Confined to its event loop.
 */
final class LiveHandler extends ChannelInboundHandlerAdapter implements LiveLine {
  private static final Logger log = LoggerFactory.getLogger(LiveHandler.class);

  private final Seat seat;
  private final String headers;
  private @Nullable ChannelHandlerContext context;
  private @Nullable LiveStream stream;
  private long given;

  /** With header lines for the answer. */
  LiveHandler(Seat seat, String headers) {
    this.seat = seat;
    this.headers = headers;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    this.context = context;
  }

  void begin(LoopReaders readers, LiveAdmission.Admitted admitted) {
    stream = readers.open(this, admitted, HttpReplies.stream(headers));
    // What it wrote may have filled the line and be gone already: nobody was there to be told.
    stream.writable();
  }

  /** The request was all that a client has to say here. */
  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ReferenceCountUtil.release(message);
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (stream != null && context.channel().isWritable()) {
      stream.writable();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    seat.leave();
    if (stream != null) {
      stream.closed();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (!(cause instanceof IOException)) {
      log.error("a reader of /live failed and ends", cause);
    }
    var _ = context.close();
  }

  @Override
  public void reply(int status, String contentType, byte[] body) {
    write(HttpReplies.bytes(new HttpPages.Reply(status, contentType, body), headers));
    finish();
  }

  @Override
  public void write(byte[] bytes) {
    if (context != null) {
      given += bytes.length;
      var _ = context.write(Unpooled.wrappedBuffer(bytes), context.voidPromise());
    }
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
    var queue = context == null ? null : context.channel().unsafe().outboundBuffer();
    return queue == null ? given : given - queue.totalPendingWriteBytes();
  }

  @Override
  public void finish() {
    if (context != null) {
      var channel = context.channel();
      context
          .writeAndFlush(Unpooled.EMPTY_BUFFER)
          .addListener((ChannelFuture _) -> HalfClose.of(channel));
    }
  }

  @Override
  public void abort() {
    if (context != null) {
      var _ = context.close();
    }
  }
}
