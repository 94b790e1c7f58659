package dev.rowcast.bench;

/**
 * Who watches a run.
 *
 * <p>Called by one thread at a time.
 */
public interface Progress {
  /** Nobody. */
  Progress NONE = (_, _, _) -> {};

  /** So much of a phase is done. */
  void show(String phase, long done, long goal);
}
