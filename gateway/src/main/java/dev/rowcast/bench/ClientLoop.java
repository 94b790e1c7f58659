package dev.rowcast.bench;

import dev.rowcast.base.Ticker;
import dev.rowcast.bench.report.Distribution;
import dev.rowcast.bench.report.Hole;
import dev.rowcast.bench.wire.FrameScanner;
import dev.rowcast.bench.wire.MaskedFrames;
import dev.rowcast.bench.wire.Stamp;
import dev.rowcast.bench.wire.Timeline;
import dev.rowcast.protocol.PerMessageDeflate;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.zip.Inflater;
import org.HdrHistogram.Histogram;

/**
 * What the clients of one event loop share: buffers, counters, histograms.
 *
 * <p>Confined to that loop, except {@link #shown} and {@link #thread}.
 */
final class ClientLoop {
  /** How late the loop's own timers are is measured so often. */
  private static final long PROBE_MILLIS = 10;

  private static final long SWEEP_MILLIS = 250;

  /** Of clients that are all told the same. */
  private static final int AT_A_TIME = 64;

  private final EventLoop loop;
  private final Plan plan;
  private final CommitTimes times;
  private final Ticker ticker;
  private final Runnable progress;
  private final RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
  private final MaskedFrames frames = new MaskedFrames(random);
  private final List<Client> clients = new ArrayList<>();

  private final long[] counts = new long[Counter.values().length];
  private final AtomicLongArray shown = new AtomicLongArray(counts.length);
  private final Map<String, Long> failures = new TreeMap<>();
  private final Histogram latency = Distribution.histogram();
  private final Histogram afterCommit = Distribution.histogram();
  private final Histogram connect = Distribution.histogram();
  private final Histogram comeback = Distribution.histogram();
  private final Histogram lag = Distribution.histogram();
  private final Timeline deliveries = new Timeline(FleetResult.SLICE);
  private final Timeline opens = new Timeline(FleetResult.OPEN_SLICE);
  private final Timeline openMicros = new Timeline(FleetResult.OPEN_SLICE);

  /** The message that clients say, to be stamped. */
  private final byte[] template;

  private byte[] scratch = new byte[1 << 16];

  /** Never ended: the JDK's cleaner does that when the loop is gone. */
  private final Inflater inflater = new Inflater(true);

  private volatile long thread;
  private long now;

  /** Clients may say the numbers below this. */
  private int limit;

  /** Whether they say by schedule: then nobody says the next one by himself. */
  private boolean isScheduled;

  /** Where the messages of the last clients were stamped: the next one is stamped there too. */
  private int place;

  /** When everybody was cut, or was to go on from where he was; 0: nobody was. */
  private long dropped;

  ClientLoop(EventLoop loop, Plan plan, CommitTimes times, Ticker ticker, Runnable progress) {
    this.loop = loop;
    this.plan = plan;
    this.times = times;
    this.ticker = ticker;
    this.progress = progress;
    template = plan.payload("0".repeat(Stamp.SIZE));
  }

