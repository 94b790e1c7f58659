package dev.rowcast.fold;

import dev.rowcast.base.Pause;
import dev.rowcast.fold.Tally.Of;
import dev.rowcast.message.Position;
import java.io.IOException;
import java.net.Socket;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One seed, from the first client to the comparison.
 *
 * <p>Confined to one platform thread; its clients and writers live on virtual ones.
 */
final class Story implements Scene {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Duration LONGEST_FAULT = Duration.ofSeconds(3);
  private static final int WRITERS = 4;

  /** Transactions that may run while something goes wrong, or is over. */
  private static final int AHEAD = 2 * WRITERS;

  private static final int AT_MOST_SHOWN = 5;

  private final Plan plan;
  private final Cluster cluster;
  private final Tally tally;
  private final Progress progress;
  private final List<FoldingClient> clients = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private volatile @Nullable Position end;

  Story(Plan plan, Cluster cluster, Tally tally) {
    this.plan = plan;
    this.cluster = cluster;
    this.tally = tally;
    this.progress = new Progress(plan.transactions().size());
  }

  @Override
  public Answers answers() {
    return cluster.answers();
  }

  @Override
  public Progress progress() {
    return progress;
  }

  @Override
  public Tally tally() {
    return tally;
  }

  @Override
  public Optional<Position> end() {
    return Optional.ofNullable(end);
  }

  @Override
  public Socket connect(SplittableRandom random, boolean isNarrow) throws IOException {
    return cluster.connect(random, isNarrow);
  }

  /** Tells the story; what went wrong, in words, empty when nothing did. */
  List<String> tell() throws SQLException, InterruptedException {
    answers().execute(plan.beginning());
    cluster.mark();
    cluster.awaitPosition();
    cluster.remember();
    try {
      beginClients();
      if (!await(each -> each.temper().begins() > 0 || each.hasBegun())) {
        return List.of("clients do not begin: " + shown(each -> !each.hasBegun()));
      }
      var writers = write();
      if (!happen()) {
        return List.of("the writers are stuck: " + progress);
      }
      for (var writer : writers) {
        writer.join();
      }
      cluster.settle();
      awaitEnd();
      return wrongs();
    } finally {
      progress.over();
      for (var thread : threads) {
        thread.interrupt();
      }
      for (var thread : threads) {
        thread.join();
      }
    }
  }

  private void beginClients() {
    for (var member : plan.clients()) {
      var client = new FoldingClient(member, this);
      clients.add(client);
      tally.add(Of.CLIENTS);
      threads.add(Thread.ofVirtual().name("client-" + member.number()).start(client::run));
    }
  }

