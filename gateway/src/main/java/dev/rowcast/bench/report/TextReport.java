package dev.rowcast.bench.report;

import java.util.Locale;

/** A report as lines of text, the file of the stress script of old. Stateless. */
public final class TextReport {
  private final StringBuilder text = new StringBuilder();

  private TextReport() {}

  /** All of it. */
  public static String of(Report report) {
    return new TextReport().write(report);
  }

  private String write(Report report) {
    line(
        String.format(
            Locale.ROOT,
            "rowcast bench %s against %s, %s",
            report.mode(),
            report.server(),
            report.started()));
    report
        .settings()
        .forEach((name, value) -> line(String.format(Locale.ROOT, "  %-14s %s", name, value)));
    connections(report);
    messages(report);
    times(report);
    load(report);
    report.notes().forEach(note -> line(String.format(Locale.ROOT, "Note: %s", note)));
    report.problems().forEach(problem -> line(String.format(Locale.ROOT, "FAILED: %s", problem)));
    if (report.succeeded()) {
      line("OK");
    } else if (report.voided()) {
      line("VOID: do not quote these numbers");
    }
    return text.toString();
  }

  private void connections(Report report) {
    var connections = report.connections();
    line("");
    line("Connections");
    line(
        String.format(
            Locale.ROOT,
            "  %-14s %,d of %,d",
            "opened",
            connections.opened(),
            connections.asked()));
    line(String.format(Locale.ROOT, "  %-14s %,d", "failed", connections.failed()));
    line(String.format(Locale.ROOT, "  %-14s %,d", "lost", connections.lost()));
    line(String.format(Locale.ROOT, "  %-14s %,d", "closed", connections.closed()));
    if (connections.dropped() > 0) {
      line(String.format(Locale.ROOT, "  %-14s %,d", "dropped", connections.dropped()));
      line(String.format(Locale.ROOT, "  %-14s %,d", "came back", connections.back()));
    }
    line(String.format(Locale.ROOT, "  %-14s %,.0f/s", "handshakes", connections.perSecond()));
    connections
        .reasons()
        .forEach(
            (reason, count) -> line(String.format(Locale.ROOT, "    %,d x %s", count, reason)));
  }

  private void messages(Report report) {
    var messages = report.messages();
    line("");
    line("Messages");
    line(String.format(Locale.ROOT, "  %-14s %,d", "published", messages.published()));
    line(String.format(Locale.ROOT, "  %-14s %,d", "said", messages.said()));
    line(String.format(Locale.ROOT, "  %-14s %,d", "expected", messages.expected()));
    line(String.format(Locale.ROOT, "  %-14s %,d", "received", messages.received()));
    line(String.format(Locale.ROOT, "  %-14s %,d", "missing", messages.missing()));
    line(String.format(Locale.ROOT, "  %-14s %,d", "duplicate", messages.duplicates()));
    line(String.format(Locale.ROOT, "  %-14s %,d", "out of order", messages.outOfOrder()));
    line(String.format(Locale.ROOT, "  %-14s %,d", "other", messages.other()));
    line(
        String.format(
            Locale.ROOT,
            "  %-14s %,.0f/s over %.2f s",
            "rate",
            messages.perSecond(),
            messages.seconds()));
    messages.holes().forEach(hole -> line(String.format(Locale.ROOT, "    missing at %s", hole)));
  }

  private void times(Report report) {
    line("");
    line(
        String.format(
            Locale.ROOT,
            "  %-14s %10s %10s %10s %10s %10s %10s %10s",
            "milliseconds",
            "count",
            "min",
            "mean",
            "p50",
            "p90",
            "p99",
            "max"));
    row("connect", report.times().connect());
    row("latency", report.times().latency());
    row("came back", report.times().comeback());
    row("commit", report.times().commit());
    row("after commit", report.times().afterCommit());
    row("loader lag", report.loader().lag());
  }

  private void row(String name, Report.Timing timing) {
    var numbers = timing.milliseconds();
    if (numbers.count() > 0) {
      line(
          String.format(
              Locale.ROOT,
              "  %-14s %10d %10.3f %10.3f %10.3f %10.3f %10.3f %10.3f",
              name,
              numbers.count(),
              numbers.min(),
              numbers.mean(),
              numbers.p50(),
              numbers.p90(),
              numbers.p99(),
              numbers.max()));
    }
  }

  private void load(Report report) {
    line("");
    var loader = report.loader();
    line(
        String.format(
            Locale.ROOT,
            "Loader: %.0f %% of all CPU, busiest event loop %.0f %%, %.2f CPU s",
            loader.share() * 100,
            loader.busiestLoop() * 100,
            loader.cpuSeconds()));
    var server = report.serverSide();
    if (server.pid() > 0) {
      line(
          String.format(
              Locale.ROOT,
              "Server %d: %.2f CPU s, %.0f %% of one CPU, %,.0f deliveries per CPU s",
              server.pid(),
              server.cpuSeconds(),
              server.share() * 100,
              server.deliveriesPerCpuSecond()));
      line(
          String.format(
              Locale.ROOT,
              "  memory %,d KiB before, %,d KiB after, %,.0f bytes per connection",
              server.rssBefore() / 1024,
              server.rssAfter() / 1024,
              server.bytesPerConnection()));
    }
  }

  private void line(String line) {
    text.append(line).append('\n');
  }
}
