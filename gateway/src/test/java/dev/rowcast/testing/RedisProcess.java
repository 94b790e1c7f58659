package dev.rowcast.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rowcast.embedded.EmbeddedRedis;
import dev.rowcast.embedded.RedisOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The embedded Redis as the tests of faults use it: empty at every start, stopped, woken, asked
 * anything through its Unix socket, by which no test's own connections run.
 *
 * <p>Confined to the test's thread.
 */
public final class RedisProcess implements AutoCloseable {
  private final EmbeddedRedis server;

  private RedisProcess(EmbeddedRedis server) {
    this.server = server;
  }

  /** A Redis on a free port; {@code lines} as in redis.conf. */
  public static RedisProcess start(String... lines) {
    var options = RedisOptions.DEFAULTS;
    for (var line : lines) {
      options = options.with(words(line));
    }
    return start(options);
  }

  /** A line of redis.conf as words of the command line. */
  private static String[] words(String line) {
    return ("--" + line).split(" ", -1);
  }

  /** A Redis on a free port. */
  public static RedisProcess start(RedisOptions options) {
    return new RedisProcess(EmbeddedRedis.start(options));
  }

  /** The same program as a sentinel that watches this one; its files go to {@code folder}. */
  public Process sentinel(int port, Path folder) throws IOException {
    var config = folder.resolve("sentinel.conf");
    Files.writeString(config, "sentinel monitor mymaster 127.0.0.1 " + port() + " 1\n");
    var program = ProcessHandle.of(server.pid()).orElseThrow().info().command().orElseThrow();
    return new ProcessBuilder(
            program,
            config.toString(),
            "--sentinel",
            "--port",
            Integer.toString(port),
            "--bind",
            "127.0.0.1",
            "--dir",
            folder.toString())
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("sentinel.log").toFile())
        .start();
  }

  /** A port nobody listens on now. */
  public static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Where it listens on 127.0.0.1. */
  public int port() {
    return server.port();
  }

  /** Its Unix socket. */
  public Path socket() {
    return server.socket();
  }

  /** SIGKILL; returns when it is gone. */
  public void kill() {
    server.kill();
  }

  /** Starts again on the same port, empty. */
  public void restart() {
    server.startAgain();
  }

  /** SIGSTOP. */
  public void stop() {
    server.pause();
  }

  /** SIGCONT. */
  public void wake() {
    server.resume();
  }

  /** Sends one command and gives the first piece of the raw answer. */
  public String command(String... words) throws IOException {
    var text = new StringBuilder("*" + words.length + "\r\n");
    for (var word : words) {
      text.append("$" + word.getBytes(UTF_8).length + "\r\n" + word + "\r\n");
    }
    try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket()));
      channel.write(ByteBuffer.wrap(text.toString().getBytes(UTF_8)));
      var answer = ByteBuffer.allocate(64 * 1024);
      channel.read(answer);
      return new String(answer.array(), 0, answer.position(), UTF_8);
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
