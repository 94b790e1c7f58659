package dev.rowcast.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Counts sockets as they are accepted, before Netty's acceptor hands them to their loops, and waits
 * while the loops have too many to turn away: those who wish to come wait in the kernel's queue
 * then, and no descriptor is lacking for anything else.
 *
 * <p>Confined to the listener's event loop.
 */
final class Arrivals extends ChannelInboundHandlerAdapter {
  private static final Duration PAUSE = Duration.ofMillis(10);

  private final Door door;

  Arrivals(Door door) {
    this.door = door;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object accepted) {
    door.arrived((Channel) accepted);
    context.fireChannelRead(accepted);
    if (door.limit().isCrowded() && context.channel().config().isAutoRead()) {
      context.channel().config().setAutoRead(false);
      resumeLater(context);
    }
  }

  private void resumeLater(ChannelHandlerContext context) {
    var _ =
        context.executor().schedule(() -> resume(context), PAUSE.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void resume(ChannelHandlerContext context) {
    if (door.limit().isCrowded()) {
      resumeLater(context);
    } else {
      context.channel().config().setAutoRead(true);
    }
  }
}
