package dev.rowcast.bench;

import dev.rowcast.base.Ticker;
import io.netty.util.internal.logging.InternalLoggerFactory;
import io.netty.util.internal.logging.JdkLoggerFactory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.json.JsonMapper;

/**
 * The main class of a loader process: orders come as lines on its standard input, counters and the
 * result go out as lines. It ends when its input does.
 *
 * <p>Confined to its main thread, except that a virtual thread reports.
 */
public final class LoaderProcess {
  static final String END = "END ";
  static final String SNAPSHOT = "s ";
  static final String RESULT = "r ";
  static final String READY = "ready";

  /**
   * The first line.
   *
   * @param first number of its clients
   */
  record Start(Plan plan, int first, int count) {}

  private LoaderProcess() {}

  /** Runs until the input ends. */
  public static void main(String[] none) throws IOException {
    // What is logged must not mix with what is reported: to stderr.
    InternalLoggerFactory.setDefaultFactory(JdkLoggerFactory.INSTANCE);
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    var start = JsonMapper.shared().readValue(in.readLine(), Start.class);
    try (var fleet =
        new LocalFleet(
            start.plan(), start.first(), start.count(), CommitTimes.NONE, Ticker.SYSTEM)) {
      serve(in, fleet);
    }
  }

  private static void serve(BufferedReader in, LocalFleet fleet) throws IOException {
    var out = System.out;
    out.println(READY);
    out.flush();
    var over = new CountDownLatch(1);
    Thread.ofVirtual().name("bench-report").start(() -> report(fleet, over, out));
    try {
      for (var line = in.readLine(); line != null; line = in.readLine()) {
        if (!line.startsWith(END)) {
          fleet.order(Order.valueOf(line));
          continue;
        }
        var published = JsonMapper.shared().readValue(line.substring(END.length()), long[].class);
        var result = fleet.result(published);
        synchronized (out) {
          out.println(RESULT + JsonMapper.shared().writeValueAsString(result));
          out.flush();
        }
      }
    } finally {
      over.countDown();
    }
  }

  /** Writes the counters whenever they changed, at most a thousand times a second. */
  private static void report(LocalFleet fleet, CountDownLatch over, PrintStream out) {
    var last = Snapshot.NOTHING;
    try {
      while (!over.await(1, TimeUnit.MILLISECONDS)) {
        var now = fleet.snapshot();
        if (now.equals(last)) {
          continue;
        }
        last = now;
        synchronized (out) {
          out.println(SNAPSHOT + JsonMapper.shared().writeValueAsString(now));
          out.flush();
        }
      }
    } catch (InterruptedException _) {
      // The process ends.
    }
  }
}
