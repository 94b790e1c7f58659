package dev.rowcast.fold;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.fold.Tally.Of;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The promise of {@code /live}, under fire: whoever applies what it is told holds in the end what
 * the database answers to its filter.
 *
 * <p>Each seed is a story of 200 clients and 300 transactions by four writers on three tables,
 * while two to four things go wrong. Clients have one of 60 random filters, come by Server-Sent
 * Events (9 of 20), WebSocket (9) or pages of JSON (2); half of them are there from the beginning,
 * the others come while things happen; they begin with a snapshot, with rows and {@code
 * rowcast.position()}, or with what happens from now on; one in five reads slowly, one in three is
 * cut off again and again. What goes wrong is one of {@link Fault.Kind}, all equally likely, and
 * the first one of a story goes through all of them from seed to seed.
 *
 * <p>Odd seeds capture by triggers and even ones by the log. PostgreSQL, Redis and two gateways are
 * shared by all seeds of a way, and the two ways run beside each other.
 *
 * <p>A seed decides who the clients are, each statement of each transaction, and what goes wrong
 * after how many transactions. It does not decide how the threads of a dozen processes interleave,
 * nor what the seeds before have left in Redis: a seed that fails once may have to be told several
 * times. {@code -Drowcast.fold.seeds=} says how many stories there are, {@code
 * -Drowcast.fold.first=} the first seed, {@code -Drowcast.fold.repeat=} how often each is told.
 */
final class FoldedStateIT {
  private static final long FIRST = Long.getLong("rowcast.fold.first", 1);
  private static final int SEEDS = Integer.getInteger("rowcast.fold.seeds", 50);
  private static final int REPEAT = Integer.getInteger("rowcast.fold.repeat", 1);

  private final List<String> failures = new CopyOnWriteArrayList<>();
  private final Tally tally = new Tally();

  @Test
  void everyClientHoldsInTheEndWhatTheDatabaseAnswers(@TempDir Path folder) throws Exception {
    var began = System.nanoTime();
    var byTriggers = lane(folder.resolve("triggers"), false);
    var byLog = lane(folder.resolve("log"), true);
    byTriggers.join();
    byLog.join();
    System.out.printf(
        "%d seeds from %d on in %d s: %s%n",
        SEEDS, FIRST, Duration.ofNanos(System.nanoTime() - began).toSeconds(), tally);

    assertThat(failures).as("what clients hold, and what the database answers").isEmpty();
    assertExercised();
  }

  /** All seeds of one way to capture, one after the other. */
  private Thread lane(Path folder, boolean isByLog) {
    return Thread.ofPlatform()
        .name(isByLog ? "by-log" : "by-triggers")
        .start(() -> {
          var seeds =
              LongStream.range(FIRST, FIRST + SEEDS)
                  .filter(seed -> Plan.isByLog(seed) == isByLog)
                  .toArray();
          if (seeds.length > 0) {
            tell(folder, isByLog, seeds);
          }
        });
  }

  private void tell(Path folder, boolean isByLog, long[] seeds) {
    try (var cluster = new Cluster(Files.createDirectories(folder), isByLog)) {
      for (var seed : seeds) {
        for (int time = 0; time < REPEAT && failures.isEmpty(); time++) {
          tell(cluster, Plan.of(seed));
        }
      }
    } catch (Exception broken) {
      failures.add("the stories broke off: " + stack(broken));
    }
  }

  private void tell(Cluster cluster, Plan plan) throws Exception {
    var began = System.nanoTime();
    var since = Instant.now();
    List<String> wrongs;
    try {
      wrongs = new Story(plan, cluster, tally).tell();
    } catch (Exception broken) {
      wrongs = List.of("the story broke off: " + stack(broken));
    }
    System.out.printf(
        "seed %d by %s: %s; %d wrong, %.1f s%n",
        plan.seed(),
        Plan.isByLog(plan.seed()) ? "the log" : "triggers",
        plan.faults(),
        wrongs.size(),
        (System.nanoTime() - began) / 1e9);
    if (!wrongs.isEmpty()) {
      failures.add(failure(plan, wrongs, cluster.troubles(since)));
    }
  }

  private static String failure(Plan plan, List<String> wrongs, List<String> troubles) {
    return """
    seed %d: %d clients are wrong. To tell its story ten times:
    mvn -pl gateway -am verify -Dtest=none -Dit.test=FoldedStateIT -Drowcast.fold.first=%d \
    -Drowcast.fold.seeds=1 -Drowcast.fold.repeat=10 -Dsurefire.failIfNoSpecifiedTests=false \
    -Dfailsafe.failIfNoSpecifiedTests=false
    what goes wrong in it: %s
    %s
    what the gateways warned of meanwhile:
    %s\
    """
        .formatted(
            plan.seed(),
            wrongs.size(),
            plan.seed(),
            plan.faults(),
            String.join("\n", wrongs.subList(0, Math.min(3, wrongs.size()))),
            String.join("\n", troubles));
  }

  private static String stack(Exception broken) {
    var text = new StringWriter();
    broken.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  /** Nothing of what makes the test worth its time was left out by chance. */
  private void assertExercised() {
    // Ten are enough from the first one on; from any other on, twenty have all kinds for sure.
    if (SEEDS < Fault.Kind.values().length * (FIRST == 1 ? 1 : 2)) {
      return;
    }
    for (var kind : Fault.Kind.values()) {
      assertThat(tally.count(kind.toString())).as(kind.toString()).isPositive();
    }
    for (var each : Of.values()) {
      assertThat(tally.count(each)).as(each.toString()).isPositive();
    }
  }
}
