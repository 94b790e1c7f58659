package dev.rowcast.bench;

import dev.rowcast.base.Endpoint;
import dev.rowcast.base.Ticker;
import dev.rowcast.bench.publish.HttpPublisher;
import dev.rowcast.bench.publish.PublishException;
import dev.rowcast.bench.publish.Publisher;
import dev.rowcast.bench.publish.RedisPublisher;
import dev.rowcast.bench.publish.SocketPublisher;
import dev.rowcast.bench.report.Distribution;
import dev.rowcast.bench.report.Report;
import dev.rowcast.bench.wire.MaskedFrames;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import java.util.random.RandomGenerator;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * One run of the load tester.
 *
 * <p>Confined to the calling thread, which also publishes; the clients run on event loops.
 */
public final class Bench {
  /** A server that refuses for this long has refused for good. */
  private static final Duration LONGEST_STORM = Duration.ofMinutes(2);

  private static final long LOOK = 2_000_000;

  private final BenchSettings settings;
  private final Supplier<Committer> committers;
  private final Progress progress;
  private final Ticker ticker;
  private final Plan plan;
  private final Histogram commits = Distribution.histogram();
  private final long[] published;
  private final Findings findings;
  private final CommitTimes times;
  private @Nullable Publisher publisher;
  private @Nullable Committer committer;

  /** Deliveries that the messages published so far come to. */
  private long owed;

  /**
   * A run that has not begun.
   *
   * @param committers asked for each writer in mode {@link Mode#COMMIT}, and once in a storm that
   *     is resumed
   */
  public Bench(
      BenchSettings settings,
      Supplier<Committer> committers,
      Progress progress,
      Ticker ticker,
      RandomGenerator random) {
    this.settings = settings;
    this.committers = committers;
    this.progress = progress;
    this.ticker = ticker;
    plan = new Plan(settings, random.nextInt(), ticker.nanoTime());
    published = new long[settings.load().topics()];
    findings = new Findings(plan);
    times =
        isScheduledWrite()
            ? CommitTimes.of(settings.load().topics(), settings.load().all())
            : CommitTimes.NONE;
  }

  private boolean isScheduledWrite() {
    return settings.mode() == Mode.COMMIT && settings.load().rate() > 0;
  }

  /**
   * Runs.
   *
   * @throws BenchException when the run cannot be made; what goes wrong in it is in the report
   */
  public Report run() {
    var server =
        settings.pid() == 0
            ? Optional.<ServerProcess>empty()
            : Optional.of(ServerProcess.of(settings.pid()));
    server.ifPresent(process -> findings.rssBefore(process.read().rss()));
    try (var fleet = fleet();
        var watch = new Watch(fleet, server, progress, ticker, plan.origin())) {
      play(fleet, watch, server);
      var result = fleet.result(published);
      return findings.report(result, published, Distribution.of(commits), watch.moments());
    } catch (PublishException e) {
      throw new BenchException(e.getMessage() == null ? e.toString() : e.getMessage(), e);
    } finally {
      closePublishing();
    }
  }

  private Fleet fleet() {
    return settings.crowd().processes() == 1
        ? new LocalFleet(plan, 0, settings.crowd().amount(), times, ticker)
        : new ProcessFleet(plan, ticker);
  }

  private void play(Fleet fleet, Watch watch, Optional<ServerProcess> server) {
    if (settings.mode() == Mode.CONNECT) {
      mark(fleet, server);
    }
    open(fleet, watch);
    switch (settings.mode()) {
      case CONNECT -> {
        speak(fleet, watch);
        leave(fleet, watch);
        measured(fleet, server);
      }
      case FANOUT, SLOW, COMMIT -> {
        if (isScheduledWrite()) {
          write(fleet, watch, server);
        } else {
          publish(fleet, watch, server);
        }
        leave(fleet, watch);
      }
      case ECHO -> {
        echo(fleet, watch, server);
        leave(fleet, watch);
      }
      case IDLE -> {
        idle(fleet, watch, server);
        leave(fleet, watch);
      }
      case STORM -> {
        if (settings.target().isResumed()) {
          resume(fleet, watch, server);
        } else {
          storm(fleet, watch, server);
        }
        leave(fleet, watch);
      }
    }
  }

  private void open(Fleet fleet, Watch watch) {
    long amount = settings.crowd().amount();
    ToLongFunction<Snapshot> settled = now -> now.get(Counter.OPENED) + now.get(Counter.FAILED);
    watch.phase("connecting", settled, amount);
    var start = ticker.nanoTime();
    fleet.order(Order.OPEN);
    await(fleet, settled, amount, settings.crowd().patience().multipliedBy(2));
    findings.opened(fleet.snapshot(), ticker.nanoTime() - start);
  }

  private void speak(Fleet fleet, Watch watch) {
    var goal = fleet.snapshot().open() * settings.load().messages();
    if (goal > 0) {
      watch.phase("sending", now -> now.get(Counter.SAID), goal);
      fleet.order(Order.SPEAK);
      await(fleet, now -> now.get(Counter.SAID), goal, settings.crowd().patience());
    }
  }

