package dev.rowcast.benchmarks;

import dev.rowcast.embedded.EmbeddedPostgres;
import dev.rowcast.embedded.EmbeddedRedis;
import dev.rowcast.embedded.PostgresOptions;
import dev.rowcast.embedded.RedisOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** The servers that every benchmark here starts for itself, all with the same settings. */
final class BenchmarkServers {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private BenchmarkServers() {}

  /** A PostgreSQL with room enough that checkpoints do not fall into a round. */
  static EmbeddedPostgres postgres(Map<String, String> settings) {
    var options =
        PostgresOptions.DEFAULTS
            .with("shared_buffers", "512MB")
            .with("max_wal_size", "8GB")
            .with("checkpoint_timeout", "30min")
            .with("wal_level", "replica");
    for (var setting : settings.entrySet()) {
      options = options.with(setting.getKey(), setting.getValue());
    }
    return EmbeddedPostgres.start(options);
  }

  static EmbeddedRedis redis() {
    return EmbeddedRedis.start(RedisOptions.DEFAULTS);
  }

  /** A file beside this class. */
  static String resource(String name) {
    try (var in = BenchmarkServers.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits, and gives the whole run up when the condition does not come true. */
  static void await(String what, BooleanSupplier condition) {
    var deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            "after " + PATIENCE.toSeconds() + " s it is not true that " + what);
      }
      try {
        TimeUnit.MILLISECONDS.sleep(50);
      } catch (InterruptedException e) {
        throw new IllegalStateException("interrupted", e);
      }
    }
  }
}
