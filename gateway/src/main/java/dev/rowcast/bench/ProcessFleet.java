package dev.rowcast.bench;

import dev.rowcast.base.Ticker;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Clients in processes of their own, each with its own descriptors and ports.
 *
 * <p>Thread-safe. A virtual thread for each process reads what it reports.
 */
final class ProcessFleet implements Fleet {
  private static final int PATIENCE_SECONDS = 30;

  private final List<Child> children = new ArrayList<>();
  private final Waiter waiter = new Waiter();
  private final LoaderLoad load;
  private volatile FleetResult measured = FleetResult.NOTHING;

  /** One process and what is known of it. */
  private static final class Child {
    private final Process process;
    private final PrintWriter orders;
    private final CompletableFuture<FleetResult> result = new CompletableFuture<>();
    private final CountDownLatch ready = new CountDownLatch(1);
    private volatile Snapshot shown = Snapshot.NOTHING;

    Child(Process process) {
      this.process = process;
      orders = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true);
    }
  }

  ProcessFleet(Plan plan, Ticker ticker) {
    var amount = plan.settings().crowd().amount();
    var processes = Math.min(plan.settings().crowd().processes(), amount);
    load = new LoaderLoad(List.of(), ticker);
    load.mark();
    for (int i = 0, first = 0; i < processes; i++) {
      var count = amount / processes + (i < amount % processes ? 1 : 0);
      var child = new Child(start());
      children.add(child);
      Thread.ofVirtual().name("bench-loader-" + i).start(() -> read(child));
      child.orders.println(
          JsonMapper.shared().writeValueAsString(new LoaderProcess.Start(plan, first, count)));
      first += count;
    }
    awaitReady();
  }

  /** A JVM takes its time to start, and that is not the server's. */
  private void awaitReady() {
    try {
      for (var child : children) {
        if (!child.ready.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
          close();
          throw new BenchException("a loader process did not start");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      close();
      throw new BenchException("interrupted", e);
    }
  }

  private static Process start() {
    try {
      return new ProcessBuilder(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "--enable-native-access=ALL-UNNAMED",
              "--sun-misc-unsafe-memory-access=allow",
              "-cp",
              System.getProperty("java.class.path"),
              LoaderProcess.class.getName())
          .redirectError(ProcessBuilder.Redirect.INHERIT)
          .start();
    } catch (IOException e) {
      throw new BenchException("a loader process cannot be started: " + e.getMessage(), e);
    }
  }

  private void read(Child child) {
    try (BufferedReader in = child.process.inputReader(StandardCharsets.UTF_8)) {
      for (var line = in.readLine(); line != null; line = in.readLine()) {
        if (line.equals(LoaderProcess.READY)) {
          child.ready.countDown();
        } else if (line.startsWith(LoaderProcess.SNAPSHOT)) {
          child.shown =
              JsonMapper.shared()
                  .readValue(line.substring(LoaderProcess.SNAPSHOT.length()), Snapshot.class);
          if (waiter.isAwaited()) {
            waiter.heard(snapshot().get(Counter.HEARD));
          }
        } else if (line.startsWith(LoaderProcess.RESULT)) {
          child.result.complete(
              JsonMapper.shared()
                  .readValue(line.substring(LoaderProcess.RESULT.length()), FleetResult.class));
        }
      }
    } catch (IOException _) {
      // The process is gone; whoever waits for its result is told below.
    } finally {
      child.result.completeExceptionally(new BenchException("a loader process died"));
    }
  }

  @Override
  public void order(Order order) {
    switch (order) {
      case MARK -> load.mark();
      case MEASURED -> measured = load.measured();
      case OPEN, WARM_UP, SPEAK, LEAVE, DROP, RETURN -> {}
    }
    for (var child : children) {
      if (!child.process.isAlive()) {
        throw new BenchException("a loader process died");
      }
      child.orders.println(order.name());
    }
  }

  @Override
  public Snapshot snapshot() {
    return children.stream().map(child -> child.shown).reduce(Snapshot.NOTHING, Snapshot::plus);
  }

  @Override
  public Waiter waiter() {
    return waiter;
  }

  @Override
  public FleetResult result(long[] published) {
    var line = LoaderProcess.END + JsonMapper.shared().writeValueAsString(published);
    children.forEach(child -> child.orders.println(line));
    var sum = measured;
    try {
      for (var child : children) {
        sum = sum.plus(child.result.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchException("interrupted", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new BenchException("a loader process gave no result", e);
    }
    return sum;
  }

  /** A process whose input ends, ends. */
  @Override
  public void close() {
    children.forEach(child -> child.orders.close());
    for (var child : children) {
      try {
        if (!child.process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
          child.process.destroyForcibly();
        }
      } catch (InterruptedException _) {
        child.process.destroyForcibly();
        Thread.currentThread().interrupt();
      }
    }
  }
}
