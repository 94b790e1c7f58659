package dev.rowcast.oracle;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;

/**
 * A running server that speaks ws4redis's protocol.
 *
 * <p>Thread-safe.
 */
interface ServerUnderTest extends AutoCloseable {
  /** Where it listens. */
  InetSocketAddress address();

  /**
   * Whether all its clients of one channel share one Redis subscription, so that Redis does not
   * show when the second one has joined.
   */
  boolean sharesSubscriptions();

  /** Stops it and waits until it is gone. */
  @Override
  void close() throws IOException;

  /** Starts servers on one Redis. */
  @FunctionalInterface
  interface Starter {
    /** Starts a server and returns once it answers. */
    ServerUnderTest start(Settings settings, InetSocketAddress redis) throws IOException;
  }

  /**
   * The settings of ws4redis, which both servers are given.
   *
   * <p>Immutable.
   *
   * @param url WEBSOCKET_URL
   * @param prefix WS4REDIS_PREFIX
   * @param expire WS4REDIS_EXPIRE
   * @param heartbeat WS4REDIS_HEARTBEAT
   * @param allowed what WS4REDIS_ALLOWED_CHANNELS grants: parameters separated by commas, {@code
   *     refuse} for a PermissionDenied, empty for no such hook
   */
  record Settings(
      String url,
      Optional<String> prefix,
      Duration expire,
      Optional<String> heartbeat,
      Optional<String> allowed) {

    /** Rodan's heartbeat and expiry, without its prefix. */
    static final Settings DEFAULTS =
        new Settings(
            "/ws/",
            Optional.empty(),
            Duration.ofHours(1),
            Optional.of("--heartbeat--"),
            Optional.empty());

    /** The prefix as it stands before a channel's name. */
    String prefixWithColon() {
      return prefix.map(text -> text + ":").orElse("");
    }
  }
}
