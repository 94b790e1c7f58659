package dev.rowcast.testing;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writers that change rows of two tables in mixed transactions, some of them rolled back in whole
 * or to a savepoint, and remember the token of every write that was committed.
 *
 * <p>Thread-safe. A pair of seed and writer number always makes the same decisions.
 */
public final class TokenWriters {
  private static final String[] TABLES = {"item", "part"};

  /** A committed write: which row, and the version it got; a deletion has none. */
  public record Write(String table, long id, int version) {}

  private final String jdbcUrl;
  private final long seed;
  private final int goal;
  private final AtomicLong writes = new AtomicLong();
  private final AtomicLong ids = new AtomicLong(1_000_000);
  private final Map<String, Write> committed = new ConcurrentHashMap<>();
  private final Set<String> deleted = ConcurrentHashMap.newKeySet();
  private final List<Thread> threads = new ArrayList<>();
  private final Set<Throwable> failures = ConcurrentHashMap.newKeySet();

  /** Writers that stop once {@code goal} writes are committed. */
  public TokenWriters(String jdbcUrl, long seed, int goal) {
    this.jdbcUrl = jdbcUrl;
    this.seed = seed;
    this.goal = goal;
  }

  /** Starts so many writers. */
  public void start(int writers) {
    for (int writer = 0; writer < writers; writer++) {
      var number = writer;
      threads.add(Thread.ofPlatform().name("writer-" + writer).start(() -> write(number)));
    }
  }

  /** How many they stop at. */
  public int goal() {
    return goal;
  }

  /** How many writes are committed by now. */
  public long count() {
    return writes.get();
  }

  /** Waits for the end of all writers and fails when one failed. */
  public void join() throws InterruptedException {
    for (var thread : threads) {
      thread.join();
    }
    if (!failures.isEmpty()) {
      throw new AssertionError("a writer failed", failures.iterator().next());
    }
  }

  /** Committed inserts and updates by token. */
  public Map<String, Write> committed() {
    return Map.copyOf(committed);
  }

  /** Committed deletions as {@code table/id}. */
  public Set<String> deleted() {
    return Set.copyOf(deleted);
  }

  private void write(int number) {
    var random = new SplittableRandom(seed * 1_000 + number);
    try (var connection = DriverManager.getConnection(jdbcUrl)) {
      connection.setAutoCommit(false);
      for (long turn = 0; writes.get() < goal; turn++) {
        transaction(connection, random, number + "-" + turn);
      }
    } catch (SQLException | RuntimeException e) {
      failures.add(e);
    }
  }

  private void transaction(Connection connection, SplittableRandom random, String name)
      throws SQLException {
    var pending = new Pending();
    var steps = 1 + random.nextInt(5);
    try {
      for (int step = 0; step < steps; step++) {
        var token = name + "-" + step;
        if (random.nextInt(10) == 0) {
          var savepoint = connection.setSavepoint();
          step(connection, random, token + "-undone", new Pending());
          connection.rollback(savepoint);
        }
        step(connection, random, token, pending);
      }
      if (random.nextInt(6) == 0) {
        connection.rollback();
        return;
      }
      connection.commit();
    } catch (SQLException e) {
      connection.rollback();
      if ("40P01".equals(e.getSQLState())) {
        return; // A deadlock among the writers themselves: nothing of it is committed.
      }
      throw e;
    }
    committed.putAll(pending.written);
    deleted.addAll(pending.deleted);
    writes.addAndGet(pending.written.size() + pending.deleted.size());
  }

  private void step(Connection connection, SplittableRandom random, String token, Pending pending)
      throws SQLException {
    var table = TABLES[random.nextInt(TABLES.length)];
    var choice = random.nextInt(10);
    if (choice == 0) {
      insertAndPerhapsDelete(connection, random, table, token, pending);
    } else if (choice == 1) {
      updateMany(connection, random, table, token, pending);
    } else {
      updateOne(connection, table, 1 + random.nextInt(300), token, pending);
    }
  }

  private void insertAndPerhapsDelete(
      Connection connection, SplittableRandom random, String table, String token, Pending pending)
      throws SQLException {
    var id = ids.incrementAndGet();
    try (var insert = connection.prepareStatement("INSERT INTO " + table + " VALUES (?, 0, ?)")) {
      insert.setLong(1, id);
      insert.setString(2, token);
      insert.executeUpdate();
    }
    pending.written.put(token, new Write(table, id, 0));
    if (random.nextBoolean()) {
      try (var delete = connection.prepareStatement("DELETE FROM " + table + " WHERE id = ?")) {
        delete.setLong(1, id);
        delete.executeUpdate();
      }
      pending.deleted.add(table + "/" + id);
    }
  }

  /** One statement, several rows, a token for each. */
  private static void updateMany(
      Connection connection, SplittableRandom random, String table, String token, Pending pending)
      throws SQLException {
    var first = 1 + random.nextInt(290);
    try (var update =
        connection.prepareStatement(
            "UPDATE "
                + table
                + " SET version = version + 1, token = ? || '/' || id"
                + " WHERE id BETWEEN ? AND ? RETURNING id, version, token")) {
      update.setString(1, token);
      update.setInt(2, first);
      update.setInt(3, first + random.nextInt(10));
      remember(update.executeQuery(), table, pending);
    }
  }

  private static void updateOne(
      Connection connection, String table, long id, String token, Pending pending)
      throws SQLException {
    try (var update =
        connection.prepareStatement(
            "UPDATE "
                + table
                + " SET version = version + 1, token = ? WHERE id = ?"
                + " RETURNING id, version, token")) {
      update.setString(1, token);
      update.setLong(2, id);
      remember(update.executeQuery(), table, pending);
    }
  }

  private static void remember(java.sql.ResultSet rows, String table, Pending pending)
      throws SQLException {
    try (rows) {
      while (rows.next()) {
        pending.written.put(rows.getString(3), new Write(table, rows.getLong(1), rows.getInt(2)));
      }
    }
  }

  /** What an open transaction has written. */
  private static final class Pending {
    private final Map<String, Write> written = new java.util.HashMap<>();
    private final List<String> deleted = new ArrayList<>();
  }
}
