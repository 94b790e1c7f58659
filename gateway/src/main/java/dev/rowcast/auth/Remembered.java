package dev.rowcast.auth;

import dev.rowcast.base.Ticker;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers kept for a short time, so that the tabs of one browser cost one question.
 *
 * <p>Thread-safe. Who asks while the same question is under way waits for its answer; a failure is
 * not kept. No lock is held while somebody is asked. At most {@link #MOST} answers are kept: past
 * that all are dropped, which costs no more than asking anew.
 */
public final class Remembered<K, V> {
  private static final int MOST = 10_000;

  /** One question, which one of those who ask it runs; no record, as each is only itself. */
  private static final class Entry<V> {
    final FutureTask<V> answer;
    final long until;

    Entry(FutureTask<V> answer, long until) {
      this.answer = answer;
      this.until = until;
    }
  }

  private final ConcurrentHashMap<K, Entry<V>> entries = new ConcurrentHashMap<>();
  private final long keep;
  private final Ticker ticker;

  /** Keeps each answer for this time, counted from its question; zero: not at all. */
  public Remembered(Duration keep, Ticker ticker) {
    this.keep = keep.toNanos();
    this.ticker = ticker;
  }

  /** The answer that is kept, or the one that {@code question} gives now. */
  public V get(K key, Supplier<V> question) {
    var now = ticker.nanoTime();
    var fresh = new Entry<>(new FutureTask<V>(question::get), now + keep);
    if (entries.size() >= MOST) {
      entries.clear();
    }
    var entry =
        entries.compute(key, (_, found) -> found == null || found.until - now <= 0 ? fresh : found);
    if (entry == fresh) {
      fresh.answer.run();
    }
    try {
      return entry.answer.get();
    } catch (ExecutionException e) {
      entries.remove(key, entry);
      throw rethrown(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IdentityException("interrupted", true, e);
    }
  }

  /** Drops all answers. */
  public void clear() {
    entries.clear();
  }

  private static RuntimeException rethrown(@Nullable Throwable failure) {
    if (failure instanceof RuntimeException thrown) {
      return thrown;
    }
    if (failure instanceof Error error) {
      throw error;
    }
    return new IllegalStateException(failure);
  }
}
