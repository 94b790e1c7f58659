package dev.rowcast.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.concurrent.CompletableFuture;
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

  @Test
  void tellsNobodyThatItStillLoads(@TempDir Path folder) throws Exception {
    try (var redis =
        EmbeddedRedis.start(RedisOptions.DEFAULTS.in(folder).with("--appendonly", "yes"))) {
      var many = "for i = 1, 50000 do redis.call('SET', i, i) end";
      assertThat(ask(redis, "EVAL \"" + many + " return 'done'\" 0")).isEqualTo("$4");
      redis.kill();
      var starting = CompletableFuture.runAsync(redis::startAgain);
      var answers = new HashSet<String>();

      while (!starting.isDone()) {
        try {
          answers.add(ask(redis, "EXISTS 50000"));
        } catch (ConnectException _) {
          answers.add("refused");
        }
      }

      starting.get();
      assertThat(answers).contains("refused").isSubsetOf("refused", ":1");
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
