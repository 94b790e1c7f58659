package dev.rowcast.cli;

import dev.rowcast.base.Ticker;
import dev.rowcast.bench.Progress;
import java.io.PrintWriter;
import java.util.Locale;

/**
 * A bar on a terminal; elsewhere a line when a phase begins and now and then while it lasts.
 *
 * <p>Called by one thread at a time.
 */
final class ConsoleProgress implements Progress {
  private static final int WIDTH = 40;
  private static final long LINE_EVERY = 2_000_000_000L;

  private final PrintWriter out;
  private final boolean terminal;
  private final Ticker ticker;
  private String phase = "";
  private long lastLine;
  private boolean barIsOpen;

  ConsoleProgress(PrintWriter out, boolean terminal, Ticker ticker) {
    this.out = out;
    this.terminal = terminal;
    this.ticker = ticker;
  }

  @Override
  public void show(String name, long done, long goal) {
    var isNew = !name.equals(phase);
    if (isNew) {
      end();
      phase = name;
    }
    if (terminal) {
      bar(done, goal);
    } else if (isNew || ticker.nanoTime() - lastLine > LINE_EVERY) {
      lastLine = ticker.nanoTime();
      out.println(String.format(Locale.ROOT, "%-10s %,d of %,d", phase, done, goal));
      out.flush();
    }
  }

  private void bar(long done, long goal) {
    var share = goal <= 0 ? 1.0 : Math.clamp((double) done / goal, 0.0, 1.0);
    var full = (int) (share * WIDTH);
    out.print(
        String.format(
            Locale.ROOT,
            "\r%-10s [%s%s] %3.0f %%  %,d of %,d ",
            phase,
            "#".repeat(full),
            "-".repeat(WIDTH - full),
            share * 100,
            done,
            goal));
    out.flush();
    barIsOpen = true;
  }

  /** What is printed next begins on a line of its own. */
  void end() {
    if (barIsOpen) {
      out.println();
      barIsOpen = false;
    }
  }
}
