package dev.rowcast.cli.demo;

import dev.rowcast.base.Endpoint;
import dev.rowcast.base.Lifecycle;
import dev.rowcast.base.Ticker;
import dev.rowcast.capture.CaptureException;
import dev.rowcast.capture.CaptureSettings;
import dev.rowcast.capture.migrate.Migration;
import dev.rowcast.cli.CommandException;
import dev.rowcast.config.Configuration;
import dev.rowcast.config.Sources;
import dev.rowcast.config.Sources.Setting;
import dev.rowcast.gateway.Gateway;
import dev.rowcast.postgres.Database;
import dev.rowcast.server.HttpPages;
import dev.rowcast.server.ServerException;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Everything a running demo consists of: two servers, a database that is worked on, and a gateway
 * under the Rodan profile.
 *
 * <p>Confined to the thread that starts it.
 */
final class Demo implements AutoCloseable {
  private static final String CHANNEL = "rodan:broadcast:rodan";

  private final Lifecycle running = new Lifecycle();
  private final PrintWriter out;
  private final Ticker ticker;
  private final DemoServers servers;
  private final Endpoint endpoint;
  private final DemoLines lines;

  /**
   * Starts all, telling each step.
   *
   * @throws CommandException with one sentence when a part cannot be had; nothing runs then
   */
  Demo(Endpoint listen, Path data, boolean simulate, PrintWriter out, Ticker ticker) {
    this.out = out;
    this.ticker = ticker;
    try {
      refuseTakenPort(listen);
      var folder = DemoFolder.open(data);
      running.started("folder", folder::close);
      servers = started("PostgreSQL and Redis", () -> DemoServers.start(folder.path()));
      running.started("servers", servers::close);
      lines = DemoLines.of(servers.psqlCommand(), servers.redisPort(), CHANNEL);
      var configuration = configuration(listen, servers);
      var gatewaySettings = configuration.gateway();
      var database = new Database(gatewaySettings.database().orElseThrow());
      var demoDatabase = new DemoDatabase(() -> database.open("rowcast demo page"));
      running.started("page", demoDatabase::close);
      told("Rodan's tables", () -> prepare(demoDatabase));
      told("triggers", () -> migrate(database, gatewaySettings.capture()));
      var pages = new HttpPages();
      new DemoSite(demoDatabase, lines).addTo(pages);
      var gateway = new Gateway(gatewaySettings, pages);
      told("gateway", gateway::start);
      running.started("gateway", gateway::close);
      endpoint = gateway.endpoint();
      if (simulate) {
        var simulator =
            new JobSimulator(
                () -> database.open("rowcast demo simulator"), RandomGenerator.getDefault());
        simulator.start();
        running.started("simulator", simulator::close);
      }
    } catch (ServerException e) {
      close();
      throw new CommandException(String.valueOf(e.getMessage()));
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  /** Where the page is. */
  Endpoint endpoint() {
    return endpoint;
  }

  /** What to type. */
  DemoLines lines() {
    return lines;
  }

  /** The database, in libpq's form. */
  String databaseUrl() {
    return servers.databaseUrl();
  }

  /** Redis's port on 127.0.0.1. */
  int redisPort() {
    return servers.redisPort();
  }

  @Override
  public void close() {
    running.close();
  }

  /** The Rodan profile over this demo's servers; the environment has no say. */
  private static Configuration configuration(Endpoint listen, DemoServers servers) {
    return Configuration.load(
        new Sources(
            Optional.empty(),
            Map.of(),
            List.of(
                new Setting("the demo", "profile", "rodan"),
                new Setting("--listen", "listen", listen.toString()),
                new Setting("the demo", "database.url", servers.databaseUrl()),
                new Setting("the demo", "redis.url", servers.redisUrl()))));
  }

  /** Early, before seconds are spent on the rest. */
  private static void refuseTakenPort(Endpoint listen) {
    if (listen.port() == 0) {
      return;
    }
    try (var probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(new InetSocketAddress(listen.host(), listen.port()));
    } catch (IOException e) {
      throw new CommandException(
          "Cannot listen on "
              + listen
              + " ("
              + e.getMessage()
              + "); choose another with --listen 127.0.0.1:8001, or any free one with port 0.");
    }
  }

  private static void prepare(DemoDatabase database) {
    try {
      database.prepare();
    } catch (SQLException e) {
      throw new CommandException("The demo's tables could not be created: " + e.getMessage());
    }
  }

  private static void migrate(Database database, CaptureSettings settings) {
    try {
      new Migration(database, settings).apply();
    } catch (CaptureException e) {
      throw new CommandException("The triggers could not be installed: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandException("interrupted while the triggers were installed");
    }
  }

  private void told(String what, Runnable step) {
    var _ =
        started(
            what,
            () -> {
              step.run();
              return what;
            });
  }

  private <T> T started(String what, Supplier<T> step) {
    var begin = ticker.nanoTime();
    var result = step.get();
    out.printf(Locale.ROOT, "  %-22s %5.1f s%n", what, (ticker.nanoTime() - begin) / 1e9);
    return result;
  }
}
