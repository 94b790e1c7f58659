package dev.rowcast.gateway;

import dev.rowcast.capture.CaptureException;
import dev.rowcast.capture.CaptureSettings;
import dev.rowcast.capture.migrate.Migration;
import dev.rowcast.capture.migrate.MigrationPlan;
import dev.rowcast.observe.Health;
import dev.rowcast.observe.Metrics;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees whether the triggers in the database still stand as configured, at the start, every minute
 * and when asked, and puts them right where the settings say so.
 *
 * <p>Thread-safe; works on a virtual thread of its own. The same finding is logged once.
 */
final class TriggerWatch {
  private static final Logger LOG = LoggerFactory.getLogger(TriggerWatch.class);
  private static final Duration USUALLY = Duration.ofMinutes(1);
  private static final Duration AFTER_A_FAILURE = Duration.ofSeconds(5);

  private final Function<CaptureSettings, Migration> migrations;
  private final Health.Probe probe;
  private final LongAdder repairs;
  private final BlockingQueue<CaptureSettings> requests = new LinkedBlockingQueue<>();
  private final Thread thread;

  private CaptureSettings settings;
  private volatile int differences;
  private List<String> told = List.of();

  /** Begins to look. */
  TriggerWatch(
      Function<CaptureSettings, Migration> migrations,
      CaptureSettings settings,
      Health.Probe probe,
      Metrics metrics) {
    this.migrations = migrations;
    this.settings = settings;
    this.probe = probe;
    this.repairs =
        metrics.counter("rowcast.triggers.repairs", "Changes made to triggers while serving");
    metrics.gauge(
        "rowcast.triggers.differences",
        "Ways in which the triggers are not as configured",
        () -> differences);
    this.thread = Thread.ofVirtual().name("rowcast-triggers").start(this::run);
  }

  /** Looks again soon, by these settings from now on. */
  void look(CaptureSettings next) {
    requests.add(next);
  }

  /** Looks no more, and waits for the look under way. */
  void close() throws InterruptedException {
    thread.interrupt();
    thread.join();
  }

  private void run() {
    try {
      while (true) {
        var pause = check();
        var next = requests.poll(pause.toMillis(), TimeUnit.MILLISECONDS);
        if (next != null) {
          settings = next;
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private Duration check() throws InterruptedException {
    try {
      switch (settings.migrate()) {
        case OFF -> settled("not looked at (capture.migrate is off)");
        case VERIFY -> verify();
        case APPLY -> apply();
      }
      return USUALLY;
    } catch (CaptureException e) {
      differ("cannot be checked", List.of(String.valueOf(e.getMessage())));
      return AFTER_A_FAILURE;
    }
  }

  private void verify() {
    if (hasNoTables()) {
      return;
    }
    var plan = migrations.apply(settings).plan();
    report(plan, "not as configured; 'rowcast migrate apply' puts it right");
  }

  private void apply() throws InterruptedException {
    if (hasNoTables()) {
      return;
    }
    var migration = migrations.apply(settings);
    var plan = migration.plan();
    if (!plan.possible().isEmpty()) {
      var result = migration.apply();
      repairs.add(result.done().size());
      result.done().forEach(change -> LOG.info("triggers put right: {}", change.sentence()));
      plan = migration.plan();
    }
    report(plan, "not as configured, and the gateway's role cannot put it right");
  }

  private void report(MigrationPlan plan, String otherwise) {
    if (plan.isEmpty()) {
      settled(plan.captured() + " tables are captured as configured");
    } else {
      differences = plan.changes().size();
      differ(otherwise, plan.lines());
    }
  }

  /** Without tables there is nothing to hold the database against. */
  private boolean hasNoTables() {
    if (settings.tables().isEmpty()) {
      settled("no tables are configured (capture.tables)");
      return true;
    }
    return false;
  }

  private void settled(String detail) {
    differences = 0;
    probe.up(detail);
    if (!told.equals(List.of(detail))) {
      told = List.of(detail);
      LOG.info("triggers: {}", detail);
    }
  }

  private void differ(String what, List<String> lines) {
    probe.warn(what + ": " + String.join("; ", lines));
    if (!told.equals(lines)) {
      told = lines;
      LOG.warn("triggers {}:", what);
      lines.forEach(line -> LOG.warn("  {}", line));
    }
  }
}
