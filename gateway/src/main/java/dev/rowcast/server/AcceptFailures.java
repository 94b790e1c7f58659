package dev.rowcast.server;

import dev.rowcast.base.Ticker;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of connections that cannot be accepted, as when no descriptor is left: the listener
 * waits a second, which Netty's acceptor before this sees to, and tries again; the log says so once
 * a minute.
 *
 * <p>Confined to the listener's event loop.
 */
final class AcceptFailures extends ChannelInboundHandlerAdapter {
  private static final Logger log = LoggerFactory.getLogger(AcceptFailures.class);
  private static final Duration QUIET = Duration.ofMinutes(1);

  private final LongAdder failures;
  private final Ticker ticker;
  private long quietUntil;

  AcceptFailures(LongAdder failures, Ticker ticker) {
    this.failures = failures;
    this.ticker = ticker;
    this.quietUntil = ticker.nanoTime();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    failures.increment();
    var now = ticker.nanoTime();
    if (now - quietUntil >= 0) {
      quietUntil = now + QUIET.toNanos();
      log.error(
          "a connection cannot be accepted, trying again every second: {}", cause.getMessage());
    }
  }
}