  private boolean await(Predicate<FoldingClient> condition) throws InterruptedException {
    var deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!clients.stream().allMatch(condition)) {
      if (System.nanoTime() - deadline > 0) {
        return false;
      }
      Pause.of(Duration.ofMillis(5));
    }
    return true;
  }

  private List<Thread> write() {
    var writers = new ArrayList<Thread>();
    for (int writer = 0; writer < WRITERS; writer++) {
      writers.add(Thread.ofVirtual().name("writer-" + writer).start(this::writeAll));
    }
    threads.addAll(writers);
    return writers;
  }

  private void writeAll() {
    @Nullable Connection connection = null;
    try {
      for (var number = progress.begin(); number >= 0; number = progress.begin()) {
        try {
          if (connection == null) {
            connection = open();
          }
          write(connection, plan.transactions().get(number));
        } catch (SQLException failed) {
          // A deadlock, a key that is taken, or the database is gone: the database knows what
          // became of the transaction, and it is the database that is asked in the end.
          tally.add("failed " + failed.getSQLState());
          connection = undone(connection);
        } finally {
          progress.end();
        }
      }
    } catch (InterruptedException _) {
      // The story is over.
    } finally {
      close(connection);
    }
  }

  private Connection open() throws InterruptedException {
    while (true) {
      try {
        var connection = answers().open();
        connection.setAutoCommit(false);
        return connection;
      } catch (SQLException away) {
        Pause.of(Duration.ofMillis(20));
      }
    }
  }

  private void write(Connection connection, Transactions.Transaction transaction)
      throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(transaction.statements());
    }
    if (transaction.commits()) {
      connection.commit();
      tally.add(Of.TRANSACTIONS);
    } else {
      connection.rollback();
      tally.add(Of.ROLLED_BACK);
    }
  }

  private static @Nullable Connection undone(@Nullable Connection connection) {
    if (connection == null) {
      return null;
    }
    try {
      connection.rollback();
      return connection;
    } catch (SQLException gone) {
      close(connection);
      return null;
    }
  }

  private static void close(@Nullable Connection connection) {
    try {
      if (connection != null) {
        connection.close();
      }
    } catch (SQLException gone) {
      // So is its server.
    }
  }

  /** Lets the transactions happen, and what goes wrong between them; false when they do not. */
  private boolean happen() throws SQLException, InterruptedException {
    for (var fault : plan.faults()) {
      progress.allow(fault.at() + AHEAD);
      if (!progress.await(fault.at(), PATIENCE)) {
        return false;
      }
      tally.add(fault.kind().toString());
      cluster.begin(fault);
      progress.allow(fault.at() + fault.lasts() + AHEAD);
      // A gateway that is stopped while it reads rows holds up who wants to truncate their table.
      var _ = progress.await(fault.at() + fault.lasts(), LONGEST_FAULT);
      cluster.end(fault);
      if (!progress.await(fault.at() + fault.lasts(), PATIENCE)) {
        return false;
      }
    }
    progress.allow(Integer.MAX_VALUE);
    return progress.await(Integer.MAX_VALUE, PATIENCE);
  }

  /** Says where the end is until all have come there. */
  private void awaitEnd() throws InterruptedException {
    var deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!clients.stream().allMatch(FoldingClient::hasEnded)
        && System.nanoTime() - deadline < 0) {
      var said = end;
      if (said == null || cluster.epoch().filter(now -> !now.equals(said.epoch())).isPresent()) {
        end = cluster.mark();
      }
      for (int i = 0; i < 100 && !clients.stream().allMatch(FoldingClient::hasEnded); i++) {
        Pause.of(Duration.ofMillis(10));
      }
    }
    for (var thread : threads) {
      thread.interrupt();
    }
    for (var thread : threads) {
      thread.join();
    }
  }

  private List<String> wrongs() throws SQLException {
    var wrongs = new ArrayList<String>();
    Map<String, List<JsonNode>> expected = new HashMap<>();
    for (var client : clients) {
      var select = client.wish().select();
      var rows = expected.get(select);
      if (rows == null) {
        rows = answers().rows(select);
        expected.put(select, rows);
      }
      var found = client.wrongs(rows);
      client.resets().stream()
          .filter(reason -> !isExplained(client, reason))
          .forEach(reason -> found.add("a reset that nothing explains: " + reason));
      if (!found.isEmpty()) {
        wrongs.add(shown(client, found));
      }
    }
    return wrongs;
  }

  private boolean isExplained(FoldingClient client, String reason) {
    return switch (reason) {
      // Who begins while the new log is still shorter than the database remembers is "trimmed".
      case "epoch", "trimmed" -> plan.endsEpoch();
      case "undecided" ->
          Plan.isByLog(plan.seed())
              && client.wish().asksForLarge()
              && !client.wish().table().hasOldRows();
      default -> false;
    };
  }

  private static String shown(FoldingClient client, List<String> found) {
    var text = new StringBuilder(client.toString());
    found.stream().limit(AT_MOST_SHOWN).forEach(wrong -> text.append("\n  - ").append(wrong));
    if (found.size() > AT_MOST_SHOWN) {
      text.append("\n  - and ").append(found.size() - AT_MOST_SHOWN).append(" more");
    }
    text.append("\n  the latest that happened to it:");
    client.latest().forEach(line -> text.append("\n    ").append(line));
    return text.toString();
  }

  private String shown(Predicate<FoldingClient> which) {
    var some = clients.stream().filter(which).toList();
    return some.size()
        + " of them, the first one:\n"
        + some.stream().findFirst().map(client -> shown(client, List.of())).orElse("");
  }
}
