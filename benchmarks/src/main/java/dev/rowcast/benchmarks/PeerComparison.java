package dev.rowcast.benchmarks;

import dev.rowcast.benchmarks.Findings.Measure;
import dev.rowcast.embedded.EmbeddedRedis;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

/**
 * Delivery compared with other servers: Rowcast and each peer in turn, in reversed order every
 * other round, each in a fresh process, under one loader and through one Redis.
 *
 * <p>A peer's turn is: idle connections, while its memory is untouched; a warm-up whose figures are
 * thrown away; then fan-out with each window, latency at a fixed rate and at 60 % of what it just
 * delivered, and fan-out to many topics, for each number of connections. Every figure is a median
 * with minimum and maximum, every ratio is taken round by round. A run with a missing message, a
 * lost connection or a loader above 80 % of its CPU is void.
 */
final class PeerComparison {
  private static final int WARM_WINDOW = 16;
  private static final int WARM_MESSAGES = 2_000;
  private static final double WARM_SECONDS = 4;
  private static final int HANDSHAKES = 10_000;
  private static final int HANDSHAKE_RATE = 2_500;
  private static final int TOPICS = 100;
  private static final int TOPICS_WINDOW = 1_000;
  private static final double BUSY_SHARE = 0.6;
  private static final int FEWEST = 20;
  private static final int MOST = 400_000;
  private static final Duration OPENING = Duration.ofMinutes(2);
  private static final Duration ENDING = Duration.ofMinutes(1);

  /** Where a report has its figures. */
  private static final String PER_SECOND = "/messages/perSecond";

  private static final String PER_CPU_SECOND = "/serverSide/deliveriesPerCpuSecond";
  private static final String P50 = "/times/latency/milliseconds/p50";
  private static final String P99 = "/times/latency/milliseconds/p99";

  /** Handshakes a second. */
  private static final String OPENS = "/connections/perSecond";

  /** Bytes of the server's process tree behind the measured part, clients connected. */
  private static final String RESIDENT = "/serverSide/rssAfter";

  private static final String CPU_SECONDS = "/serverSide/cpuSeconds";

  /** What to measure of each peer. */
  private record Plan(
      int rounds,
      List<Integer> connections,
      List<Integer> windows,
      double seconds,
      double rate,
      int idle,
      Set<String> measures) {

    static Plan of(Map<String, String> options) {
      return new Plan(
          Integer.parseInt(options.getOrDefault("rounds", "5")),
          numbers(options.getOrDefault("connections", "1000,10000")),
          numbers(options.getOrDefault("windows", "1,16,64,256")),
          Double.parseDouble(options.getOrDefault("seconds", "5")),
          Double.parseDouble(options.getOrDefault("rate", "10000")),
          Integer.parseInt(options.getOrDefault("idle", "5000")),
          new LinkedHashSet<>(
              words(
                  options.getOrDefault(
                      "measures", "fanout,latency,busy,topics,idle,memory,handshakes"))));
    }
  }

  /** Whether this program was told to end. */
  private static volatile boolean isEnding;

  private final Path root;
  private final Path folder;
  private final EmbeddedRedis redis;
  private final Loader loader;
  private final Plan plan;
  private final Findings findings = new Findings();
  private final Map<String, Integer> messages = new HashMap<>();

  private PeerComparison(Path root, Path folder, EmbeddedRedis redis, Plan plan) {
    this.root = root;
    this.folder = folder;
    this.redis = redis;
    this.plan = plan;
    loader = new Loader(root, folder);
  }

  /** The options are told by {@code benchmarks/compare --help}. */
  public static void main(String[] args) throws IOException {
    var options = options(args);
    var root = Path.of(options.getOrDefault("root", ".")).toAbsolutePath().normalize();
    var known = Peer.read(root.resolve("benchmarks/peers/peers.json"));
    var peers = new ArrayList<Peer>();
    for (var name : words(options.getOrDefault("peers", String.join(",", known.keySet())))) {
      var peer = known.get(name);
      if (peer == null) {
        throw new IllegalArgumentException(
            "--peers has '" + name + "', must be of " + String.join(", ", known.keySet()));
      }
      peers.add(peer);
    }
    var folder = Files.createTempDirectory("rowcast-compare");
    System.err.println("Reports and logs of every run: " + folder);
    endInOrder(Thread.currentThread());
    var out = Path.of(options.getOrDefault("out", folder.resolve("comparison.md").toString()));
    try (var redis = BenchmarkServers.redis()) {
      new PeerComparison(root, folder, redis, Plan.of(options)).run(peers, out);
    }
  }

