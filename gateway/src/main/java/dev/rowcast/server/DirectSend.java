package dev.rowcast.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands bytes to the kernel past Netty's queue of what is to be written.
 *
 * <p>That queue wants a buffer of its own for each socket, and an entry for it, which are made and
 * given back before the next socket has its turn. Nearly always the kernel takes the bytes at once
 * and neither is needed (docs/decisions/0051).
 */
final class DirectSend {
  private static final Logger log = LoggerFactory.getLogger(DirectSend.class);

  private DirectSend() {}

  /**
   * Sends what can be sent now, in the channel's event loop; the buffer's indexes stay as they are.
   *
   * @return how many bytes the kernel took; none where something waits in Netty's queue, by another
   *     interface than epoll, and of a connection that is broken: writing the usual way then does
   *     what is to be done
   */
  static int send(Channel channel, ByteBuf bytes) {
    // A channel that is closed has no queue, and its descriptor may be somebody else's by now.
    var queue = channel.unsafe().outboundBuffer();
    if (queue == null
        || queue.totalPendingWriteBytes() > 0
        || !bytes.hasMemoryAddress()
        || !(channel instanceof EpollSocketChannel epoll)
        || !(epoll.fd() instanceof Socket socket)
        || !channel.isActive()) {
      return 0;
    }
    try {
      return socket.sendAddress(bytes.memoryAddress(), bytes.readerIndex(), bytes.writerIndex());
    } catch (IOException broken) {
      log.trace("left to the usual way", broken);
      return 0;
    }
  }
}
