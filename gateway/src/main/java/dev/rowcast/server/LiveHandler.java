package dev.rowcast.server;

import dev.rowcast.session.LiveAdmission;
import dev.rowcast.session.LiveLine;
import dev.rowcast.session.LiveStream;
import dev.rowcast.session.LoopReaders;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection that is answered from the feed: the line of its reader.
 *
 * <p>Confined to its event loop.
 */
final class LiveHandler extends ClientHandler implements LiveLine {
  private static final Logger log = LoggerFactory.getLogger(LiveHandler.class);

  private final String headers;
  private @Nullable LiveStream stream;

  /** With header lines for the answer. */
  LiveHandler(Seat seat, String headers) {
    super(seat);
    this.headers = headers;
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
  void writable() {
    if (stream != null) {
      stream.writable();
    }
  }

  @Override
  void closed() {
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
    write(Unpooled.wrappedBuffer(bytes));
  }
}
