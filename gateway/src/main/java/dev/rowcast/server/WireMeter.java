package dev.rowcast.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;

/**
 * Counts what is given to a socket below TLS, where bytes become more than they were.
 *
 * <p>Confined to the connection's event loop.
 */
final class WireMeter extends ChannelOutboundHandlerAdapter {
  private long given;

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    if (message instanceof ByteBuf bytes) {
      given += bytes.readableBytes();
    }
    var _ = context.write(message, promise);
  }

  long given() {
    return given;
  }
}
