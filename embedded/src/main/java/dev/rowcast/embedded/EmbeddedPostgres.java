package dev.rowcast.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A real PostgreSQL as a child process, listening on 127.0.0.1 only, user {@code postgres} without
 * a password.
 *
 * <p>Thread-safe. {@link #close} stops it and removes a temporary folder; a normal end of this
 * process closes what is open, and what a killed one left is ended by the next start.
 */
public final class EmbeddedPostgres implements AutoCloseable {
  private static final String USER = "postgres";

  private final PostgresOptions options;
  private final Path home;
  private final Path data;
  private final int port;
  private final Instances instances;
  private final Thread atExit = new Thread(this::closeQuietly, "embedded-postgres-exit");
  private volatile @Nullable Server server;

  private EmbeddedPostgres(
      PostgresOptions options, Path home, Path data, int port, Instances instances) {
    this.options = options;
    this.home = home;
    this.data = data;
    this.port = port;
    this.instances = instances;
  }

  /**
   * Starts a server and waits until it accepts connections.
   *
   * @throws EmbeddedException with one sentence when that cannot be
   */
  public static EmbeddedPostgres start(PostgresOptions options) {
    var cache = BinaryCache.ofUser();
    var instances = new Instances(cache);
    instances.sweep();
    var home = cache.postgres(options.major());
    var port = Ports.reserve(options.port(), "PostgreSQL");
    var data = prepareData(options, cache, home);
    var postgres = new EmbeddedPostgres(options, home, data, port, instances);
    try {
      postgres.launch();
    } catch (RuntimeException e) {
      postgres.removeTemporary();
      throw e;
    }
    Runtime.getRuntime().addShutdownHook(postgres.atExit);
    return postgres;
  }

  /** The TCP port on 127.0.0.1. */
  public int port() {
    return port;
  }

  /** The major version. */
  public int version() {
    return options.major();
  }

  /** The process number of the postmaster. */
  public long pid() {
    return running().pid();
  }

  /** Whether the postmaster is there. */
  public boolean isRunning() {
    var current = server;
    return current != null && current.isAlive();
  }

  /** The database {@code postgres}, in libpq's form. */
  public String url() {
    return url("postgres");
  }

  /** A database in libpq's form. */
  public String url(String database) {
    return "postgresql://" + USER + "@127.0.0.1:" + port + "/" + database;
  }

  /** A database for the JDBC driver. */
  public String jdbcUrl(String database) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + database + "?user=" + USER;
  }

  /** What to type to talk to it. */
  public String psqlCommand(String database) {
    return "psql " + url(database);
  }

  /** What the server writes. */
  public Path log() {
    return data.resolveSibling(data.getFileName() + ".log");
  }

  /** Stops it as {@code pg_ctl stop -m fast} does. */
  public void stop() {
    running().stop("INT");
  }

  /** Starts it again on the same port and data, after {@link #stop} or {@link #kill}. */
  public void startAgain() {
    launch();
  }

  /** Kills every one of its processes at once; the next start recovers from the log. */
  public void kill() {
    running().kill();
  }

  /** Stops every one of its processes in their tracks. */
  public void pause() {
    running().pause();
  }

  /** Lets it go on after {@link #pause}. */
  public void resume() {
    running().resume();
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException _) {
      // The process is ending and its hook does the same.
    }
    closeQuietly();
  }

  private void closeQuietly() {
    var current = server;
    if (current != null && current.isAlive()) {
      current.resume();
      // QUIT leaves recovery to the next start, yet gives the shared memory back, as KILL does not.
      current.stop(options.data().isPresent() ? "INT" : "QUIT");
    }
    removeTemporary();
  }

  private void removeTemporary() {
    if (options.data().isEmpty()) {
      BinaryCache.deleteTree(BinaryCache.parent(data));
    }
  }

  private Server running() {
    var current = server;
    if (current == null) {
      throw new IllegalStateException("never started");
    }
    return current;
  }

  private void launch() {
    var command = new ArrayList<String>(Privilege.ownSession());
    command.addAll(Privilege.drop());
    command.add(home.resolve("bin/postgres").toString());
    command.addAll(List.of("-D", data.toString(), "-p", Integer.toString(port)));
    new TreeMap<>(settings())
        .forEach((name, value) -> command.addAll(List.of("-c", name + "=" + value)));
    var ready = data.resolve("postmaster.pid");
    server =
        Server.start(
            "PostgreSQL",
            command,
            environment(),
            log(),
            instances.register(
                options.data().isPresent() ? data : BinaryCache.parent(data),
                options.data().isEmpty()),
            pid -> isReady(ready, pid));
  }

  private Map<String, String> settings() {
    var settings = new TreeMap<String, String>();
    settings.put("listen_addresses", "127.0.0.1");
    settings.put("unix_socket_directories", "");
    settings.put("max_connections", "120");
    settings.put("logging_collector", "off");
    settings.put("wal_level", "logical");
    settings.putAll(options.settings());
    return settings;
  }

  private static Map<String, String> environment() {
    return Map.of("LC_ALL", "C", "TZ", "UTC");
  }

  /** The first line of postmaster.pid names the postmaster, the eighth its state. */
  private static boolean isReady(Path pidFile, long pid) {
    try {
      var lines = Files.readAllLines(pidFile);
      return lines.size() >= 8
          && lines.getFirst().equals(Long.toString(pid))
          && lines.get(7).startsWith("ready");
    } catch (IOException _) {
      return false;
    }
  }

  private static Path prepareData(PostgresOptions options, BinaryCache cache, Path home) {
    try {
      var template = template(options, cache, home);
      if (options.data().isEmpty()) {
        var data = Files.createTempDirectory(cache.folder(), "pg-").resolve("data");
        BinaryCache.copyTree(template, data);
        return data;
      }
      var data = options.data().get().toAbsolutePath();
      if (!Files.exists(data.resolve("PG_VERSION"))) {
        Files.createDirectories(BinaryCache.parent(data));
        BinaryCache.copyTree(template, data);
      }
      return data;
    } catch (IOException e) {
      throw new EmbeddedException(
          "The data folder "
              + options.data().map(Path::toString).orElse(cache.folder().toString())
              + " cannot be written to: "
              + e.getMessage(),
          e);
    }
  }

  /** An initialised cluster, copied for every new server: initdb takes a second, a copy a tenth. */
  private static Path template(PostgresOptions options, BinaryCache cache, Path home) {
    return cache
        .once("cluster-" + home.getFileName(), target -> initialise(options, home, target))
        .resolve("data");
  }

  private static void initialise(PostgresOptions options, Path home, Path target)
      throws IOException {
    var command = new ArrayList<String>(Privilege.drop());
    command.addAll(
        List.of(
            home.resolve("bin/initdb").toString(),
            "-D",
            target.resolve("data").toString(),
            "-U",
            USER,
            "--auth=trust",
            "--encoding=UTF8",
            "--no-sync"));
    command.addAll(
        options.major() >= 17
            ? List.of("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
            : List.of("--locale=C"));
    var log = target.resolve("initdb.log");
    var builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().putAll(environment());
    try {
      var process = builder.start();
      if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new EmbeddedException(
            "initdb failed: " + Files.readString(log).strip().replace('\n', ' '));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EmbeddedException("Interrupted during initdb.", e);
    }
    Files.setPosixFilePermissions(
        target.resolve("data"), PosixFilePermissions.fromString("rwx------"));
  }
}
