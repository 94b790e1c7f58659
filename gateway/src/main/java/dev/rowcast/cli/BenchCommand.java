package dev.rowcast.cli;

import dev.rowcast.base.Secret;
import dev.rowcast.base.Ticker;
import dev.rowcast.bench.Bench;
import dev.rowcast.bench.BenchException;
import dev.rowcast.bench.BenchSettings;
import dev.rowcast.bench.Committer;
import dev.rowcast.bench.Mode;
import dev.rowcast.bench.report.ReportFiles;
import dev.rowcast.bench.report.TextReport;
import dev.rowcast.bench.wire.UpgradeRequest;
import dev.rowcast.postgres.Database;
import dev.rowcast.postgres.DatabaseException;
import dev.rowcast.postgres.DatabaseSettings;
import dev.rowcast.postgres.RowWriter;
import java.io.Console;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code rowcast bench}. */
@Command(
    name = "bench",
    sortOptions = false,
    description = {
      "Plays many WebSocket clients against a server and measures it.",
      "",
      "Modes: connect opens all, says -n messages each, closes. fanout subscribes all and"
          + " publishes. echo lets each client hear itself. idle holds all. storm cuts all and"
          + " waits until they are back. slow is fanout with a share that never reads. commit"
          + " writes rows to PostgreSQL and waits for them at the sockets.",
      "",
      "With --protocol live the clients read --table at /live, in modes idle, commit and storm. A"
          + " storm then writes -n rows of each topic while all are away, and everybody comes back"
          + " with its place and has to hear exactly those."
    },
    footer = {
      "",
      "Every number of every topic is accounted for at every client. Exit code 1 when a connection"
          + " failed or was lost, a message is missing, or the run is void because the loader"
          + " itself used more than 80 %% of its CPU.",
      "",
      "Example: rowcast bench -a 10000 -n 1 -s localhost:8000",
      "Example: rowcast bench --mode commit --protocol live --table public.bench --topics 100 -a"
          + " 1000 -n 300 --rate 1000 --database postgresql://user@host/database",
      "Example: rowcast bench --mode fanout -a 1000 -n 2000 --window 16 --publish"
          + " redis://localhost:6379 --pid $(pgrep -f rowcast)"
    })
public final class BenchCommand implements Callable<Integer> {
  private static final String LISTEN = "{facility}?subscribe-broadcast";

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private LogOptions log = new LogOptions();

  @Option(
      names = {"-a", "--amount"},
      paramLabel = "N",
      description = "Connections; 10000 by default.")
  private int amount = 10_000;

  @Option(
      names = {"-n", "--messages"},
      paramLabel = "N",
      description = "Messages per connection; 1 by default.")
  private int messages = 1;

