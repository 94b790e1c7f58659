package dev.rowcast.cli;

import dev.rowcast.base.Ticker;
import dev.rowcast.bench.Bench;
import dev.rowcast.bench.BenchSettings;
import dev.rowcast.bench.Committer;
import dev.rowcast.bench.Mode;
import dev.rowcast.bench.Progress;
import dev.rowcast.config.Sources.Setting;
import dev.rowcast.gateway.Gateway;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.random.RandomGenerator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * {@code rowcast train}, for the launcher: a gateway, its Redis and its clients in one process, so
 * that the AOT cache that the JVM then writes has the classes of all, and knows of their methods
 * what a compiler must know (JEP 514 and 515). Without it the first thousand clients of every start
 * are served by the interpreter.
 */
@Command(
    name = "train",
    hidden = true,
    description = "Lives through what a gateway does most; the launcher runs it after a build.",
    footer = {"", "Example: rowcast train"})
final class TrainCommand implements Callable<Integer> {
  private static final int CLIENTS = 500;
  private static final int MESSAGES = 200;
  private static final int WINDOW = 8;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ConfigOptions options = new ConfigOptions();
  @Mixin private LogOptions log = new LogOptions();

  @Override
  public Integer call() throws IOException {
    try (var redis = new TrainingRedis()) {
      return train(redis);
    }
  }

  private int train(TrainingRedis redis) {
    var configuration =
        options.load(
            List.of(
                new Setting("train", "listen", "127.0.0.1:0"),
                new Setting("train", "redis.url", redis.url()),
                new Setting("train", "profile", "rodan")));
    log.apply(configuration.log());
    try (var gateway = new Gateway(configuration.gateway())) {
      gateway.start();
      var port = URI.create(gateway.url()).getPort();
      return play(Mode.FANOUT, MESSAGES, port) && play(Mode.CONNECT, 0, port)
          ? ExitCode.FINE
          : ExitCode.FAILED;
    }
  }

  private boolean play(Mode mode, int messages, int port) {
    var settings =
        new BenchSettings(
            mode,
            new BenchSettings.Target(
                "127.0.0.1",
                port,
                "/ws/{facility}?subscribe-broadcast",
                "",
                List.of(),
                List.of(),
                "",
                List.of(),
                "rodan",
                ""),
            new BenchSettings.Crowd(CLIENTS, 1, 1, 0, 64, List.of(), 0, Duration.ofSeconds(5)),
            new BenchSettings.Load(
                messages, 0, 1, 100, 0, WINDOW, Duration.ZERO, Duration.ofMillis(10)),
            new BenchSettings.Publishing(
                "ws", "", "{payload}", List.of(), "/ws/{facility}?publish-broadcast", 1),
            0);
    var report =
        new Bench(
                settings,
                Committer.NONE,
                Progress.NONE,
                Ticker.SYSTEM,
                RandomGenerator.getDefault())
            .run();
    report.problems().forEach(spec.commandLine().getErr()::println);
    return report.problems().isEmpty();
  }
}
