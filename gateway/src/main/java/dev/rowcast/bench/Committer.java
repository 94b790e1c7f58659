package dev.rowcast.bench;

import java.util.function.Supplier;

/**
 * Writes one row and commits; made outside, because this package speaks no SQL.
 *
 * <p>Confined to the thread that publishes or, where there are several writers, to its writer's.
 */
public interface Committer extends AutoCloseable {
  /** For a run that writes no rows. */
  Supplier<Committer> NONE =
      () -> {
        throw new BenchException("this mode needs --database, and --commit-sql or --table");
      };

  /** Returns when the row is committed; {@code stamp} is 32 hexadecimal digits, a UUID. */
  void commit(int topic, String stamp);

  @Override
  void close();
}
