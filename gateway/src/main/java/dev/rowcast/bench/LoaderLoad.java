package dev.rowcast.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.rowcast.base.Ticker;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;

/**
 * How busy this loader process was between two moments.
 *
 * <p>Confined to one thread.
 */
final class LoaderLoad {
  private final OperatingSystemMXBean process =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
  private final List<ClientLoop> loops;
  private final Ticker ticker;

  private long cpu;
  private long wall;
  private List<Long> perLoop = new ArrayList<>();

  LoaderLoad(List<ClientLoop> loops, Ticker ticker) {
    this.loops = loops;
    this.ticker = ticker;
  }

  void mark() {
    cpu = process.getProcessCpuTime();
    wall = ticker.nanoTime();
    perLoop = loopTimes();
  }

  /** From the mark to now. */
  FleetResult measured() {
    var used = process.getProcessCpuTime() - cpu;
    var passed = Math.max(1, ticker.nanoTime() - wall);
    var busiest = 0.0;
    var times = loopTimes();
    for (int i = 0; i < Math.min(times.size(), perLoop.size()); i++) {
      busiest = Math.max(busiest, (double) (times.get(i) - perLoop.get(i)) / passed);
    }
    var share = (double) used / passed / process.getAvailableProcessors();
    var none = FleetResult.NOTHING;
    return new FleetResult(
        none.counts(),
        0,
        0,
        0,
        none.holes(),
        none.failures(),
        none.latency(),
        none.connect(),
        none.comeback(),
        none.afterCommit(),
        none.lag(),
        none.deliveries(),
        none.opens(),
        none.openMicros(),
        used,
        busiest,
        share);
  }

  private List<Long> loopTimes() {
    var times = new ArrayList<Long>();
    loops.forEach(loop -> times.add(threads.getThreadCpuTime(loop.thread())));
    return times;
  }
}
