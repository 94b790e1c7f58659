package dev.rowcast.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.rowcast.embedded.EmbeddedPostgres;
import dev.rowcast.embedded.EmbeddedRedis;
import dev.rowcast.embedded.RedisOptions;
import dev.rowcast.testing.OutboxDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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

  private static final Map<String, Transcript> PLAYED = new HashMap<>();

  private static EmbeddedRedis redis;
  private static EmbeddedPostgres postgres;
  private static OutboxDatabase people;

  @BeforeAll
  static void start() throws IOException {
    redis = EmbeddedRedis.start(RedisOptions.DEFAULTS);
    postgres = OutboxDatabase.server();
    people = OutboxDatabase.empty(postgres);
    people.execute(Files.readString(Path.of("src/test/resources/oracle/people.sql")));
  }

  @AfterAll
  static void stop() {
    redis.close();
    postgres.close();
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
  Stream<DynamicTest> peopleAsRecordedUnderUwsgi() throws IOException {
    return peopleAsRecorded(Oracle.Kind.UWSGI);
  }

  @TestFactory
  Stream<DynamicTest> peopleAsRecordedInTheDevelopmentServer() throws IOException {
    return peopleAsRecorded(Oracle.Kind.RUNSERVER);
  }

  @TestFactory
  Stream<DynamicTest> peopleAsTheRealThingUnderUwsgi() throws IOException {
    var oracle = Oracle.require(folder);
    var scripts = peoplesScripts(Oracle.Kind.UWSGI);
    ServerUnderTest.Starter starter =
        (settings, at) -> oracle.start(Oracle.Kind.UWSGI, settings, at);
    return compared(
        Oracle.Kind.UWSGI,
        Corpus.play(scripts, starter, redisAddress()),
        RowcastConversationsIT::oursWithPeople,
        script -> Corpus.play(List.of(script), starter, redisAddress()).getFirst());
  }

  private static Stream<DynamicTest> peopleAsRecorded(Oracle.Kind kind) throws IOException {
    var theirs = new ArrayList<Transcript>();
    for (Script script : peoplesScripts(kind)) {
      theirs.add(Corpus.recorded(kind, script));
    }
    return compared(
        kind,
        theirs,
        RowcastConversationsIT::oursWithPeople,
        script -> Corpus.recorded(kind, script));
  }

  private static List<Script> peoplesScripts(Oracle.Kind kind) throws IOException {
    return Corpus.identity().stream().filter(script -> script.oracles().contains(kind)).toList();
  }

  private static List<Transcript> oursWithPeople(List<Script> scripts) throws IOException {
    return Corpus.play(
        scripts,
        (settings, at) -> RowcastServer.start(settings, at, postgres.url(people.name())),
        redisAddress());
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
        RowcastConversationsIT::ours,
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
    return compared(
        kind, theirs, RowcastConversationsIT::ours, script -> Corpus.recorded(kind, script));
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

  /** Ours does not depend on whom it is compared with, so each script is played once. */
  private static List<Transcript> played(List<Script> scripts, Ours play) throws IOException {
    var missing = scripts.stream().filter(script -> !PLAYED.containsKey(script.name())).toList();
    for (Transcript transcript : play.of(missing)) {
      PLAYED.put(transcript.script().name(), transcript);
    }
    return scripts.stream()
        .map(script -> Objects.requireNonNull(PLAYED.get(script.name())))
        .toList();
  }

  /** What Rowcast makes of scripts. */
  @FunctionalInterface
  private interface Ours {
    List<Transcript> of(List<Script> scripts) throws IOException;
  }

  /** What ws4redis made of a script when nobody else was about. */
  @FunctionalInterface
  private interface Alone {
    Transcript of(Script script) throws IOException;
  }

  /** What differs with a dozen conversations at once is held again on both sides, alone. */
  private static Stream<DynamicTest> compared(
      Oracle.Kind kind, List<Transcript> theirs, Ours play, Alone theirsAlone) throws IOException {
    var ours = played(theirs.stream().map(Transcript::script).toList(), play);
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
                          kind.word(), theirsAlone.of(script), play.of(List.of(script)).getFirst());
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
