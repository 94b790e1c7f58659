package dev.rowcast.base;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What has been started and must be stopped again, in the reverse order.
 *
 * <p>Confined to one thread at a time.
 */
public final class Lifecycle implements AutoCloseable {

  /** How one part stops. */
  @FunctionalInterface
  public interface Stop {
    /** Stops the part and waits until it has. */
    void run() throws Exception;
  }

  private record Started(String part, Stop stop) {}

  private final Deque<Started> started = new ArrayDeque<>();

  /** A part that runs from now on, to be stopped before those that run already. */
  public void started(String part, Stop stop) {
    started.push(new Started(part, stop));
  }

  /**
   * Stops everything. One part's failure does not keep the others from being stopped.
   *
   * @throws IllegalStateException after all were asked, with every failure suppressed in it
   */
  @Override
  public void close() {
    var failure = new IllegalStateException("did not stop cleanly");
    var interrupted = false;
    while (!started.isEmpty()) {
      var next = started.pop();
      try {
        next.stop().run();
      } catch (InterruptedException _) {
        interrupted = true;
      } catch (Exception e) {
        failure.addSuppressed(new IllegalStateException(next.part() + " did not stop", e));
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (failure.getSuppressed().length > 0) {
      throw failure;
    }
  }
}
