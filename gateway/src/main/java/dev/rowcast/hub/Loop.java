package dev.rowcast.hub;

import java.util.concurrent.Executor;

/**
 * An event loop as the hub sees it.
 *
 * <p>Thread-safe. Tasks run one after another, in the order in which they were handed over.
 */
public interface Loop extends Executor {

  /** Runs the task on the loop, soon; never on the caller's stack. */
  @Override
  void execute(Runnable task);

  /**
   * Runs the task once the loop has looked at its sockets again. Who has always more to do goes on
   * by this, so that clients who can be written to, or have said something, have their turn. A loop
   * without sockets runs it soon.
   */
  default void executeAfterIo(Runnable task) {
    execute(task);
  }

  /**
   * Runs the task after so many nanoseconds, or somewhat later. Only the loop itself asks for it.
   */
  void executeAfter(long nanos, Runnable task);

  /** Whether the caller is on the loop; confinement is asserted with it. */
  boolean inLoop();
}