  /** Begins to measure the loop's own lateness and to look for those that wait too long. */
  void begin() {
    thread = Thread.currentThread().threadId();
    probe(ticker.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PROBE_MILLIS));
    var patience = plan.settings().crowd().patience().toNanos();
    var _ =
        loop.scheduleAtFixedRate(
            () -> {
              var at = ticker.nanoTime();
              clients.forEach(client -> client.sweep(at, patience));
              show();
            },
            SWEEP_MILLIS,
            SWEEP_MILLIS,
            TimeUnit.MILLISECONDS);
  }

  private void probe(long due) {
    var _ =
        loop.schedule(
            () -> {
              var at = ticker.nanoTime();
              Distribution.record(lag, Math.max(at - due, 1_000));
              probe(at + TimeUnit.MILLISECONDS.toNanos(PROBE_MILLIS));
            },
            due - ticker.nanoTime(),
            TimeUnit.NANOSECONDS);
  }

  EventLoop loop() {
    return loop;
  }

  Plan plan() {
    return plan;
  }

  MaskedFrames frames() {
    return frames;
  }

  RandomGenerator random() {
    return random;
  }

  List<Client> clients() {
    return clients;
  }

  /** The loop's thread; 0 until {@link #begin} ran. */
  long thread() {
    return thread;
  }

  byte[] template() {
    return template;
  }

  /** Room to read into, one for all. */
  byte[] scratch(int size) {
    if (size > scratch.length) {
      scratch = Arrays.copyOf(scratch, Math.max(size, scratch.length * 2));
    }
    return scratch;
  }

  /**
   * Inflates a message that was compressed by itself, unless it is broken or larger than {@link
   * FrameScanner#MAX_FRAME}.
   */
  PerMessageDeflate.Inflated inflate(byte[] bytes, int from, int to) {
    return PerMessageDeflate.inflate(bytes, from, to, FrameScanner.MAX_FRAME, inflater);
  }

  /** The time at which the bytes being looked at were read. */
  long now() {
    return now;
  }

  void read() {
    now = ticker.nanoTime();
  }

  long nanoTime() {
    return ticker.nanoTime();
  }

  int place() {
    return place;
  }

  void place(int at) {
    place = at;
  }

  int limit() {
    return limit;
  }

  boolean isScheduled() {
    return isScheduled;
  }

  void count(Counter counter) {
    counts[counter.place()]++;
  }

  void fail(String reason) {
    count(Counter.FAILED);
    note(reason);
  }

  /** Remembers why something ended. */
  void note(String reason) {
    failures.merge(reason, 1L, Long::sum);
  }

  /** A message of the measured part came; who comes back cannot have it before that. */
  void delivered(int topic, int number, long due) {
    var from = dropped == 0 ? due : Math.max(due, dropped - plan.origin());
    Distribution.record(latency, now - plan.origin() - from);
    deliveries.add(now - plan.origin(), 1);
    if (times.areKept()) {
      Distribution.record(afterCommit, times.since(topic, number, now));
    }
  }

  /** A connection that was asked for at this moment is open. */
  void opened(long asked) {
    count(Counter.OPENED);
    if (dropped != 0) {
      Distribution.record(comeback, now - dropped);
      return;
    }
    Distribution.record(connect, now - asked);
    opens.add(now - plan.origin(), 1);
    openMicros.add(now - plan.origin(), (now - asked) / 1_000);
  }

  /** Lets other threads see the counters. */
  void show() {
    for (int i = 0; i < counts.length; i++) {
      shown.lazySet(i, counts[i]);
    }
    progress.run();
  }

  Snapshot shown() {
    var copy = new long[counts.length];
    for (int i = 0; i < copy.length; i++) {
      copy[i] = shown.get(i);
    }
    return new Snapshot(copy);
  }

  long heard() {
    return shown.get(Counter.HEARD.place());
  }

  void mark() {
    lag.reset();
  }

  void drop() {
    dropped = ticker.nanoTime();
    clients.forEach(Client::drop);
    show();
  }

  /** From now on whoever was cut comes back, with its place. */
  void comeBack() {
    dropped = ticker.nanoTime();
  }

  void leave() {
    each(0, Client::leave);
  }

  /** Says, or lets clients say, the numbers below {@code until}. */
  void speak(int until, double rate) {
    limit = until;
    isScheduled = rate > 0;
    if (isScheduled) {
      var talkers = clients.stream().filter(Client::isOpen).toList();
      tick(talkers, nanoTime(), 1e9 / rate, 0);
      show();
    } else {
      each(0, Client::speak);
    }
  }

  /** All clients from this one on; a few at a time, so that sockets and timers have their turn. */
  private void each(int from, Consumer<Client> what) {
    var to = Math.min(from + AT_A_TIME, clients.size());
    clients.subList(from, to).forEach(what);
    show();
    if (to < clients.size()) {
      // As a timer: tasks that bring tasks would all be run before the loop looks at a socket.
      var _ = loop.schedule(() -> each(to, what), 0, TimeUnit.NANOSECONDS);
    }
  }

  /** Message {@code from} of this loop and all others that are due by now. */
  private void tick(List<Client> talkers, long start, double gap, long from) {
    var at = nanoTime();
    var next = from;
    for (; start + (long) (next * gap) <= at; next++) {
      if (talkers.isEmpty()
          || !talkers
              .get((int) (next % talkers.size()))
              .say(start + (long) (next * gap) - plan.origin())) {
        return;
      }
    }
    var resume = next;
    var _ =
        loop.schedule(
            () -> tick(talkers, start, gap, resume),
            Math.max(start + (long) (resume * gap) - at, 200_000),
            TimeUnit.NANOSECONDS);
    show();
  }

  /** What the clients of this loop found; the load of the process is for others to say. */
  FleetResult result(long[] published) {
    var expected = 0L;
    var missing = 0L;
    var outOfOrder = 0L;
    var holes = new ArrayList<Hole>();
    for (var client : clients) {
      if (!client.isJudged()) {
        continue;
      }
      var own = client.expected(published);
      expected += own;
      missing += client.check().missingCount(own);
      outOfOrder += client.check().outOfOrder();
      if (holes.size() < FleetResult.MOST_HOLES) {
        client
            .check()
            .missing(own)
            .forEach(range -> holes.add(new Hole(client.id(), range.first(), range.last())));
      }
    }
    show();
    return new FleetResult(
        shown(),
        expected,
        missing,
        outOfOrder,
        holes,
        Map.copyOf(failures),
        Distribution.of(latency),
        Distribution.of(connect),
        Distribution.of(comeback),
        Distribution.of(afterCommit),
        Distribution.of(lag),
        deliveries.counts(),
        opens.counts(),
        openMicros.counts(),
        0,
        0,
        0);
  }
}
