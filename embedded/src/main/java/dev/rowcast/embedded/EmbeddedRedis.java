package dev.rowcast.embedded;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A real Redis 7 as a child process, listening on 127.0.0.1 only; it persists nothing unless told
 * to.
 *
 * <p>Thread-safe. {@link #close} stops it and removes a temporary folder; a normal end of this
 * process closes what is open, and what a killed one left is ended by the next start.
 */
public final class EmbeddedRedis implements AutoCloseable {
  /** Relative to the folder it runs in: a socket's full path may be 107 bytes at most. */
  private static final String SOCKET = "redis.sock";

  private final RedisOptions options;
  private final Path program;
  private final Path folder;
  private final int port;
  private final Instances instances;
  private final Thread atExit = new Thread(this::closeQuietly, "embedded-redis-exit");
  private volatile @Nullable Server server;

  private EmbeddedRedis(
      RedisOptions options, Path program, Path folder, int port, Instances instances) {
    this.options = options;
    this.program = program;
    this.folder = folder;
    this.port = port;
    this.instances = instances;
  }

  /**
   * Starts a server and waits until it answers.
   *
   * @throws EmbeddedException with one sentence when that cannot be
   */
  public static EmbeddedRedis start(RedisOptions options) {
    var cache = BinaryCache.ofUser();
    var instances = new Instances(cache);
    instances.sweep();
    var program = cache.redis();
    var port = Ports.reserve(options.port(), "Redis");
    var folder = prepareFolder(options, cache);
    var redis = new EmbeddedRedis(options, program, folder, port, instances);
    try {
      redis.launch();
    } catch (RuntimeException e) {
      redis.removeTemporary();
      throw e;
    }
    Runtime.getRuntime().addShutdownHook(redis.atExit);
    return redis;
  }

  /** The TCP port on 127.0.0.1. */
  public int port() {
    return port;
  }

  /** The process number. */
  public long pid() {
    return running().pid();
  }

  /** Whether the process is there. */
  public boolean isRunning() {
    var current = server;
    return current != null && current.isAlive();
  }

  /** Database 0, with the password if there is one. */
  public String url() {
    return url(0);
  }

  /** A database by number, with the password if there is one. */
  public String url(int database) {
    var login = options.password().map(secret -> ":" + secret + "@").orElse("");
    return (options.tls().isPresent() ? "rediss://" : "redis://")
        + login
        + "127.0.0.1:"
        + port
        + "/"
        + database;
  }

  /** What to type to talk to it. */
  public String cliCommand() {
    return "redis-cli -p " + port;
  }

  /** What the server writes. */
  public Path log() {
    return folder.resolve("redis.log");
  }

  /** Its Unix socket. */
  public Path socket() {
    return folder.resolve(SOCKET);
  }

  /** Stops it as SHUTDOWN does. */
  public void stop() {
    running().stop("TERM");
  }

  /** Starts it again on the same port: empty, unless it persists. */
  public void startAgain() {
    launch();
  }

  /** Kills it. */
  public void kill() {
    running().kill();
  }

  /** Stops it in its tracks: sockets stay open, nobody answers. */
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
      if (options.data().isPresent()) {
        current.stop("TERM");
      } else {
        current.kill();
      }
    }
    removeTemporary();
  }

  private void removeTemporary() {
    if (options.data().isEmpty()) {
      BinaryCache.deleteTree(folder);
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
    command.addAll(
        List.of(
            program.toString(),
            options.tls().isPresent() ? "--tls-port" : "--port",
            Integer.toString(port),
            "--bind",
            "127.0.0.1",
            "--dir",
            folder.toString(),
            "--unixsocket",
            SOCKET,
            "--save",
            "",
            // A node for each entry: where nodes are shared, the embedded 7.0.15 may go on with
            // one that it has freed (docs/decisions/0054-a-node-for-each-entry.md).
            "--stream-node-max-bytes",
            "1"));
    options.password().ifPresent(secret -> command.addAll(List.of("--requirepass", secret)));
    options
        .tls()
        .ifPresent(tls ->
            command.addAll(
                List.of(
                    "--port",
                    "0",
                    "--tls-auth-clients",
                    "no",
                    "--tls-cert-file",
                    tls.certificate().toString(),
                    "--tls-key-file",
                    tls.key().toString(),
                    "--tls-ca-cert-file",
                    tls.authority().toString())));
    command.addAll(options.arguments());
    server =
        Server.start(
            "Redis",
            command,
            Map.of("LC_ALL", "C"),
            log(),
            instances.register(folder, options.data().isEmpty()),
            _ -> answers());
  }

  /** Any answer to PING but "loading" will do: a refusal for want of a password is one too. */
  private boolean answers() {
    try (var channel = SocketChannel.open(UnixDomainSocketAddress.of(socket()))) {
      channel.write(ByteBuffer.wrap("PING\r\n".getBytes(StandardCharsets.US_ASCII)));
      var bytes = ByteBuffer.allocate(5);
      while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
        // Five bytes tell the answers apart.
      }
      var answer = new String(bytes.array(), StandardCharsets.US_ASCII);
      return answer.startsWith("+PONG") || answer.startsWith("-NOA") || answer.startsWith("-NOP");
    } catch (IOException _) {
      return false;
    }
  }

  private static Path prepareFolder(RedisOptions options, BinaryCache cache) {
    try {
      return options.data().isPresent()
          ? Files.createDirectories(options.data().get().toAbsolutePath())
          : Files.createTempDirectory(cache.folder(), "redis-");
    } catch (IOException e) {
      throw new EmbeddedException(
          "The data folder "
              + options.data().map(Path::toString).orElse(cache.folder().toString())
              + " cannot be written to: "
              + e.getMessage(),
          e);
    }
  }
}
