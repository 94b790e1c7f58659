package dev.rowcast.testing;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/**
 * Concurrent writers on shared rows, in transactions that are committed, rolled back, or rolled
 * back to a savepoint; and the account by which deliveries are checked.
 *
 * <p>Thread-safe.
 *
 * <p>They write {@code load_test(id int, version bigint, mark text)}, which {@link #TABLE} creates
 * and whoever tests has to have captured. Each change raises its row's version by one and carries a
 * mark of its own, so a change of rolled-back work is recognised even though its version will be
 * given out again.
 */
public final class Writers {
  /** Creates the table. */
  public static final String TABLE =
      "CREATE TABLE load_test (id int PRIMARY KEY, version bigint NOT NULL, mark text NOT NULL)";

  private final Supplier<Connection> connections;
  private final int rows;
  private final long seed;
  private final Map<String, Seen> committed = new ConcurrentHashMap<>();
  private final Set<String> undone = ConcurrentHashMap.newKeySet();

  /** One change of a row, as it was written or as it was delivered. */
  public record Seen(int id, long version, String mark) {}

  /** Writers on {@code rows} rows, whose choices follow from {@code seed}. */
  public Writers(Supplier<Connection> connections, int rows, long seed) {
    this.connections = connections;
    this.rows = rows;
    this.seed = seed;
  }

  /** Inserts the rows, each as version 1. */
  public void fill() throws SQLException {
    try (var connection = connections.get();
        var statement = connection.createStatement()) {
      statement.execute(
          "INSERT INTO load_test SELECT i, 1, 'fill-' || i FROM generate_series(1, %d) i"
              .formatted(rows));
    }
    for (int id = 1; id <= rows; id++) {
      committed.put("fill-" + id, new Seen(id, 1, "fill-" + id));
    }
  }

  /** Runs {@code writers} writers with {@code transactions} transactions each, and waits. */
  public void write(int writers, int transactions) throws InterruptedException, ExecutionException {
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      var running = new ArrayList<Future<?>>();
      for (int writer = 0; writer < writers; writer++) {
        var number = writer;
        running.add(executor.submit(() -> writer(number, transactions)));
      }
      for (var one : running) {
        one.get();
      }
    }
  }

  /** How many changes were committed so far. */
  public int committed() {
    return committed.size();
  }

  /**
   * What is wrong with these deliveries, in words; empty when every committed change was delivered
   * at least once, each row's in order but for repeats, and none of rolled-back work.
   */
  public List<String> wrongs(List<Seen> delivered) {
    var wrongs = new ArrayList<String>();
    var newest = new HashMap<Integer, Long>();
    var heard = new HashSet<String>();
    for (var seen : delivered) {
      heard.add(seen.mark());
      if (undone.contains(seen.mark())) {
        wrongs.add("of rolled-back work: " + seen);
      } else if (!seen.equals(committed.get(seen.mark()))) {
        wrongs.add("never written: " + seen);
      }
      var last = newest.getOrDefault(seen.id(), 0L);
      if (seen.version() > last + 1) {
        wrongs.add("delivered after version " + last + " of its row: " + seen);
      }
      newest.put(seen.id(), Math.max(last, seen.version()));
    }
    committed.forEach((mark, change) -> {
      if (!heard.contains(mark)) {
        wrongs.add("lost: " + change);
      }
    });
    return wrongs;
  }

  private Void writer(int number, int transactions) throws SQLException {
    var random = new Random(seed + number);
    try (var connection = connections.get()) {
      connection.setAutoCommit(false);
      for (int transaction = 0; transaction < transactions; transaction++) {
        transaction(connection, random, number + "-" + transaction);
      }
    }
    return null;
  }

  private void transaction(Connection connection, Random random, String name) throws SQLException {
    var kept = new ArrayList<Seen>();
    // Ascending, so that two writers never wait for each other in a circle.
    var ids = random.ints(1 + random.nextInt(4), 1, rows + 1).sorted().distinct().toArray();
    for (int i = 0; i < ids.length; i++) {
      var mark = name + "-" + i;
      if (random.nextInt(8) == 0) {
        var savepoint = connection.setSavepoint();
        undone.add(update(connection, ids[i], mark + "-undone").mark());
        connection.rollback(savepoint);
      }
      kept.add(update(connection, ids[i], mark));
    }
    if (random.nextInt(6) == 0) {
      kept.forEach(change -> undone.add(change.mark()));
      connection.rollback();
    } else {
      kept.forEach(change -> committed.put(change.mark(), change));
      connection.commit();
    }
  }

  private static Seen update(Connection connection, int id, String mark) throws SQLException {
    try (var update =
        connection.prepareStatement(
            "UPDATE load_test SET version = version + 1, mark = ? WHERE id = ?"
                + " RETURNING version")) {
      update.setString(1, mark);
      update.setInt(2, id);
      try (var line = update.executeQuery()) {
        line.next();
        return new Seen(id, line.getLong(1), mark);
      }
    }
  }
}
