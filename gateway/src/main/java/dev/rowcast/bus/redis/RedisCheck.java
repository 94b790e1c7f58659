package dev.rowcast.bus.redis;

import dev.rowcast.bus.BusException;
import dev.rowcast.redis.RedisConnections;
import dev.rowcast.redis.RedisSettings;
import dev.rowcast.redis.RedisTarget;
import dev.rowcast.redis.RespSocket;
import io.lettuce.core.RedisException;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * What an operator should know about a Redis before Rowcast relies on it.
 *
 * <p>Immutable.
 *
 * @param target where it is, without secrets
 * @param version for example {@code 7.0.15}
 * @param evictionPolicy what it does when its memory is full; empty: it does not tell us
 * @param mayDamageStreams whether {@code XADD} may go on with a node that it has freed: it
 *     allocates as the C library does, and streams put several entries into a node; see decision 54
 */
public record RedisCheck(
    String target, String version, Optional<String> evictionPolicy, boolean mayDamageStreams) {
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  /**
   * Asks Redis.
   *
   * @throws BusException when it cannot be reached or asked
   */
  public static RedisCheck of(RedisSettings settings) throws InterruptedException {
    var target = RedisTarget.parse(settings.url(), settings.password());
    try (var connections = new RedisConnections(target, PATIENCE);
        var connection = connections.connect(RespSocket.resolve(target, PATIENCE))) {
      var commands = connection.sync();
      var info = commands.info();
      return new RedisCheck(
          target.toString(),
          line(info, "redis_version:"),
          setting(commands, "maxmemory-policy"),
          line(info, "mem_allocator:").equals("libc")
              && !setting(commands, "stream-node-max-bytes").equals(Optional.of("1")));
    } catch (IOException | RedisException failure) {
      throw new BusException(
          target + " cannot be asked (" + failure.getMessage() + ")", true, failure);
    }
  }

  private static Optional<String> setting(RedisCommands<byte[], byte[]> commands, String name) {
    try {
      return Optional.ofNullable(commands.configGet(name).get(name));
    } catch (RedisException _) {
      // A managed Redis often hides CONFIG.
      return Optional.empty();
    }
  }

  private static String line(String info, String name) {
    return info.lines()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(name.length()).strip())
        .findFirst()
        .orElse("unknown");
  }
}
