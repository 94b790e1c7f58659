package dev.rowcast.hub;

/**
 * An event loop as the hub sees it.
 *
 * <p>Thread-safe. Tasks run one after another, in the order in which they were handed over.
 */
public interface Loop {

  /** Runs the task on the loop, soon; never on the caller's stack. */
  void execute(Runnable task);

  /** Whether the caller is on the loop; confinement is asserted with it. */
  boolean inLoop();
}