  /** A program that is told to end interrupts its work, and waits until that has ended servers. */
  private static void endInOrder(Thread work) {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> {
              isEnding = true;
              work.interrupt();
              try {
                work.join(ENDING);
              } catch (InterruptedException e) {
                throw new IllegalStateException("interrupted", e);
              }
            }));
  }

  private void run(List<Peer> peers, Path out) throws IOException {
    var start = System.nanoTime();
    for (int round = 0; round < plan.rounds(); round++) {
      for (var peer : round % 2 == 0 ? peers : peers.reversed()) {
        System.err.printf(
            Locale.ROOT,
            "%5d s  round %d  %s%n",
            Duration.ofNanos(System.nanoTime() - start).toSeconds(),
            round + 1,
            peer.title());
        turn(peer, round);
      }
      // After every round, so that a run that is cut short has shown what it found.
      Files.writeString(out, heading(round + 1) + findings.markdown());
    }
    System.out.print(Files.readString(out));
    System.err.println("Written to " + out);
  }

  private String heading(int rounds) {
    return String.format(
        Locale.ROOT,
        """
        %d rounds in ABBA order; median (min - max). 100-byte payloads, no compression, no TLS; \
        server, Redis and loader share %d processors. W: messages on their way at once. CPU: user \
        and system time of the server's process tree, Redis left out.

        """,
        rounds,
        Runtime.getRuntime().availableProcessors());
  }

  private void turn(Peer peer, int round) {
    var log = folder.resolve(peer.name() + ".log");
    var started = PeerProcess.start(peer, root, redis.url(), log);
    if (started.isEmpty()) {
      findings.note(peer.title() + " is not installed here");
      return;
    }
    try (var server = started.get()) {
      if (plan.measures().contains("idle")) {
        idle(peer, server, round);
      }
      for (int i = 0; i < plan.connections().size(); i++) {
        var wanted = plan.connections().get(i);
        var connections = Math.min(wanted, peer.most());
        if (connections < wanted && i > 0) {
          findings.note(
              String.format(
                  Locale.ROOT,
                  "%s cannot hold %,d connections, only %,d",
                  peer.title(),
                  wanted,
                  peer.most()));
          continue;
        }
        if (connections < wanted) {
          findings.note(
              String.format(
                  Locale.ROOT,
                  "%s was measured with %,d connections where the others had %,d",
                  peer.title(),
                  connections,
                  wanted));
        }
        crowd(peer, server, round, wanted, connections);
      }
      if (plan.measures().contains("handshakes")) {
        handshakes(peer, server, round);
      }
    } catch (RuntimeException e) {
      if (isEnding) {
        throw e;
      }
      // One peer's failure must not cost the others their round.
      findings.addVoid("its turn", peer, String.valueOf(e.getMessage()));
    }
  }

  private void crowd(Peer peer, PeerProcess server, int round, int wanted, int connections) {
    warm(
        peer,
        wanted,
        WARM_WINDOW,
        connections,
        count -> load(server, connections, WARM_WINDOW, count));
    var opens = new Samples();
    var resident = new Samples();
    if (plan.measures().contains("fanout")) {
      for (var window : plan.windows()) {
        var outcome = load(server, connections, window, guess(peer, wanted, window, connections));
        remember(peer, wanted, window, connections, outcome);
        if (usable(outcome, peer, String.format(Locale.ROOT, "W=%d at %,d", window, wanted))) {
          var at = String.format(Locale.ROOT, "%,d connections", wanted);
          findings.add(
              new Measure("Deliveries per CPU-second, " + at, "W=" + window, true, 0),
              peer,
              round,
              outcome.figure(PER_CPU_SECOND));
          findings.add(
              new Measure("Deliveries per second, " + at, "W=" + window, true, 0),
              peer,
              round,
              outcome.figure(PER_SECOND));
          opens.add(outcome.figure(OPENS));
          resident.add(outcome.figure(RESIDENT));
          if (window == 1 && plan.measures().contains("busy")) {
            var rate = outcome.figure(PER_SECOND) / connections * BUSY_SHARE;
            var _ = latency(peer, server, round, connections, rate, busy(wanted));
          }
        }
      }
    }
    if (plan.measures().contains("latency")) {
      var rate = plan.rate() / wanted;
      latency(peer, server, round, connections, rate, calm(wanted, rate))
          .ifPresent(outcome -> {
            opens.add(outcome.figure(OPENS));
            resident.add(outcome.figure(RESIDENT));
          });
    }
    if (plan.measures().contains("topics")) {
      topics(peer, server, round, wanted, connections);
    }
    if (plan.measures().contains("memory") && !resident.isEmpty()) {
      findings.add(
          new Measure(
              "Resident memory in megabytes, the most that was seen behind a run",
              String.format(Locale.ROOT, "%,d connections", wanted),
              false,
              0),
          peer,
          round,
          resident.max() / (1 << 20));
    }
    if (plan.measures().contains("handshakes") && !opens.isEmpty()) {
      findings.add(
          new Measure(
              "Handshakes per second, subscription included",
              String.format(Locale.ROOT, "%,d connections", wanted),
              false,
              0),
          peer,
          round,
          opens.median());
    }
  }

  /**
   * For as long as a compiler needs to have seen what matters. How many messages that are is known
   * from the peer's last turn, and before its first from a short try.
   */
  private void warm(
      Peer peer, int wanted, int window, int connections, IntFunction<Loader.Outcome> load) {
    if (!messages.containsKey(key(peer, wanted, window))) {
      var outcome = load.apply(guess(peer, wanted, window, connections));
      remember(peer, wanted, window, connections, outcome);
    }
    var perSecond = guess(peer, wanted, window, connections) / plan.seconds();
    var _ = load.apply((int) Math.clamp(perSecond * WARM_SECONDS, FEWEST, MOST));
  }

  /**
   * Connections opened by schedule, subscribed, and closed again, to a server that has seen many:
   * what that costs it. How fast they open at most is seen where they are opened for a run, and
   * hangs on the loader as much as on the server.
   */
  private void handshakes(Peer peer, PeerProcess server, int round) {
    var connections = Math.min(HANDSHAKES, peer.most());
    var flags =
        List.of(
            "--mode",
            "connect",
            "--facility",
            "bench",
            "--amount",
            Integer.toString(connections),
            "--connect-rate",
            Integer.toString(HANDSHAKE_RATE),
            "--messages",
            "0");
    // As in warm(): first for a compiler.
    var _ = loader.run(server.load(flags));
    var outcome = loader.run(server.load(flags));
    if (usable(outcome, peer, "handshakes")) {
      findings.add(
          new Measure(
              "Handshakes per CPU-second of the server, subscription and end included",
              String.format(Locale.ROOT, "%,d connections", HANDSHAKES),
              false,
              0),
          peer,
          round,
          connections / outcome.figure(CPU_SECONDS));
    }
  }

  private static String calm(int wanted, double rate) {
    return String.format(
        Locale.ROOT,
        "Latency in milliseconds, %,d connections, %s messages a second",
        wanted,
        rate);
  }

  private static String busy(int wanted) {
    return String.format(
        Locale.ROOT,
        "Latency in milliseconds, %,d connections, at %.0f %% of each one's own W=1",
        wanted,
        BUSY_SHARE * 100);
  }

  private Optional<Loader.Outcome> latency(
      Peer peer, PeerProcess server, int round, int connections, double rate, String section) {
    var count = Math.max(FEWEST, (int) (rate * plan.seconds() * 2));
    var outcome =
        loader.run(
            server.load(
                flags(connections, count, "--rate", Double.toString(rate), "--warmup", "5")));
    if (!usable(outcome, peer, section)) {
      return Optional.empty();
    }
    findings.add(new Measure(section, "p50", false, 1), peer, round, outcome.figure(P50));
    findings.add(new Measure(section, "p99", false, 1), peer, round, outcome.figure(P99));
    return Optional.of(outcome);
  }

  /**
   * The connections spread over many topics, and as many messages on their way; warmed up for
   * itself, as a server does other things for a hundred topics than for one.
   */
  private void topics(Peer peer, PeerProcess server, int round, int wanted, int connections) {
    var at = String.format(Locale.ROOT, "%,d connections on %d topics", wanted, TOPICS);
    if (!peer.hasTopics()) {
      findings.note(peer.title() + " was not measured with many topics");
      return;
    }
    IntFunction<Loader.Outcome> load =
        count -> loader.run(server.load(topicFlags(connections, count)));
    warm(peer, wanted, TOPICS_WINDOW, connections, load);
    var outcome = load.apply(guess(peer, wanted, TOPICS_WINDOW, connections));
    remember(peer, wanted, TOPICS_WINDOW, connections, outcome);
    if (usable(outcome, peer, at)) {
      var window = String.format(Locale.ROOT, "W=%,d", TOPICS_WINDOW);
      findings.add(
          new Measure("Deliveries per CPU-second, " + at, window, true, 0),
          peer,
          round,
          outcome.figure(PER_CPU_SECOND));
      findings.add(
          new Measure("Deliveries per second, " + at, window, true, 0),
          peer,
          round,
          outcome.figure(PER_SECOND));
    }
  }

  /** Each topic has so many messages. */
  private static List<String> topicFlags(int connections, int count) {
    var flags = new ArrayList<>(fanout(connections, count));
    flags.addAll(List.of("--facility", "bench-{topic}", "--topics", Integer.toString(TOPICS)));
    flags.addAll(List.of("--window", Integer.toString(TOPICS_WINDOW)));
    flags.addAll(
        List.of("--warmup", Integer.toString(Math.max(TOPICS_WINDOW / TOPICS, count / 5))));
    return flags;
  }

  /** The slope of resident memory between a tenth of the connections and all of them. */
  private void idle(Peer peer, PeerProcess server, int round) {
    var all = Math.min(plan.idle(), peer.most());
    var few = all / 10;
    // A runtime that has just started has files open that it closes again.
    pause(1_000);
    var before = server.descriptors();
    var first = loader.start(server.load(idleFlags(few)));
    try {
      awaitDescriptors(peer, server, before + few);
      server.collect();
      var low = server.residentBytes();
      var second = loader.start(server.load(idleFlags(all - few)));
      try {
        awaitDescriptors(peer, server, before + all);
        server.collect();
        findings.add(
            new Measure(
                "Idle connection, kilobytes of resident memory after collection",
                String.format(Locale.ROOT, "slope up to %,d", plan.idle()),
                false,
                1),
            peer,
            round,
            (server.residentBytes() - low) / (double) (all - few) / 1024);
      } finally {
        end(second);
      }
    } finally {
      end(first);
    }
    BenchmarkServers.await(
        "the idle connections of " + peer.title() + " are gone",
        () -> server.descriptors() < before + all / 2);
  }

  private void awaitDescriptors(Peer peer, PeerProcess server, long goal) {
    var deadline = System.nanoTime() + OPENING.toNanos();
    while (server.descriptors() < goal) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(peer.title() + " does not open its idle connections");
      }
      pause(100);
    }
    // The last handshakes and hellos are still being answered.
    pause(1_000);
  }

  private static void end(Process process) {
    process.destroy();
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
  }

  private Loader.Outcome load(PeerProcess server, int connections, int window, int count) {
    return loader.run(
        server.load(
            flags(
                connections,
                count,
                "--window",
                Integer.toString(window),
                "--warmup",
                Integer.toString(Math.max(window, count / 5)))));
  }

  private boolean usable(Loader.Outcome outcome, Peer peer, String what) {
    if (outcome.isVoid()) {
      findings.addVoid(what, peer, outcome.problem());
    }
    return !outcome.isVoid();
  }

  /**
   * So many messages that a run lasts about as long as was asked for: by what the peer did with
   * this window before, or else with the nearest smaller one.
   */
  private int guess(Peer peer, int wanted, int window, int connections) {
    var known = messages.get(key(peer, wanted, window));
    if (known != null) {
      return known;
    }
    var warm = messages.get(key(peer, wanted, WARM_WINDOW));
    if (warm != null) {
      return window < WARM_WINDOW ? Math.max(FEWEST, warm * window / WARM_WINDOW) : warm;
    }
    return Math.clamp(
        WARM_MESSAGES * 1_000L / connections / (peer.most() < 1_000 ? 50 : 1), FEWEST, MOST);
  }

  private void remember(
      Peer peer, int wanted, int window, int connections, Loader.Outcome outcome) {
    if (outcome.figure(PER_SECOND) > 0) {
      messages.put(
          key(peer, wanted, window),
          (int)
              Math.clamp(outcome.figure(PER_SECOND) / connections * plan.seconds(), FEWEST, MOST));
    }
  }

  private static String key(Peer peer, int connections, int window) {
    return peer.name() + " " + connections + " " + window;
  }

  private static List<String> flags(int connections, int count, String... more) {
    var flags = new ArrayList<>(fanout(connections, count));
    flags.addAll(List.of("--facility", "bench"));
    flags.addAll(List.of(more));
    return flags;
  }

  private static List<String> fanout(int connections, int count) {
    return List.of(
        "--mode",
        "fanout",
        "--amount",
        Integer.toString(connections),
        "--messages",
        Integer.toString(count));
  }

  private static List<String> idleFlags(int connections) {
    return List.of(
        "--mode",
        "idle",
        "--facility",
        "bench",
        "--amount",
        Integer.toString(connections),
        "--hold",
        "300");
  }

  private static void pause(long milliseconds) {
    try {
      TimeUnit.MILLISECONDS.sleep(milliseconds);
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
  }

  private static List<Integer> numbers(String text) {
    return words(text).stream().map(Integer::valueOf).toList();
  }

  private static List<String> words(String text) {
    return Arrays.stream(text.split(",", -1)).map(String::strip).toList();
  }

  private static Map<String, String> options(String[] args) {
    var options = new LinkedHashMap<String, String>();
    for (int i = 0; i < args.length; i += 2) {
      if (!args[i].startsWith("--") || i + 1 == args.length) {
        throw new IllegalArgumentException("'" + args[i] + "' must be --OPTION VALUE");
      }
      options.put(args[i].substring(2), args[i + 1]);
    }
    return options;
  }
}
