package dev.rowcast.server;

import dev.rowcast.message.CloseReason;
import dev.rowcast.session.Conversation;
import dev.rowcast.session.Line;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderException;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An open WebSocket: the line of its session.
 *
 * <p>Confined to its event loop.
 */
final class SocketHandler extends ClientHandler implements Line {
  private static final Logger log = LoggerFactory.getLogger(SocketHandler.class);

  private @Nullable Conversation session;

  SocketHandler(Seat seat) {
    super(seat);
  }

  /** What operators may know of it. */
  ConnectionReport report(long now) {
    return new ConnectionReport(
        seat().user(),
        seat().facility(),
        seat().address(),
        Duration.ofNanos(now - seat().since()),
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
  void writable() {
    if (session != null) {
      session.writable();
    }
  }

  @Override
  void closed() {
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
  public void send(ByteBuf shared) {
    var length = shared.readableBytes();
    var taken = sendDirectly(shared);
    if (taken < length) {
      write(shared.retainedDuplicate().skipBytes(taken));
      flush();
    }
  }

  @Override
  public long pending() {
    var queue = queue();
    return queue == null ? 0 : queue.totalPendingWriteBytes();
  }

  @Override
  public void afterSent(Runnable callback) {
    afterWrites(future -> {
      if (future.isSuccess()) {
        callback.run();
      }
    });
  }

  @Override
  public void finish() {
    super.finish();
    resumeReading();
  }

  @Override
  public void pauseReading() {
    reads(false);
  }

  @Override
  public void resumeReading() {
    reads(true);
  }
}
