package dev.rowcast.bench;

import dev.rowcast.bench.ServerProcess.Reading;
import dev.rowcast.bench.report.Distribution;
import dev.rowcast.bench.report.Report;
import dev.rowcast.bench.report.Report.Moment;
import dev.rowcast.bench.report.Report.Timing;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * What is learnt in the course of a run, made into its report.
 *
 * <p>Confined to the run's thread.
 */
final class Findings {
  /** Above this the loader measures itself. */
  static final double BUSY = 0.8;

  /** A loop whose timers come later than this reads late too. */
  static final double LATE_MILLIS = 250;

  /** In a shorter run the JVM still compiles; its load says nothing. */
  static final double SHORTEST_JUDGED = 1.0;

  private static final double SECOND = 1e9;

  private final Plan plan;
  private final LocalDateTime started =
      LocalDateTime.now(ZoneId.systemDefault()).truncatedTo(ChronoUnit.SECONDS);
  private final List<String> problems = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private long opened;
  private double opening;
  private long markedAt;
  private double seconds;
  private long rssBefore;
  private long back;
  private Optional<Reading> before = Optional.empty();
  private Optional<Reading> after = Optional.empty();

  Findings(Plan plan) {
    this.plan = plan;
  }

  void note(String text) {
    notes.add(text);
  }

  void rssBefore(long bytes) {
    rssBefore = bytes;
  }

  void opened(Snapshot now, long nanos) {
    opened = now.get(Counter.OPENED);
    opening = nanos / SECOND;
  }

  void mark(long at, Optional<Reading> reading) {
    markedAt = at;
    before = reading;
  }

  void measured(long at, Optional<Reading> reading) {
    seconds = (at - markedAt) / SECOND;
    after = reading;
  }

  void returned(Snapshot before, Snapshot now) {
    back = now.get(Counter.OPENED) - before.get(Counter.OPENED);
    var refused = now.get(Counter.FAILED) - before.get(Counter.FAILED);
    if (refused > 0) {
      note(refused + " attempts to return were refused before all was over");
    }
  }

  Report report(FleetResult result, long[] published, Distribution commits, List<Moment> moments) {
    var counts = result.counts();
    var connections = connections(result);
    var heard = counts.get(Counter.HEARD);
    var measuredHeard = Timing.of(result.latency());
    var perSecond =
        perSecond(
            plan.settings().mode() == Mode.CONNECT
                ? counts.get(Counter.SAID)
                : measuredHeard.milliseconds().count());
    var messages =
        new Report.Messages(
            LongStream.of(published).sum(),
            counts.get(Counter.SAID),
            result.expected(),
            Math.min(heard, result.expected() - result.missing()),
            result.missing(),
            counts.get(Counter.DUPLICATE),
            result.outOfOrder(),
            counts.get(Counter.STRAY),
            counts.get(Counter.OTHER),
            seconds,
            perSecond,
            result.holes());
    var lag = Timing.of(result.lag());
    judge(connections, messages);
    var voided = judgeLoader(result, lag);
    return new Report(
        started.toString(),
        plan.settings().mode().word(),
        plan.settings().target().host() + ":" + plan.settings().target().port(),
        flags(),
        List.copyOf(problems),
        voided,
        List.copyOf(notes),
        connections,
        messages,
        new Report.Times(
            measuredHeard,
            Timing.of(result.connect()),
            Timing.of(result.comeback()),
            Timing.of(commits),
            Timing.of(result.afterCommit())),
        new Report.Loader(result.share(), result.busiest(), result.cpu() / SECOND, lag),
        server(measuredHeard.milliseconds().count(), moments),
        series(result, moments));
  }

  private double perSecond(long count) {
    return seconds > 0 ? count / seconds : 0;
  }

  private Report.Connections connections(FleetResult result) {
    var counts = result.counts();
    return new Report.Connections(
        plan.settings().crowd().amount(),
        opened,
        counts.get(Counter.FAILED),
        counts.get(Counter.LOST),
        counts.get(Counter.CLOSED),
        counts.get(Counter.CUT),
        counts.get(Counter.DROPPED),
        back,
        opening > 0 ? opened / opening : 0,
        result.failures());
  }

  private void judge(Report.Connections connections, Report.Messages messages) {
    var amount = connections.asked();
    if (connections.opened() < amount) {
      problems.add((amount - connections.opened()) + " of " + amount + " connections did not open");
    }
    if (connections.lost() > 0) {
      if (plan.settings().mode() == Mode.SLOW) {
        note(connections.lost() + " connections were ended by the server, slow ones included");
      } else {
        problems.add(connections.lost() + " connections were lost");
      }
    }
    if (plan.settings().mode() == Mode.STORM && back < amount) {
      problems.add((amount - back) + " of " + amount + " connections did not come back");
    }
    if (messages.missing() > 0) {
      problems.add(messages.missing() + " of " + messages.expected() + " messages are missing");
    }
    if (messages.expected() == 0 && expectsMessages()) {
      problems.add("no message was expected, so none was checked");
    }
    if (messages.stray() > 0) {
      problems.add(messages.stray() + " messages came to clients they were not for");
    }
    if (messages.duplicates() > 0) {
      note(messages.duplicates() + " messages came twice");
    }
    if (messages.outOfOrder() > 0) {
      note(messages.outOfOrder() + " messages came out of order");
    }
    if (connections.unanswered() > 0) {
      note(connections.unanswered() + " close frames were answered by an end without one");
    }
  }

