package dev.rowcast.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EmbeddedRedisIT {

  @Test
  void isEmptyAfterARestartUnlessItPersists(@TempDir Path folder) throws IOException {
    try (var forgetful = EmbeddedRedis.start(RedisOptions.DEFAULTS);
        var lasting =
            EmbeddedRedis.start(
                RedisOptions.DEFAULTS
                    .in(folder)
                    .with("--appendonly", "yes", "--appendfsync", "always"))) {
      for (var redis : new EmbeddedRedis[] {forgetful, lasting}) {
        assertThat(ask(redis, "SET k v")).isEqualTo("+OK");
        redis.kill();
        assertThat(redis.isRunning()).isFalse();
        redis.startAgain();
      }

      assertThat(ask(forgetful, "GET k")).isEqualTo("$-1");
      assertThat(ask(lasting, "GET k")).isEqualTo("$1");
    }
  }

  @Test
  void asksForItsPassword() throws IOException {
    try (var redis = EmbeddedRedis.start(RedisOptions.DEFAULTS.withPassword("hush"))) {
      assertThat(ask(redis, "PING")).startsWith("-NOAUTH");
      assertThat(ask(redis, "AUTH hush")).isEqualTo("+OK");
    }
  }

  @Test
  void pausedServerIsSilentUntilResumed() throws IOException {
    try (var redis = EmbeddedRedis.start(RedisOptions.DEFAULTS)) {
      redis.pause();
      assertThat(ask(redis, "PING")).isEqualTo("silence");

      redis.resume();

      assertThat(ask(redis, "PING")).isEqualTo("+PONG");
    }
  }

  /** Redis's own fault, and why this is the cure: docs/decisions/0054-a-node-for-each-entry.md. */
  @Test
  void keepsEachEntryOfAStreamInANodeOfItsOwn() throws IOException {
    try (var redis = EmbeddedRedis.start(RedisOptions.DEFAULTS)) {
      for (int entry = 1; entry <= 3; entry++) {
        assertThat(ask(redis, "XADD s " + entry + "-0 a b")).isEqualTo("$3");
      }

      var nodes = "return redis.call('XINFO', 'STREAM', 's')[4]";
      assertThat(ask(redis, "EVAL \"" + nodes + "\" 0")).isEqualTo(":3");
    }
  }

  private static String ask(EmbeddedRedis redis, String command) throws IOException {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), redis.port()));
      socket.setSoTimeout(700);
      socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
      var answer = new StringBuilder();
      for (int c = socket.getInputStream().read(); c != '\r' && c >= 0; ) {
        answer.append((char) c);
        c = socket.getInputStream().read();
      }
      return answer.toString();
    } catch (SocketTimeoutException _) {
      return "silence";
    }
  }
}
