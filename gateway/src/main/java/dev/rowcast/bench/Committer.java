package dev.rowcast.bench;

import java.util.function.Supplier;

/**
 * Writes one row and commits; made outside, because this package speaks no SQL.
 *
 * <p>Confined to the publishing thread.
 */
public interface Committer extends AutoCloseable {
  /** For a run that writes no rows. */
  Supplier<Committer> NONE =
      () -> {
        throw new BenchException("this mode needs --commit-sql and --database");
      };

  /** Returns when the row is committed; {@code stamp} is 32 hexadecimal digits, a UUID. */
  void commit(String stamp);

  @Override
  void close();
}
