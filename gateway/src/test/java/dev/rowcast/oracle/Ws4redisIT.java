package dev.rowcast.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.rowcast.embedded.EmbeddedRedis;
import dev.rowcast.embedded.RedisOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Holds the conversations with the real ws4redis and compares with what is recorded of it, so that
 * a recording is known to be the real thing and known to repeat.
 *
 * <p>{@code -Doracle.record=true} writes the recordings anew instead.
 */
class Ws4redisIT {
  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  static Path folder;

  private static Oracle oracle;
  private static EmbeddedRedis redis;

  @BeforeAll
  static void start() throws IOException {
    oracle = Oracle.require(folder);
    redis = EmbeddedRedis.start(RedisOptions.DEFAULTS);
  }

  @AfterAll
  static void stop() {
    if (redis != null) {
      redis.close();
    }
  }

  private static InetSocketAddress redisAddress() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), redis.port());
  }

  @TestFactory
  Stream<DynamicTest> underUwsgiIsAsRecorded() throws IOException {
    return asRecorded(Oracle.Kind.UWSGI);
  }

  @TestFactory
  Stream<DynamicTest> inTheDevelopmentServerIsAsRecorded() throws IOException {
    return asRecorded(Oracle.Kind.RUNSERVER);
  }

  private static Stream<DynamicTest> asRecorded(Oracle.Kind kind) throws IOException {
    List<Script> scripts = new ArrayList<>(Corpus.conversations());
    scripts.addAll(Corpus.identity());
    scripts.removeIf(script -> !script.oracles().contains(kind));
    var live =
        Corpus.play(scripts, (settings, at) -> oracle.start(kind, settings, at), redisAddress());
    if (Boolean.getBoolean("oracle.record")) {
      for (Transcript transcript : live) {
        Corpus.record(kind, transcript);
      }
    }
    return live.stream()
        .map(transcript ->
            dynamicTest(
                kind.word() + " " + transcript.script().name(),
                () -> {
                  var recorded = Corpus.recorded(kind, transcript.script()).asText();
                  assertThat(
                          recorded.equals(transcript.asText())
                              ? recorded
                              : alone(kind, transcript.script()))
                      .isEqualTo(recorded);
                }));
  }

  /**
   * ws4redis leaves what comes in a burst unseen until more comes, and a dozen conversations at
   * once on few cores make bursts: what differs then is held again, with nobody else about.
   */
  private static String alone(Oracle.Kind kind, Script script) throws IOException {
    return Corpus.play(
            List.of(script), (settings, at) -> oracle.start(kind, settings, at), redisAddress())
        .getFirst()
        .asText();
  }
}