  @Option(
      names = {"-s", "--server"},
      paramLabel = "WHERE",
      description = "HOST, HOST:PORT or a whole ws:// URL; localhost by default, port 8000.")
  private String server = "localhost";

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      description = "connect (default), fanout, echo, idle, storm, slow or commit.")
  private String mode = "connect";

  @Option(
      names = "--protocol",
      paramLabel = "NAME",
      description = "ws (default): facilities; live: rows of --table, by rowcast.v1.")
  private String protocol = "ws";

  @Option(
      names = "--table",
      paramLabel = "NAME",
      description = "Of --protocol live; has columns stamp, a uuid, and topic, a number.")
  private @Nullable String table;

  @Option(
      names = "--where",
      paramLabel = "FILTER",
      description =
          "Rows that a client of --protocol live asks for, filled in as --path;"
              + " topic=eq.{topic} by default.")
  private String where = "topic=eq.{topic}";

  @Option(names = "--echo", description = "Drives a plain echo server: --mode echo at path /.")
  private boolean plainEcho;

  @Option(
      names = "--rate",
      paramLabel = "N",
      description = "Messages a second by schedule; latency counts from when each was due.")
  private double rate;

  @Option(
      names = "--window",
      paramLabel = "W",
      description = "Without --rate: messages on their way at once; 1 by default.")
  private int window = 1;

  @Option(
      names = "--warmup",
      paramLabel = "N",
      description = "Messages per connection before the measured ones; checked, not measured.")
  private int warmup;

  @Option(
      names = "--topics",
      paramLabel = "K",
      description = "Facilities over which the connections are spread; 1 by default.")
  private int topics = 1;

  @Option(names = "--size", paramLabel = "BYTES", description = "Of a message; 100 by default.")
  private int size = 100;

  @Option(
      names = "--publish",
      paramLabel = "URL",
      description = "redis://…, http://…, or ws for a publishing client (default).")
  private @Nullable String publish;

  @Option(
      names = "--publish-channel",
      paramLabel = "NAME",
      description = "Redis channel; broadcast:{facility} by default.")
  private String publishChannel = "broadcast:{facility}";

  @Option(
      names = "--publish-body",
      paramLabel = "TEXT",
      description = "Body of a POST or text on the publishing socket; {payload} by default.")
  private String publishBody = "{payload}";

  @Option(
      names = "--publish-header",
      paramLabel = "'NAME: VALUE'",
      description = "Of a POST; may be repeated.")
  private List<String> publishHeaders = new ArrayList<>();

  @Option(
      names = "--publish-path",
      paramLabel = "PATH",
      description = "Of the publishing client; /ws/{facility}?publish-broadcast by default.")
  private @Nullable String publishPath;

  @Option(
      names = "--path",
      paramLabel = "PATH",
      description =
          "Path and query of the clients; {facility}, {topic} and {id} are filled in. By default"
              + " /ws/{facility}?subscribe-broadcast, and /ws/ in mode connect.")
  private @Nullable String path;

  @Option(
      names = "--facility",
      paramLabel = "NAME",
      description = "What {facility} is; bench-{topic} by default, bench-{id} in mode echo.")
  private @Nullable String facility;

  @Option(
      names = "--subprotocol",
      paramLabel = "NAMES",
      description = "Sec-WebSocket-Protocol to offer.")
  private String subprotocol = "";

  @Option(
      names = "--header",
      paramLabel = "'NAME: VALUE'",
      description = "Of the handshake; may be repeated.")
  private List<String> headers = new ArrayList<>();

  @Option(
      names = "--compression",
      description = "Offers permessage-deflate; a server that does not take it is a failure.")
  private boolean compression;

  @Option(
      names = "--hello",
      paramLabel = "TEXT",
      description = "Sent after the handshake, filled in as --path; may be repeated.")
  private List<String> hellos = new ArrayList<>();

  @Option(
      names = "--joined",
      paramLabel = "TEXT",
      description = "A client is open only when a message holds this.")
  private String joined = "";

  @Option(
      names = "--answer",
      paramLabel = "TEXT=REPLY",
      description = "What a client replies to a text, such as a heartbeat; may be repeated.")
  private List<String> answers = new ArrayList<>();

  @Option(
      names = "--hold",
      paramLabel = "S",
      description = "Seconds for which mode idle watches; 10 by default.")
  private double hold = 10;

  @Option(
      names = "--settle",
      paramLabel = "S",
      description = "Seconds between opening and measuring; 0.5 by default.")
  private double settle = 0.5;

  @Option(
      names = "--patience",
      paramLabel = "S",
      description = "Seconds without any progress after which a phase is over; 5 by default.")
  private double patience = 5;

  @Option(
      names = "--slow-share",
      paramLabel = "SHARE",
      description = "Of the clients that never read in mode slow; 0.01 by default.")
  private double slowShare = 0.01;

  @Option(
      names = "--commit-sql",
      paramLabel = "SQL",
      description =
          "Writes a row; its first question mark becomes 32 hexadecimal digits, a UUID, which must"
              + " come back in the message, a second one the number of the topic. By default an"
              + " INSERT into --table.")
  private @Nullable String commitSql;

  @Option(
      names = "--database",
      paramLabel = "URL",
      description = "Where rows are written: postgresql://user@host:port/database.")
  private @Nullable String database;

  @Option(
      names = "--writers",
      paramLabel = "N",
      description = "Connections that commit in mode commit with a --rate; 1 by default.")
  private int writers = 1;

  @Option(
      names = "--connect-rate",
      paramLabel = "N",
      description = "New connections a second by schedule; as fast as they open by default.")
  private double connectRate;

  @Option(
      names = "--connecting",
      paramLabel = "N",
      description =
          "Connections on their way at once, fewer at first without a rate; 256 by default.")
  private int connecting = 256;

  @Option(
      names = "--processes",
      paramLabel = "N",
      description = "Loader processes; as many as the descriptor limit asks for by default.")
  private int processes;

  @Option(
      names = "--loops",
      paramLabel = "N",
      description = "Event loops of a process; one for each CPU by default.")
  private int loops;

  @Option(
      names = "--source",
      paramLabel = "ADDRESS",
      description =
          "Address to connect from, 25,000 connections each; 127.0.0.x by default past 25,000.")
  private List<String> sources = new ArrayList<>();

  @Option(
      names = "--pid",
      paramLabel = "PID",
      description = "Of the server on this machine: reads its CPU time and memory.")
  private long pid;

  @Option(
      names = "--log-folder",
      paramLabel = "DIR",
      description = "Where the reports go; test_log by default.")
  private Path folder = Path.of("test_log");

  @Override
  public Integer call() {
    log.apply();
    var settings = settings();
    var err = spec.commandLine().getErr();
    var terminal = Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
    var progress = new ConsoleProgress(err, terminal, Ticker.SYSTEM);
    try {
      var report =
          new Bench(
                  settings, this::committer, progress, Ticker.SYSTEM, RandomGenerator.getDefault())
              .run();
      progress.end();
      var files = ReportFiles.write(folder, report);
      var out = spec.commandLine().getOut();
      out.print(TextReport.of(report));
      out.println("Written to " + files.text() + ", .json and .html");
      out.flush();
      return report.succeeded() ? ExitCode.FINE : ExitCode.FAILED;
    } catch (BenchException | DatabaseException e) {
      progress.end();
      err.println(e.getMessage());
      return Thread.interrupted() ? ExitCode.INTERRUPTED : ExitCode.FAILED;
    }
  }

  /** What the words on the command line come to. */
  BenchSettings settings() {
    try {
      var chosen = plainEcho ? Mode.ECHO : mode();
      var target = isLive() ? liveTarget(chosen) : target(chosen);
      return new BenchSettings(
          chosen, target, crowd(chosen), load(), publishing(chosen, target), pid);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  private Mode mode() {
    for (var known : Mode.values()) {
      if (known.word().equals(mode.toLowerCase(Locale.ROOT))) {
        return known;
      }
    }
    throw new IllegalArgumentException(
        "--mode is '" + mode + "', must be connect, fanout, echo, idle, storm, slow or commit");
  }

  private BenchSettings.Target target(Mode chosen) {
    if (server.startsWith("wss://")) {
      throw new IllegalArgumentException(
          "--server is '" + server + "': TLS is not spoken; measure behind its end");
    }
    var rest = server.startsWith("ws://") ? server.substring("ws://".length()) : server;
    var slash = rest.indexOf('/');
    var authority = slash < 0 ? rest : rest.substring(0, slash);
    var base = slash < 0 ? "" : rest.substring(slash);
    var colon = authority.lastIndexOf(':');
    var hasPort = colon > authority.lastIndexOf(']');
    var host = hasPort ? authority.substring(0, colon) : authority;
    return new BenchSettings.Target(
        host.isEmpty() ? "localhost" : host.replace("[", "").replace("]", ""),
        hasPort ? port(authority.substring(colon + 1)) : server.startsWith("ws://") ? 80 : 8000,
        path(chosen, base),
        subprotocol,
        compression
            ? Stream.concat(headers.stream(), Stream.of(UpgradeRequest.COMPRESSION)).toList()
            : headers,
        hellos,
        joined,
        answers,
        facility != null ? facility : chosen == Mode.ECHO ? "bench-{id}" : "bench-{topic}",
        "");
  }

  private boolean isLive() {
    return switch (protocol.toLowerCase(Locale.ROOT)) {
      case "ws" -> false;
      case "live" -> true;
      default ->
          throw new IllegalArgumentException(
              "--protocol is '" + protocol + "', must be ws or live");
    };
  }

  /** The same server, asked for rows. */
  private BenchSettings.Target liveTarget(Mode chosen) {
    if (chosen != Mode.COMMIT && chosen != Mode.STORM && chosen != Mode.IDLE) {
      throw new IllegalArgumentException(
          "--protocol live goes with the modes idle, commit and storm, not with " + chosen.word());
    }
    if (table == null && path == null) {
      throw new IllegalArgumentException("--protocol live needs --table");
    }
    var target = target(chosen);
    return new BenchSettings.Target(
        target.host(),
        target.port(),
        path != null ? path : "/live?table=" + table + (where.isEmpty() ? "" : "&" + where),
        subprotocol.isEmpty() ? "rowcast.v1" : subprotocol,
        target.headers(),
        hellos,
        joined.isEmpty() ? "\"type\":\"subscribed\"" : joined,
        answers,
        target.facility(),
        chosen == Mode.STORM ? "&since={position}" : "");
  }

  private int port(String digits) {
    try {
      var port = Integer.parseInt(digits);
      if (port > 0 && port < 65_536) {
        return port;
      }
    } catch (NumberFormatException _) {
      // Said below.
    }
    throw new IllegalArgumentException("--server is '" + server + "': '" + digits + "' is no port");
  }

  /** A URL that ends in a slash is the place of the facilities; any other is meant as it stands. */
  private String path(Mode chosen, String base) {
    if (path != null) {
      return path;
    }
    if (plainEcho) {
      return base.isEmpty() ? "/" : base;
    }
    if (chosen == Mode.CONNECT) {
      return base.isEmpty() ? "/ws/" : base;
    }
    if (!base.isEmpty() && !base.endsWith("/")) {
      return base;
    }
    return prefix(base) + LISTEN + (chosen == Mode.ECHO ? "&publish-broadcast&echo" : "");
  }

  private static String prefix(String base) {
    return base.length() > 1 && base.endsWith("/") ? base : "/ws/";
  }

  private BenchSettings.Crowd crowd(Mode chosen) {
    return new BenchSettings.Crowd(
        amount,
        processes > 0 ? processes : 1 + Math.max(0, amount - 1) / 19_000,
        loops > 0 ? loops : Math.clamp(Runtime.getRuntime().availableProcessors(), 1, 8),
        connectRate,
        connecting,
        sources,
        chosen == Mode.SLOW ? slowShare : 0,
        seconds(patience));
  }

  private BenchSettings.Load load() {
    return new BenchSettings.Load(
        messages, warmup, topics, size, rate, window, seconds(hold), seconds(settle));
  }

  private static Duration seconds(double seconds) {
    return Duration.ofNanos((long) (seconds * 1e9));
  }

  private BenchSettings.Publishing publishing(Mode chosen, BenchSettings.Target target) {
    var cut = target.path().indexOf("{facility}");
    var place = cut < 0 ? "/ws/" : target.path().substring(0, cut);
    return new BenchSettings.Publishing(
        publish != null ? publish : chosen == Mode.STORM ? "" : "ws",
        publishChannel,
        publishBody,
        publishHeaders,
        publishPath != null ? publishPath : place + "{facility}?publish-broadcast",
        writers);
  }

  private Committer committer() {
    if (database == null || (commitSql == null && table == null)) {
      throw new BenchException("rows are written with --database, and --commit-sql or --table");
    }
    var sql =
        commitSql != null
            ? commitSql
            : "INSERT INTO " + table + " (stamp, topic) VALUES (?::uuid, ?::int)";
    var writer =
        new RowWriter(
            new Database(new DatabaseSettings(new Secret(database), Optional.empty())),
            "rowcast bench",
            sql);
    if (writer.parameters() != 2 && (writer.parameters() != 1 || topics > 1)) {
      writer.close();
      throw new BenchException(
          "--commit-sql must hold one question mark, or two; with several --topics, two");
    }
    return new Committer() {
      @Override
      public void commit(int topic, String stamp) {
        writer.write(stamp, Integer.toString(topic));
      }

      @Override
      public void close() {
        writer.close();
      }
    };
  }
}
