package dev.rowcast.base;

/**
 * A monotonic clock, injected wherever time is measured so that tests turn it by hand.
 *
 * <p>Thread-safe.
 */
@FunctionalInterface
public interface Ticker {

  /** The clock of this machine; never goes back, whatever happens to the wall clock. */
  Ticker SYSTEM = System::nanoTime;

  /** Nanoseconds since an arbitrary origin; only differences mean something. */
  long nanoTime();
}
