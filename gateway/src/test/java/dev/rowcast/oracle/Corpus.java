package dev.rowcast.oracle;

import dev.rowcast.oracle.ServerUnderTest.Settings;
import dev.rowcast.oracle.ServerUnderTest.Starter;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The scripts, what is recorded of ws4redis, and the playing of them all.
 *
 * <p>Thread-safe.
 */
final class Corpus {
  /** Conversations mostly wait, so several go on at once. */
  private static final int AT_ONCE = 12;

  private static final Path FOLDER = Path.of("src/test/resources/oracle");

  private Corpus() {}

  /** What any client may do. */
  static List<Script> conversations() throws IOException {
    return Script.allIn(FOLDER.resolve("conversations"));
  }

  /** What only a client does that has a Django session. */
  static List<Script> identity() throws IOException {
    return Script.allIn(FOLDER.resolve("identity"));
  }

  static Differences differences() throws IOException {
    return Differences.read(FOLDER.resolve("differences.txt"));
  }

  /** The transcript of ws4redis that is kept beside the script. */
  static Transcript recorded(Oracle.Kind kind, Script script) throws IOException {
    return Transcript.read(script, recording(kind, script));
  }

  /** Keeps a transcript of ws4redis. */
  static void record(Oracle.Kind kind, Transcript transcript) throws IOException {
    Path file = recording(kind, transcript.script());
    Files.createDirectories(file.getParent());
    Files.writeString(file, transcript.asText());
  }

  private static Path recording(Oracle.Kind kind, Script script) {
    return FOLDER.resolve("recorded").resolve(kind.word()).resolve(script.name() + ".txt");
  }

  /**
   * Plays scripts with servers of one kind, one server for each combination of settings, and stops
   * the servers. The transcripts are in the order of the scripts.
   */
  static List<Transcript> play(List<Script> scripts, Starter starter, InetSocketAddress redis)
      throws IOException {
    Map<Settings, ServerUnderTest> servers = new HashMap<>();
    try (ExecutorService players = Executors.newFixedThreadPool(AT_ONCE)) {
      for (Script script : scripts) {
        if (!servers.containsKey(script.settings())) {
          servers.put(script.settings(), starter.start(script.settings(), redis));
        }
      }
      var playing = new ArrayList<Future<Transcript>>();
      for (Script script : scripts) {
        ServerUnderTest server = Objects.requireNonNull(servers.get(script.settings()));
        Callable<Transcript> play =
            () -> new Transcript(script, Conversation.play(script, server, redis));
        playing.add(players.submit(play));
      }
      var transcripts = new ArrayList<Transcript>();
      for (int i = 0; i < playing.size(); i++) {
        transcripts.add(get(scripts.get(i).name(), playing.get(i)));
      }
      return transcripts;
    } finally {
      for (ServerUnderTest server : servers.values()) {
        server.close();
      }
    }
  }

  private static Transcript get(String script, Future<Transcript> playing) throws IOException {
    try {
      return playing.get();
    } catch (ExecutionException e) {
      throw new IOException("script " + script + " could not be played", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted in script " + script, e);
    }
  }
}
