package dev.rowcast.server;

import dev.rowcast.base.Ticker;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether so little of the heap is left that one more client would be at the cost of those who are
 * here.
 *
 * <p>Thread-safe; never blocks.
 *
 * <p>What counts is what the last full collection left in the old generation: garbage that waits to
 * be collected fills any heap, and says nothing. That number only changes with the next full
 * collection, which may be far away once the clients have left: while somebody is refused, one is
 * asked for every ten seconds, so that the door opens again.
 */
final class HeapPressure {
  private static final Logger log = LoggerFactory.getLogger(HeapPressure.class);
  private static final double HIGH = 0.95;
  private static final long LOOK = Duration.ofSeconds(1).toNanos();
  private static final long COLLECT = Duration.ofSeconds(10).toNanos();

  private final DoubleSupplier occupancy;
  private final Runnable collection;
  private final Ticker ticker;
  private final AtomicLong lookAt;

  /** Written by whoever looks, which is one thread at a time. */
  private volatile boolean high;

  private volatile long collectAt;

  /**
   * Pressure by this reading.
   *
   * @param occupancy how much of it is in use after the last collection, from 0 to 1
   * @param collection asks for one and returns at once
   */
  HeapPressure(DoubleSupplier occupancy, Runnable collection, Ticker ticker) {
    this.occupancy = occupancy;
    this.collection = collection;
    this.ticker = ticker;
    this.lookAt = new AtomicLong(ticker.nanoTime());
  }

  /** That of this process. */
  static HeapPressure ofThisProcess(Ticker ticker) {
    var old =
        ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(HeapPressure::isOldGeneration)
            .toList();
    return new HeapPressure(
        () -> old.stream().mapToDouble(HeapPressure::afterCollection).max().orElse(0),
        () -> Thread.ofVirtual().name("rowcast-collection").start(System::gc),
        ticker);
  }

  /** The young ones have no threshold of usage, for they are full all the time. */
  private static boolean isOldGeneration(MemoryPoolMXBean pool) {
    return pool.getType() == MemoryType.HEAP
        && pool.isUsageThresholdSupported()
        && pool.isCollectionUsageThresholdSupported();
  }

  private static double afterCollection(MemoryPoolMXBean pool) {
    var usage = pool.getCollectionUsage();
    return usage == null || usage.getMax() <= 0 ? 0 : (double) usage.getUsed() / usage.getMax();
  }

  /** Whether newcomers are to be refused; asked for each, looked at once a second. */
  boolean isHigh() {
    var now = ticker.nanoTime();
    var due = lookAt.get();
    if (now - due >= 0 && lookAt.compareAndSet(due, now + LOOK)) {
      look(now);
    }
    return high;
  }

  private void look(long now) {
    var found = occupancy.getAsDouble() >= HIGH;
    if (found && !high) {
      log.warn("the heap is nearly full: newcomers are refused until memory is free; see -Xmx");
      collectAt = now + COLLECT;
    } else if (found && now - collectAt >= 0) {
      collectAt = now + COLLECT;
      collection.run();
    } else if (!found && high) {
      log.info("memory is free again: newcomers are let in");
    }
    high = found;
  }
}
