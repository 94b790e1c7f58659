package dev.rowcast.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.SslVerifyMode;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.metrics.CommandLatencyRecorder;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import io.netty.handler.flush.FlushConsolidationHandler;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Makes the command connections to Redis, of bus and feed alike, so that all behave the same.
 *
 * <p>Thread-safe. A connection is used until it breaks and is then thrown away: it never reconnects
 * by itself and never replays a command on a server that nobody has looked at; what waits for an
 * answer when it breaks fails. Commands have no time-out each: the owner sends PING with a deadline
 * and closes the connection, because answers come in the order of commands.
 */
public final class RedisConnections implements AutoCloseable {
  private static final int THREADS = 2;
  private static final int MOST_JOINED = 256;

  /**
   * Commands given one after another by another thread are written together: each on its own costs
   * a system call here and another one in Redis.
   */
  private static final NettyCustomizer JOINED_FLUSHES =
      new NettyCustomizer() {
        @Override
        public void afterChannelInitialized(Channel channel) {
          channel.pipeline().addFirst(new FlushConsolidationHandler(MOST_JOINED, true));
        }
      };

  private final RedisTarget target;
  private final Duration timeout;
  private final ClientResources resources;
  private final RedisClient client;

  /** Connects nowhere yet; {@code timeout} bounds a connection's whole beginning. */
  public RedisConnections(RedisTarget target, Duration timeout) throws IOException {
    this.target = target;
    this.timeout = timeout;
    var options = options(target, timeout);
    this.resources =
        DefaultClientResources.builder()
            .ioThreadPoolSize(THREADS)
            .computationThreadPoolSize(THREADS)
            .commandLatencyRecorder(CommandLatencyRecorder.disabled())
            .nettyCustomizer(JOINED_FLUSHES)
            .build();
    this.client = RedisClient.create(resources);
    this.client.setOptions(options);
  }

  /**
   * A new connection to {@code node}, with password, database and encryption as the target says.
   * Blocks; for a thread of the control plane.
   *
   * @throws IOException when Redis is away, or refuses us; the message names neither secret
   */
  public StatefulRedisConnection<byte[], byte[]> connect(RedisTarget.Node node)
      throws IOException, InterruptedException {
    var connecting = client.connectAsync(ByteArrayCodec.INSTANCE, uri(node));
    try {
      return connecting.get(timeout.toMillis() + 500, TimeUnit.MILLISECONDS);
    } catch (ExecutionException failure) {
      throw new IOException(rootMessage(failure), failure);
    } catch (TimeoutException late) {
      var _ =
          connecting.whenComplete((connection, _) -> {
            if (connection != null) {
              var _ = connection.closeAsync();
            }
          });
      throw new IOException("no answer within " + timeout, late);
    }
  }

  /** Ends all threads and connections. */
  @Override
  public void close() {
    client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
    resources.shutdown(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(3, TimeUnit.SECONDS);
  }

  private RedisURI uri(RedisTarget.Node node) {
    var uri =
        switch (node) {
          case RedisTarget.Tcp tcp ->
              RedisURI.builder().withHost(tcp.endpoint().host()).withPort(tcp.endpoint().port());
          case RedisTarget.Unix unix -> RedisURI.Builder.socket(unix.path().toString());
        };
    uri.withDatabase(target.database()).withTimeout(timeout);
    target
        .tls()
        .ifPresent(tls ->
            uri.withSsl(true)
                .withVerifyPeer(
                    switch (tls.verify()) {
                      case FULL -> SslVerifyMode.FULL;
                      case CA -> SslVerifyMode.CA;
                      case NONE -> SslVerifyMode.NONE;
                    }));
    if (target.password().isPresent()) {
      var password = target.password().get().reveal().toCharArray();
      if (target.user().isPresent()) {
        uri.withAuthentication(target.user().get(), password);
      } else {
        uri.withPassword(password);
      }
    }
    return uri.build();
  }

  private static ClientOptions options(RedisTarget target, Duration timeout) throws IOException {
    var options =
        ClientOptions.builder()
            .autoReconnect(false)
            .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
            .timeoutOptions(TimeoutOptions.builder().timeoutCommands(false).build())
            .protocolVersion(ProtocolVersion.RESP2)
            .socketOptions(SocketOptions.builder().connectTimeout(timeout).keepAlive(true).build());
    if (target.tls().isPresent()) {
      options.sslOptions(
          SslOptions.builder()
              .jdkSslProvider()
              .trustManager(Trust.authorities(target.tls().get()))
              .handshakeTimeout(timeout)
              .build());
    }
    return options.build();
  }

  /** What Redis itself said, if it said anything; else the innermost reason. */
  private static String rootMessage(Throwable failure) {
    var root = failure;
    while (root.getCause() != null && !(root instanceof RedisCommandExecutionException)) {
      root = root.getCause();
    }
    return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
  }
}
