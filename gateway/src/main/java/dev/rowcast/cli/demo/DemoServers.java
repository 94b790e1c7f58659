package dev.rowcast.cli.demo;

import dev.rowcast.cli.CommandException;
import dev.rowcast.embedded.EmbeddedException;
import dev.rowcast.embedded.EmbeddedPostgres;
import dev.rowcast.embedded.EmbeddedRedis;
import dev.rowcast.embedded.PostgresOptions;
import dev.rowcast.embedded.RedisOptions;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * The demo's own PostgreSQL and Redis.
 *
 * <p>Confined to the thread that starts them.
 *
 * <p>The only class here that names the module {@code embedded}, which the production's class path
 * does not hold: whoever touches it first must be ready for a {@link NoClassDefFoundError}.
 */
final class DemoServers implements AutoCloseable {
  private final EmbeddedPostgres postgres;
  private final EmbeddedRedis redis;

  private DemoServers(EmbeddedPostgres postgres, EmbeddedRedis redis) {
    this.postgres = postgres;
    this.redis = redis;
  }

  /**
   * Starts both side by side; PostgreSQL's data stay in {@code folder}.
   *
   * @throws CommandException with one sentence when one of them cannot be had; none runs then
   */
  static DemoServers start(Path folder) {
    var redis = new FutureTask<>(() -> EmbeddedRedis.start(RedisOptions.DEFAULTS));
    Thread.ofVirtual().name("demo-redis-start").start(redis);
    EmbeddedPostgres postgres;
    try {
      postgres = EmbeddedPostgres.start(PostgresOptions.DEFAULTS.in(folder.resolve("postgres")));
    } catch (EmbeddedException e) {
      try {
        started(redis).close();
      } catch (CommandException _) {
        // Neither runs; the first reason is told.
      }
      throw new CommandException(String.valueOf(e.getMessage()));
    }
    try {
      return new DemoServers(postgres, started(redis));
    } catch (CommandException e) {
      postgres.close();
      throw e;
    }
  }

  private static EmbeddedRedis started(FutureTask<EmbeddedRedis> start) {
    try {
      return start.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof EmbeddedException reason) {
        throw new CommandException(String.valueOf(reason.getMessage()));
      }
      throw new IllegalStateException("Redis could not be started", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandException("interrupted while Redis started");
    }
  }

  /** The database, in libpq's form. */
  String databaseUrl() {
    return postgres.url();
  }

  /** What to type to talk to the database. */
  String psqlCommand() {
    return postgres.psqlCommand("postgres");
  }

  /** {@code redis://…} */
  String redisUrl() {
    return redis.url();
  }

  /** On 127.0.0.1. */
  int redisPort() {
    return redis.port();
  }

  @Override
  public void close() {
    redis.close();
    postgres.close();
  }
}
