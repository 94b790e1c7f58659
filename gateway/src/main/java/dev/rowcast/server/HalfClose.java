package dev.rowcast.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;

/**
 * Ends our half of a connection after everything written has gone: what the client still sends is
 * read and dropped, as a close with unread bytes would reset the connection and take the last words
 * with it.
 *
 * <p>Stateless; on the connection's event loop.
 */
final class HalfClose {
  private HalfClose() {}

  /** Under TLS it says so there first (RFC 8446 section 6.1). */
  static void of(Channel channel) {
    var tls = channel.pipeline().get(SslHandler.class);
    if (tls == null) {
      shutdown(channel);
    } else {
      tls.closeOutbound().addListener((ChannelFuture _) -> shutdown(channel));
    }
  }

  private static void shutdown(Channel channel) {
    if (channel instanceof DuplexChannel duplex && duplex.isActive()) {
      var _ = duplex.shutdownOutput();
    }
  }
}
