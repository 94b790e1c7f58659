package dev.rowcast.cli.demo;

import dev.rowcast.base.Endpoint;
import dev.rowcast.base.Ticker;
import dev.rowcast.cli.CommandException;
import dev.rowcast.cli.ExitCode;
import dev.rowcast.cli.LogOptions;
import dev.rowcast.cli.Signals;
import dev.rowcast.config.LogSettings;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code rowcast demo}. */
@Command(
    name = "demo",
    description = "Shows the whole path at work: a real PostgreSQL, a real Redis, a page.",
    footer = {
      "",
      "Nothing has to be installed: both servers come with the demo and end with it. What was"
          + " typed into the database is there again at the next start.",
      "",
      "Example: rowcast demo --listen 127.0.0.1:8080 --no-simulator"
    })
public final class DemoCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private LogOptions log = new LogOptions();

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      defaultValue = "127.0.0.1:8000",
      description =
          "Where the page is served; ${DEFAULT-VALUE} by default; port 0 is any free one.")
  private String listen = "127.0.0.1:8000";

  @Option(
      names = "--no-simulator",
      description = "Leaves the rows to you: nothing changes by itself.")
  private boolean still;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Where the database is kept; below the user's cache folder by default.")
  private @Nullable Path data;

  @Override
  public Integer call() throws InterruptedException {
    var ticker = Ticker.SYSTEM;
    var begin = ticker.nanoTime();
    var address = address();
    var out = spec.commandLine().getOut();
    log.apply(LogSettings.DEFAULTS);
    out.println("Starting the demo (the first start unpacks the servers).");
    try (var demo =
        new Demo(address, data == null ? DemoFolder.usual() : data, !still, out, ticker)) {
      // Not before: until here an interrupt ends the process, and the servers with it.
      var signals = Signals.listen();
      out.printf(Locale.ROOT, "Ready after %.1f s.%n%n", (ticker.nanoTime() - begin) / 1e9);
      out.println("  Open      http://" + demo.endpoint() + "/");
      out.println("  A row     " + demo.lines().psql());
      out.println("  A message " + demo.lines().redisCli());
      out.println();
      out.println("Without psql, the page's buttons run the same statements. Ctrl-C ends it all.");
      out.println("rowcast ready http://" + demo.endpoint());
      return untilStopped(signals);
    } catch (NoClassDefFoundError e) {
      throw new CommandException(
          "The demo needs the module 'embedded' (PostgreSQL and Redis for this machine), which"
              + " this installation leaves out; run ./rowcast demo in a clone of the sources.",
          ExitCode.MISSING_PROGRAM);
    }
  }

  private static int untilStopped(Signals signals) throws InterruptedException {
    while (true) {
      switch (signals.next()) {
        case RELOAD -> {
          // There is nothing to read again.
        }
        case STOP -> {
          return ExitCode.FINE;
        }
        case INTERRUPT -> {
          return ExitCode.INTERRUPTED;
        }
      }
    }
  }

  private Endpoint address() {
    try {
      return Endpoint.parse(listen);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--listen: " + e.getMessage(), e);
    }
  }
}