  private void leave(Fleet fleet, Watch watch) {
    var open = fleet.snapshot().open();
    ToLongFunction<Snapshot> gone = now -> open - now.open();
    watch.phase("closing", gone, open);
    fleet.order(Order.LEAVE);
    await(fleet, gone, open, settings.crowd().patience().multipliedBy(2));
  }

  private void publish(Fleet fleet, Watch watch, Optional<ServerProcess> server) {
    pause(settings.load().settle());
    openPublishing();
    var load = settings.load();
    var pace = pace(fleet);
    var listeners = listeners(fleet.snapshot());
    var goal = Arrays.stream(listeners).sum() * load.all();
    watch.phase("delivering", now -> now.get(Counter.HEARD), goal);
    if (publish(pace, listeners, 0, load.warmup(), false)) {
      pace.heard(owed);
    }
    mark(fleet, server);
    pace.begin();
    publish(pace, listeners, load.warmup(), load.all(), load.rate() > 0);
    pace.heard(owed);
    measured(fleet, server);
  }

  /** As {@link #publish(Fleet, Watch, Optional)}, by several writers of rows. */
  private void write(Fleet fleet, Watch watch, Optional<ServerProcess> server) {
    pause(settings.load().settle());
    var load = settings.load();
    var pace = pace(fleet);
    var listening = Arrays.stream(listeners(fleet.snapshot())).sum();
    watch.phase("delivering", now -> now.get(Counter.HEARD), listening * load.all());
    try (var schedule = new WriteSchedule(plan, committers, times, ticker)) {
      schedule.run(0, load.warmup());
      Arrays.fill(published, load.warmup());
      pace.heard(listening * load.warmup());
      mark(fleet, server);
      commits.add(schedule.run(load.warmup(), load.all()));
      Arrays.fill(published, load.all());
      pace.heard(listening * load.all());
      measured(fleet, server);
    }
  }

  private Pace pace(Fleet fleet) {
    return new Pace(
        settings.load(), fleet, ticker, settings.crowd().patience().toNanos(), this::flush);
  }

  /** How many clients wait for a message of each topic. */
  private long[] listeners(Snapshot now) {
    var listeners = new long[settings.load().topics()];
    var all = 0L;
    for (int id = 0; id < settings.crowd().amount(); id++) {
      if (!settings.crowd().isSlow(id)) {
        listeners[id % listeners.length]++;
        all++;
      }
    }
    var slow = settings.crowd().amount() - all;
    var open = Math.max(0, now.open() - slow);
    if (open < all) {
      for (int i = 0; i < listeners.length; i++) {
        listeners[i] = listeners[i] * open / all;
      }
    }
    return listeners;
  }

  /**
   * Publishes some numbers at every topic.
   *
   * @return false when it gave up because nothing was heard any more
   */
  private boolean publish(Pace pace, long[] listeners, int from, int to, boolean scheduled) {
    var window = settings.load().window();
    var slack = (window - 1L) * Arrays.stream(listeners).sum() / listeners.length;
    for (int number = from; number < to; number++) {
      for (int topic = 0; topic < listeners.length; topic++) {
        long due;
        if (scheduled) {
          due = pace.due();
        } else if (pace.heard(owed - slack)) {
          due = ticker.nanoTime();
        } else {
          findings.note("nothing was heard any more, so publishing ended early");
          flush();
          return false;
        }
        send(topic, number, due - plan.origin());
        owed += listeners[topic];
      }
    }
    flush();
    return true;
  }

  private void send(int topic, int number, long due) {
    var stamp = plan.stamp().text(topic, number, due);
    published[topic]++;
    var writer = committer;
    if (writer != null) {
      var start = ticker.nanoTime();
      writer.commit(topic, stamp);
      Distribution.record(commits, ticker.nanoTime() - start);
      return;
    }
    var way = publisher;
    if (way != null) {
      way.publish(settings.target().facility(topic, topic), stamp, plan.payload(stamp));
    }
  }

  private void flush() {
    var way = publisher;
    if (way != null) {
      way.flush();
    }
  }

  private void openPublishing() {
    if (settings.mode() == Mode.COMMIT || settings.target().isResumed()) {
      committer = committers.get();
      return;
    }
    var way = settings.publishing();
    var target = settings.target();
    if (way.url().startsWith("redis://")) {
      publisher = new RedisPublisher(way.url(), way.channel());
    } else if (way.url().equals("ws")) {
      publisher =
          new SocketPublisher(
              new Endpoint(target.host(), target.port()),
              facility -> way.path().replace("{facility}", facility),
              plan.upgrade(),
              way.body(),
              new MaskedFrames(RandomGenerator.getDefault()));
    } else {
      publisher = new HttpPublisher(way.url(), way.body(), way.headers());
    }
  }

  private void closePublishing() {
    var way = publisher;
    var writer = committer;
    publisher = null;
    committer = null;
    if (way != null) {
      way.close();
    }
    if (writer != null) {
      writer.close();
    }
  }

