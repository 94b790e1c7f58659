package dev.rowcast.oracle;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rowcast.testing.WireClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Assumptions;

/**
 * The installed django-websocket-redis 0.6.0 and what can be done with it.
 *
 * <p>Thread-safe. {@link #require} is the only place that skips a test because it is not installed.
 */
final class Oracle {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int STARTS = 3;

  private final Path scripts;
  private final Path home;
  private final Path data;

  private Oracle(Path scripts, Path home, Path data) {
    this.scripts = scripts;
    this.home = home;
    this.data = data;
  }

  /** The two ways to run ws4redis, which differ in who reads the frames. */
  enum Kind {
    /** uWSGI and gevent, as in production. */
    UWSGI,
    /** Django's development server. */
    RUNSERVER;

    /** As scripts and files name it. */
    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * The oracle, with its people prepared in a folder of the caller's; a test is skipped, with a
   * line that says how to install it, where it is missing.
   */
  static Oracle require(Path data) throws IOException {
    Path home = home();
    if (!Files.exists(home.resolve("installed"))) {
      String reason =
          "ws4redis is not installed in " + home + ", so nothing was compared: run oracle/install";
      System.out.println(reason);
      Assumptions.abort(reason);
    }
    var oracle = new Oracle(scripts(), home, data);
    oracle.run("serve.py", Map.of(), "prepare");
    return oracle;
  }

  /** Where oracle/install puts what it installs. */
  static Path home() {
    String given = System.getenv("ROWCAST_ORACLE_HOME");
    if (given != null && !given.isEmpty()) {
      return Path.of(given);
    }
    String cache = System.getenv("XDG_CACHE_HOME");
    Path root =
        cache == null || cache.isEmpty()
            ? Path.of(System.getProperty("user.home"), ".cache")
            : Path.of(cache);
    return root.resolve("rowcast/oracle");
  }

  /** The folder of the programs that run what is installed. */
  static Path scripts() throws IOException {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      if (Files.isRegularFile(at.resolve("oracle/serve.py"))) {
        return at.resolve("oracle");
      }
    }
    throw new IOException("no folder above this one has oracle/serve.py");
  }

  /** Starts ws4redis on a free port; the process dies with this one. */
  ServerUnderTest start(Kind kind, ServerUnderTest.Settings settings, InetSocketAddress redis)
      throws IOException {
    return start(kind, settings, redis, 0);
  }

  /** Starts ws4redis on a port, 0 for a free one; the process dies with this one. */
  ServerUnderTest start(
      Kind kind, ServerUnderTest.Settings settings, InetSocketAddress redis, int port)
      throws IOException {
    for (int attempt = 1; ; attempt++) {
      Optional<ServerUnderTest> server = tryStart(kind, settings, redis, port);
      if (server.isPresent()) {
        return server.get();
      }
      if (attempt == STARTS) {
        throw new IOException("ws4redis did not start, see the logs in " + data);
      }
    }
  }

  /** Empty if the port was taken between its choice and its use. */
  private Optional<ServerUnderTest> tryStart(
      Kind kind, ServerUnderTest.Settings settings, InetSocketAddress redis, int wanted)
      throws IOException {
    int port = wanted == 0 ? freePort() : wanted;
    String nonce = UUID.randomUUID().toString();
    Map<String, String> environment = environment(settings, redis);
    environment.put("ORACLE_NONCE", nonce);
    Path log = data.resolve(kind.word() + "-" + port + ".log");
    Process process =
        builder("serve.py", environment, kind.word(), Integer.toString(port))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    try {
      Awaitility.await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(50))
          .until(() -> !process.isAlive() || answers(address, nonce));
    } catch (ConditionTimeoutException e) {
      process.destroyForcibly();
      throw new IOException("ws4redis did not answer within " + PATIENCE + ", see " + log, e);
    }
    return process.isAlive() ? Optional.of(new Ws4redis(process, address)) : Optional.empty();
  }

  private static boolean answers(InetSocketAddress address, String nonce) {
    try (WireClient client = WireClient.open(address)) {
      client.raw("GET /oracle HTTP/1.0\r\n\r\n".getBytes(UTF_8));
      var answer = client.answer(Duration.ofSeconds(5));
      return answer.status() == 200 && answer.body().equals(nonce);
    } catch (SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return false;
    }
  }

  /** A port nobody listens on now. */
  static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Publishes through the package's own RedisPublisher. */
  void publish(
      ServerUnderTest.Settings settings,
      InetSocketAddress redis,
      String facility,
      String audience,
      String text)
      throws IOException {
    run("redis_publisher.py", environment(settings, redis), "publish", facility, audience, text);
  }

  /**
   * What the package's own fetch_message finds for an anonymous request, in hex or {@code none}.
   */
  String fetch(ServerUnderTest.Settings settings, InetSocketAddress redis, String facility)
      throws IOException {
    return run("redis_publisher.py", environment(settings, redis), "fetch", facility, "any");
  }

  /** Where a file of the installed packages lies: {@code ws4redis.js} or {@code jquery.js}. */
  Path file(String name) throws IOException {
    return Path.of(run("where.py", Map.of(), name));
  }

  /** The session key under which a prepared person talks. */
  static String sessionKey(String person) {
    return person.repeat(32).substring(0, 32);
  }

  private static Map<String, String> environment(
      ServerUnderTest.Settings settings, InetSocketAddress redis) {
    var environment = new TreeMap<String, String>();
    environment.put("ORACLE_REDIS_HOST", redis.getAddress().getHostAddress());
    environment.put("ORACLE_REDIS_PORT", Integer.toString(redis.getPort()));
    environment.put("ORACLE_URL", settings.url());
    environment.put("ORACLE_EXPIRE", Long.toString(settings.expire().toSeconds()));
    settings.prefix().ifPresent(prefix -> environment.put("ORACLE_PREFIX", prefix));
    settings.heartbeat().ifPresent(text -> environment.put("ORACLE_HEARTBEAT", text));
    settings.allowed().ifPresent(allowed -> environment.put("ORACLE_ALLOWED", allowed));
    return environment;
  }

  private String run(String script, Map<String, String> environment, String... arguments)
      throws IOException {
    Path errors = Files.createTempFile(data, "run", ".log");
    Process process =
        builder(script, environment, arguments).redirectError(errors.toFile()).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
    try {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException(script + " did not end within " + PATIENCE);
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while " + script + " ran", e);
    }
    if (process.exitValue() != 0) {
      throw new IOException(script + " failed: " + Files.readString(errors) + output);
    }
    return output;
  }

  private ProcessBuilder builder(
      String script, Map<String, String> environment, String... arguments) {
    var command = new ArrayList<String>();
    command.add(home.resolve("venv/bin/python").toString());
    command.add(scripts.resolve(script).toString());
    command.addAll(List.of(arguments));
    var builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("ORACLE_"));
    builder.environment().putAll(environment);
    builder.environment().put("ORACLE_DATA", data.toString());
    builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
    return builder;
  }

  private record Ws4redis(Process process, InetSocketAddress address) implements ServerUnderTest {
    @Override
    public boolean sharesSubscriptions() {
      return false;
    }

    @Override
    public void close() throws IOException {
      process.getOutputStream().close();
      try {
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      } catch (InterruptedException e) {
        process.destroyForcibly();
        Thread.currentThread().interrupt();
      }
    }
  }
}
