package dev.rowcast.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class OrphanIT {

  /** Starts both servers, prints their process numbers and a folder, and waits to be killed. */
  static final class Victim {
    public static void main(String[] args) throws Exception {
      var postgres = EmbeddedPostgres.start(PostgresOptions.forTests());
      var redis = EmbeddedRedis.start(RedisOptions.DEFAULTS);
      System.out.println(postgres.pid() + " " + redis.pid() + " " + postgres.log().getParent());
      if (args.length == 0) {
        TimeUnit.MINUTES.sleep(2);
      }
    }
  }

  @Test
  void nextStartEndsWhatAKilledProcessLeft() throws Exception {
    var victim = start("wait");
    var words = firstLine(victim);
    victim.destroyForcibly().waitFor();
    var postgres = ProcessHandle.of(Long.parseLong(words[0])).orElseThrow();
    var redis = ProcessHandle.of(Long.parseLong(words[1])).orElseThrow();
    assertThat(postgres.isAlive()).isTrue();

    EmbeddedRedis.start(RedisOptions.DEFAULTS).close();

    assertThat(postgres.isAlive()).isFalse();
    assertThat(redis.isAlive()).isFalse();
    assertThat(Path.of(words[2])).doesNotExist();
  }

  @Test
  void normalEndLeavesNothing() throws Exception {
    var process = start("leave");
    var words = firstLine(process);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();

    assertThat(ProcessHandle.of(Long.parseLong(words[0])).filter(ProcessHandle::isAlive)).isEmpty();
    assertThat(ProcessHandle.of(Long.parseLong(words[1])).filter(ProcessHandle::isAlive)).isEmpty();
    assertThat(Path.of(words[2])).doesNotExist();
  }

  private static Process start(String what) throws java.io.IOException {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var builder =
        what.equals("wait")
            ? new ProcessBuilder(
                java, "-cp", System.getProperty("java.class.path"), Victim.class.getName())
            : new ProcessBuilder(
                java, "-cp", System.getProperty("java.class.path"), Victim.class.getName(), what);
    return builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  private static String[] firstLine(Process process) throws java.io.IOException {
    var reader =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    return reader.readLine().split(" ", -1);
  }
}