  private void echo(Fleet fleet, Watch watch, Optional<ServerProcess> server) {
    pause(settings.load().settle());
    var load = settings.load();
    var open = fleet.snapshot().open();
    ToLongFunction<Snapshot> heard = now -> now.get(Counter.HEARD);
    watch.phase("echoing", heard, open * load.all());
    if (load.warmup() > 0) {
      fleet.order(Order.WARM_UP);
      await(fleet, heard, open * load.warmup(), settings.crowd().patience());
    }
    mark(fleet, server);
    fleet.order(Order.SPEAK);
    await(fleet, heard, open * load.all(), settings.crowd().patience());
    measured(fleet, server);
  }

  private void idle(Fleet fleet, Watch watch, Optional<ServerProcess> server) {
    pause(settings.load().settle());
    var hold = settings.load().hold();
    mark(fleet, server);
    var start = ticker.nanoTime();
    watch.phase("holding", _ -> (ticker.nanoTime() - start) / 1_000_000, hold.toMillis());
    pause(hold);
    measured(fleet, server);
  }

  private void storm(Fleet fleet, Watch watch, Optional<ServerProcess> server) {
    pause(settings.load().settle());
    var before = fleet.snapshot();
    var amount = (long) settings.crowd().amount();
    mark(fleet, server);
    fleet.order(Order.DROP);
    await(fleet, now -> -now.open(), 0, settings.crowd().patience());
    ToLongFunction<Snapshot> back = now -> now.get(Counter.OPENED) - before.get(Counter.OPENED);
    watch.phase("returning", back, amount);
    fleet.order(Order.RETURN);
    await(fleet, back, amount, LONGEST_STORM);
    measured(fleet, server);
    findings.returned(before, fleet.snapshot());
    if (settings.load().messages() > 0 && !settings.publishing().url().isEmpty()) {
      pause(settings.load().settle());
      openPublishing();
      var listeners = listeners(fleet.snapshot());
      watch.phase(
          "delivering",
          now -> now.get(Counter.HEARD),
          Arrays.stream(listeners).sum() * settings.load().all());
      var pace = pace(fleet);
      publish(pace, listeners, 0, settings.load().all(), settings.load().rate() > 0);
      pace.heard(owed);
    }
  }

  /** A storm after which everybody has to be told what was written while all were away. */
  private void resume(Fleet fleet, Watch watch, Optional<ServerProcess> server) {
    pause(settings.load().settle());
    openPublishing();
    var before = fleet.snapshot();
    var listening = Arrays.stream(listeners(before)).sum();
    fleet.order(Order.DROP);
    await(fleet, now -> -now.open(), 0, settings.crowd().patience());
    for (int number = 0; number < settings.load().all(); number++) {
      for (int topic = 0; topic < published.length; topic++) {
        send(topic, number, ticker.nanoTime() - plan.origin());
      }
    }
    pause(settings.load().settle());
    mark(fleet, server);
    ToLongFunction<Snapshot> heard = now -> now.get(Counter.HEARD);
    watch.phase("replaying", heard, listening * settings.load().all());
    fleet.order(Order.RETURN);
    await(fleet, heard, listening * settings.load().all(), settings.crowd().patience());
    measured(fleet, server);
    findings.returned(before, fleet.snapshot());
  }

  private void mark(Fleet fleet, Optional<ServerProcess> server) {
    fleet.order(Order.MARK);
    findings.mark(ticker.nanoTime(), server.map(ServerProcess::read));
  }

  private void measured(Fleet fleet, Optional<ServerProcess> server) {
    findings.measured(ticker.nanoTime(), server.map(ServerProcess::tryRead));
    fleet.order(Order.MEASURED);
  }

  /** Waits until so much is done; gives up when nothing at all changes any more. */
  private void await(Fleet fleet, ToLongFunction<Snapshot> done, long goal, Duration patience) {
    var start = ticker.nanoTime();
    var last = start;
    var before = fleet.snapshot();
    while (done.applyAsLong(before) < goal) {
      LockSupport.parkNanos(LOOK);
      if (Thread.interrupted()) {
        throw new BenchException("interrupted");
      }
      var now = fleet.snapshot();
      var at = ticker.nanoTime();
      if (!progressed(before, now)) {
        if (at - last > patience.toNanos()) {
          return;
        }
      } else {
        last = at;
      }
      before = now;
      if (settings.mode() == Mode.STORM && at - start > LONGEST_STORM.toNanos()) {
        return;
      }
    }
  }

  /** Heartbeats come for ever and are no progress. */
  private static boolean progressed(Snapshot before, Snapshot now) {
    for (var counter : Counter.values()) {
      if (counter != Counter.OTHER && before.get(counter) != now.get(counter)) {
        return true;
      }
    }
    return false;
  }

  private void pause(Duration time) {
    var end = ticker.nanoTime() + time.toNanos();
    for (var rest = time.toNanos(); rest > 0; rest = end - ticker.nanoTime()) {
      LockSupport.parkNanos(rest);
      if (Thread.interrupted()) {
        throw new BenchException("interrupted");
      }
    }
  }
}
