package dev.rowcast.testing;

import dev.rowcast.hub.Loop;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * An event loop that a test cranks by hand. Confined to the test's thread, but any may hand over.
 */
public final class CrankedLoop implements Loop {
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final List<Runnable> later = new ArrayList<>();
  private final List<Long> waits = new ArrayList<>();

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
  }

  @Override
  public void executeAfter(long nanos, Runnable task) {
    later.add(task);
    waits.add(nanos);
  }

  @Override
  public boolean inLoop() {
    return true;
  }

  /** The nanoseconds that were to pass, for each task that is to run later. */
  public List<Long> waits() {
    return List.copyOf(waits);
  }

  /** Lets as much time pass as everything waits for. */
  public void elapse() {
    tasks.addAll(later);
    later.clear();
    waits.clear();
  }

  /** Runs one task, if there is one; whether there was. */
  public boolean turn() {
    var task = tasks.poll();
    if (task == null) {
      return false;
    }
    task.run();
    return true;
  }

  /** Runs until nothing is left to do, at most a million tasks. */
  public void run() {
    for (int i = 0; i < 1_000_000; i++) {
      if (!turn()) {
        return;
      }
    }
    throw new AssertionError("the loop does not come to rest");
  }
}