  private boolean expectsMessages() {
    return (plan.settings().mode().isPublished()
            || plan.settings().mode() == Mode.ECHO
            || plan.settings().target().isResumed())
        && plan.settings().load().all() > 0;
  }

  /** Whether the loader was the bottleneck; what it could not judge it says. */
  private boolean judgeLoader(FleetResult result, Timing lag) {
    if (seconds < SHORTEST_JUDGED) {
      note("too short to tell whether the loader kept up: less than a second was measured");
      return false;
    }
    var busy = Math.max(result.share(), result.busiest());
    if (busy > BUSY) {
      note(
          "VOID: the loader used %.0f %% of its CPU, more than %.0f %%: it measured itself"
              .formatted(busy * 100, BUSY * 100));
      return true;
    }
    if (lag.milliseconds().p99() > LATE_MILLIS) {
      note(
          "VOID: one in a hundred timers of the loader came more than %.0f ms late"
              .formatted(LATE_MILLIS));
      return true;
    }
    return false;
  }

  private Report.ServerSide server(long deliveries, List<Moment> moments) {
    var cpu =
        before.isPresent() && after.isPresent()
            ? (after.get().cpu() - before.get().cpu()) / SECOND
            : 0;
    return new Report.ServerSide(
        plan.settings().pid(),
        cpu,
        seconds > 0 ? cpu / seconds : 0,
        cpu > 0 ? deliveries / cpu : 0,
        rssBefore,
        after.map(Reading::rss).orElse(0L),
        plan.settings().pid() == 0 ? 0 : slope(moments, plan.settings().crowd().amount()));
  }

  /**
   * Least squares of memory over open connections, while they were being opened: a server's memory
   * before the first one does not count.
   */
  static double slope(List<Moment> moments, int amount) {
    var climbing = new ArrayList<Moment>();
    for (var moment : moments) {
      climbing.add(moment);
      if (moment.open() >= amount) {
        break;
      }
    }
    var n = climbing.size();
    var meanX = climbing.stream().mapToLong(Moment::open).average().orElse(0);
    var meanY = climbing.stream().mapToLong(Moment::rss).average().orElse(0);
    var above = 0.0;
    var below = 0.0;
    for (var moment : climbing) {
      above += (moment.open() - meanX) * (moment.rss() - meanY);
      below += (moment.open() - meanX) * (moment.open() - meanX);
    }
    return n < 2 || below == 0 ? 0 : above / below;
  }

  private static Report.Series series(FleetResult result, List<Moment> moments) {
    var opens = result.opens();
    var millis = new ArrayList<Double>();
    for (int i = 0; i < opens.size(); i++) {
      millis.add(opens.get(i) == 0 ? 0 : result.openMicros().get(i) / 1e3 / opens.get(i));
    }
    return new Report.Series(
        FleetResult.SLICE / SECOND,
        result.deliveries(),
        FleetResult.OPEN_SLICE / SECOND,
        opens,
        millis,
        moments);
  }

  private Map<String, String> flags() {
    var flags = new LinkedHashMap<String, String>();
    var crowd = plan.settings().crowd();
    var load = plan.settings().load();
    flags.put("amount", Integer.toString(crowd.amount()));
    flags.put("messages", Integer.toString(load.messages()));
    flags.put("size", load.size() + " bytes");
    if (expectsMessages()) {
      flags.put("warmup", Integer.toString(load.warmup()));
      flags.put("topics", Integer.toString(load.topics()));
    }
    if (load.rate() > 0) {
      flags.put("rate", String.format(Locale.ROOT, "%.1f messages/s", load.rate()));
    } else if (expectsMessages()) {
      flags.put("window", Integer.toString(load.window()));
    }
    if (crowd.connectRate() > 0) {
      flags.put("connect rate", String.format(Locale.ROOT, "%.1f/s", crowd.connectRate()));
    }
    if (plan.settings().publishing().writers() > 1) {
      flags.put("writers", Integer.toString(plan.settings().publishing().writers()));
    }
    if (plan.settings().mode() == Mode.IDLE) {
      flags.put("hold", load.hold().toSeconds() + " s");
    }
    if (plan.settings().mode() == Mode.SLOW) {
      flags.put("slow share", String.format(Locale.ROOT, "%.1f %%", crowd.slowShare() * 100));
    }
    flags.put("path", plan.settings().target().path());
    var way = plan.settings().publishing().url();
    if (plan.settings().mode().isPublished() && plan.settings().mode() != Mode.COMMIT) {
      flags.put("publish", way.replaceAll("//[^/@]*@", "//"));
    }
    flags.put("loader", crowd.processes() + " processes of " + crowd.loops() + " event loops");
    return flags;
  }
}
