package dev.rowcast.cli;

import dev.rowcast.config.ConfigException;
import dev.rowcast.config.Configuration;
import dev.rowcast.config.Sources.Setting;
import dev.rowcast.gateway.Gateway;
import dev.rowcast.server.ServerException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code rowcast serve}. */
@Command(
    name = "serve",
    description = "Serves until it is told to stop.",
    footer = {
      "",
      "Prints 'rowcast ready http://HOST:PORT' when it accepts connections. SIGTERM ends the"
          + " connections one after another and exits with 0; SIGHUP reads the configuration"
          + " again.",
      "",
      "Example: rowcast serve -c rowcast.yaml --listen 0.0.0.0:8000"
    })
final class ServeCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ConfigOptions options = new ConfigOptions();
  @Mixin private LogOptions log = new LogOptions();

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      description = "Where to listen; may be repeated; port 0 is any free one.")
  private List<String> listen = new ArrayList<>();

  @Override
  public Integer call() throws InterruptedException {
    var signals = Signals.listen();
    var configuration = load();
    log.apply(configuration.log());
    var gateway = new Gateway(configuration.gateway());
    try (gateway) {
      gateway.start();
      spec.commandLine().getOut().println("rowcast ready " + gateway.url());
      return serve(signals, configuration, gateway);
    } catch (ServerException e) {
      throw new CommandException(String.valueOf(e.getMessage()));
    }
  }

  private int serve(Signals signals, Configuration started, Gateway gateway)
      throws InterruptedException {
    var current = started;
    while (true) {
      switch (signals.next()) {
        case RELOAD -> current = reload(current, gateway);
        case STOP -> {
          LOG.info("stopping on SIGTERM");
          return ExitCode.FINE;
        }
        case INTERRUPT -> {
          LOG.info("stopping on SIGINT");
          return ExitCode.INTERRUPTED;
        }
      }
    }
  }

  /** A configuration that cannot be read leaves everything as it is. */
  private Configuration reload(Configuration current, Gateway gateway) {
    Configuration next;
    try {
      next = load();
    } catch (ConfigException e) {
      LOG.error("the new configuration is refused, the old one stays: {}", e.problems());
      return current;
    }
    var differences = current.differences(next);
    LOG.info("configuration read again: {}", differences.isEmpty() ? "no change" : differences);
    log.apply(next.log());
    var later = gateway.reload(next.gateway());
    if (!later.isEmpty()) {
      LOG.warn("needs a restart to take effect: {}", later);
    }
    return next;
  }

  private Configuration load() {
    if (listen.isEmpty()) {
      return options.load();
    }
    return options.load(List.of(new Setting("--listen", "listen", String.join(",", listen))));
  }
}
