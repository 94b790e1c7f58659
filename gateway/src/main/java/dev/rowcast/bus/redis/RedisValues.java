package dev.rowcast.bus.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rowcast.bus.BusException;
import dev.rowcast.redis.RedisConnections;
import dev.rowcast.redis.RedisSettings;
import dev.rowcast.redis.RedisTarget;
import dev.rowcast.redis.RespSocket;
import io.lettuce.core.RedisException;
import io.lettuce.core.api.StatefulRedisConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Values that somebody else keeps in Redis, read one at a time.
 *
 * <p>Thread-safe; blocks. Connects when it is asked first, and anew after a failure. No prefix of
 * ours stands before the keys.
 */
public final class RedisValues implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final RedisTarget target;

  /** Held while connecting, on purpose: nobody can ask before that is done. */
  private final ReentrantLock connecting = new ReentrantLock();

  private volatile @Nullable StatefulRedisConnection<byte[], byte[]> connection;
  private @Nullable RedisConnections connections;
  private boolean closed;

  /** Connects nowhere yet. */
  public RedisValues(RedisSettings settings) {
    this.target = RedisTarget.parse(settings.url(), settings.password());
  }

  /**
   * The bytes under this key; empty: there are none.
   *
   * @throws BusException when Redis is away, slow, or holds something else under the key
   */
  public Optional<byte[]> get(String key) throws InterruptedException {
    var opened = connection();
    try {
      return Optional.ofNullable(
          opened.async().get(key.getBytes(UTF_8)).get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS));
    } catch (ExecutionException | TimeoutException | RedisException failure) {
      drop(opened);
      throw new BusException(target + " gives no answer (" + reason(failure) + ")", true, failure);
    }
  }

  private StatefulRedisConnection<byte[], byte[]> connection() throws InterruptedException {
    var open = connection;
    if (open != null && open.isOpen()) {
      return open;
    }
    connecting.lockInterruptibly();
    try {
      var made = connection;
      return made != null && made.isOpen() ? made : connect();
    } finally {
      connecting.unlock();
    }
  }

  private StatefulRedisConnection<byte[], byte[]> connect() throws InterruptedException {
    if (closed) {
      throw new BusException(target + " is not asked any more", false, new IOException("closed"));
    }
    try {
      var ways = connections;
      if (ways == null) {
        ways = new RedisConnections(target, PATIENCE);
        connections = ways;
      }
      var made = ways.connect(RespSocket.resolve(target, PATIENCE));
      connection = made;
      return made;
    } catch (IOException away) {
      throw new BusException("cannot reach " + target + " (" + away.getMessage() + ")", true, away);
    }
  }

  private void drop(StatefulRedisConnection<byte[], byte[]> broken) {
    // Whoever finds a closed one connects anew.
    var _ = broken.closeAsync();
  }

  private static String reason(Exception failure) {
    var cause = failure.getCause() == null ? failure : failure.getCause();
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }

  @Override
  public void close() {
    connecting.lock();
    try {
      closed = true;
      var open = connection;
      connection = null;
      if (open != null) {
        open.close();
      }
      if (connections != null) {
        connections.close();
      }
    } finally {
      connecting.unlock();
    }
  }
}
