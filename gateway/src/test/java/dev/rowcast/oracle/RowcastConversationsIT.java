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
 * Holds the conversations with Rowcast and compares with ws4redis: with what is recorded of it
 * always, and with the real thing on the same Redis where it is installed. Equal but for what
 * {@code differences.txt} lists.
 */
final class RowcastConversationsIT {
  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  static Path folder;

  private static EmbeddedRedis redis;

  @BeforeAll
  static void start() {
    redis = EmbeddedRedis.start(RedisOptions.DEFAULTS);
  }

  @AfterAll
  static void stop() {
    redis.close();
  }

  @TestFactory
  Stream<DynamicTest> asRecordedUnderUwsgi() throws IOException {
    return asRecorded(Oracle.Kind.UWSGI);
  }

  @TestFactory
  Stream<DynamicTest> asRecordedInTheDevelopmentServer() throws IOException {
    return asRecorded(Oracle.Kind.RUNSERVER);
  }

  @TestFactory
  Stream<DynamicTest> asTheRealThingUnderUwsgi() throws IOException {
    var oracle = Oracle.require(folder);
    var scripts = scripts(Oracle.Kind.UWSGI);
    var theirs =
        Corpus.play(
            scripts,
            (settings, at) -> oracle.start(Oracle.Kind.UWSGI, settings, at),
            redisAddress());
    return compared(
        Oracle.Kind.UWSGI,
        theirs,
        ours(scripts),
        script ->
            Corpus.play(
                    List.of(script),
                    (settings, at) -> oracle.start(Oracle.Kind.UWSGI, settings, at),
                    redisAddress())
                .getFirst());
  }

  private static Stream<DynamicTest> asRecorded(Oracle.Kind kind) throws IOException {
    var scripts = scripts(kind);
    var theirs = new ArrayList<Transcript>();
    for (Script script : scripts) {
      theirs.add(Corpus.recorded(kind, script));
    }
    return compared(kind, theirs, ours(scripts), script -> Corpus.recorded(kind, script));
  }

  private static List<Script> scripts(Oracle.Kind kind) throws IOException {
    return Corpus.conversations().stream()
        .filter(script -> script.oracles().contains(kind))
        .toList();
  }

  private static List<Transcript> ours(List<Script> scripts) throws IOException {
    return Corpus.play(
        scripts, (settings, at) -> RowcastServer.start(settings, at, 0), redisAddress());
  }

  /** What ws4redis made of a script when nobody else was about. */
  @FunctionalInterface
  private interface Alone {
    Transcript of(Script script) throws IOException;
  }

  /** What differs with a dozen conversations at once is held again on both sides, alone. */
  private static Stream<DynamicTest> compared(
      Oracle.Kind kind, List<Transcript> theirs, List<Transcript> ours, Alone theirsAlone)
      throws IOException {
    var differences = Corpus.differences();
    var tests = new ArrayList<DynamicTest>();
    for (int i = 0; i < theirs.size(); i++) {
      var their = theirs.get(i);
      var our = ours.get(i);
      var script = their.script();
      tests.add(
          dynamicTest(
              kind.word() + " " + script.name(),
              () -> {
                var faults = differences.faults(kind.word(), their, our);
                if (!faults.isEmpty()) {
                  faults =
                      differences.faults(
                          kind.word(), theirsAlone.of(script), ours(List.of(script)).getFirst());
                }
                assertThat(faults).isEmpty();
              }));
    }
    return tests.stream();
  }

  private static InetSocketAddress redisAddress() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), redis.port());
  }
}
