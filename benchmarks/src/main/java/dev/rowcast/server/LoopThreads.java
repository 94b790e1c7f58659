package dev.rowcast.server;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Threads for JMH such as event loops have: Netty takes its objects back on these only, and makes
 * new ones on all others.
 */
public final class LoopThreads extends ThreadPoolExecutor {

  /** As JMH's option {@code jmh.executor.class} asks for it. */
  public LoopThreads(int threads, String prefix) {
    super(
        threads,
        threads,
        0,
        TimeUnit.SECONDS,
        new LinkedBlockingQueue<>(),
        new DefaultThreadFactory(prefix));
  }
}
