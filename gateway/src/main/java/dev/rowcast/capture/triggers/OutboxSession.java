package dev.rowcast.capture.triggers;

import dev.rowcast.change.CapturedBatch;
import dev.rowcast.change.TableName;
import dev.rowcast.postgres.Database;
import dev.rowcast.postgres.ListeningConnection;
import dev.rowcast.postgres.SqlResource;
import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One connection to the database whose outbox is emptied: the leadership, the sleep lock and the
 * batch under way all live on it and end with it.
 *
 * <p>Confined to the capture's thread, except {@link #cutShort}.
 *
 * <p>That everything is on one connection is what makes a commit prove the leadership: the server
 * that commits the batch still holds the session, and with it the lock. A leader that was deposed
 * finds its connection gone instead.
 *
 * <p>Between {@link #take} and {@link #confirm} or {@link #release} a transaction is open; at all
 * other times none is, so that a session that waits holds no snapshot and keeps no dead row from
 * being vacuumed.
 */
final class OutboxSession implements AutoCloseable {
  private static final String NAME = "rowcast capture";
  private static final Duration ANSWER = Duration.ofSeconds(60);

  // classid 1919907683 is "rowc"; the triggers know these numbers too.
  private static final String LEAD = "SELECT pg_try_advisory_lock(1919907683, 1)";
  private static final String TRY_SLEEP = "SELECT pg_try_advisory_lock(1919907683, 2)";
  private static final String WAKE = "SELECT pg_advisory_unlock(1919907683, 2)";

  private static final String TAKE = take("which-head.sql");
  private static final String TAKE_LISTED = take("which-listed.sql");

  private final ListeningConnection listening;
  private final OutboxSettings settings;
  private final PreparedStatement lead;
  private final PreparedStatement wake;
  private final PreparedStatement take;
  // Both of these are sent in one packet; at READ COMMITTED the second statement sees all that was
  // committed before the first one returned.
  private final PreparedStatement trySleepAndTake;
  private final PreparedStatement wakeAndTake;

  /** Those of the batch being read; another batch may find another configuration. */
  private final Map<Integer, SourceTable> sources = new HashMap<>();

  private boolean holdsSleepLock;

  private OutboxSession(ListeningConnection listening, OutboxSettings settings)
      throws SQLException {
    this.listening = listening;
    this.settings = settings;
    var connection = listening.connection();
    this.lead = connection.prepareStatement(LEAD);
    this.wake = connection.prepareStatement(WAKE);
    this.take = connection.prepareStatement(TAKE);
    this.trySleepAndTake = connection.prepareStatement(TRY_SLEEP + ";\n" + TAKE);
    this.wakeAndTake = connection.prepareStatement(WAKE + ";\n" + TAKE);
  }

  /**
   * Connects, and checks that the outbox is there and ours to empty.
   *
   * @throws SQLException with a sentence for the operator when it is not
   */
  static OutboxSession open(Database database, OutboxSettings settings) throws SQLException {
    var listening = database.listen(NAME);
    try {
      var connection = listening.connection();
      Executor inline = Runnable::run;
      connection.setNetworkTimeout(inline, (int) ANSWER.toMillis());
      try (var statement = connection.createStatement()) {
        statement.execute(resource("session.sql"));
        check(statement, database);
      }
      return new OutboxSession(listening, settings);
    } catch (SQLException | RuntimeException failure) {
      try {
        listening.close();
      } catch (SQLException second) {
        failure.addSuppressed(second);
      }
      throw failure;
    }
  }

  private static void check(Statement statement, Database database) throws SQLException {
    var missing = new ArrayList<String>();
    try (var lines = statement.executeQuery(resource("check.sql"))) {
      while (lines.next()) {
        missing.add(lines.getString(1));
      }
    } catch (SQLException failure) {
      throw refusal(failure, database);
    }
    if (!missing.isEmpty()) {
      throw new SQLException(
          "the role that serves lacks "
              + String.join(", ", missing)
              + " in "
              + database.url()
              + "; `rowcast migrate plan` prints the GRANTs it needs",
          "42501");
    }
  }

  private static SQLException refusal(SQLException failure, Database database) {
    var sentence =
        switch (String.valueOf(failure.getSQLState())) {
          case "3F000", "42P01" ->
              "schema rowcast is not installed in "
                  + database.url()
                  + ": run `rowcast migrate apply`";
          case "42501" ->
              "the role that serves may not use schema rowcast in "
                  + database.url()
                  + "; `rowcast migrate plan` prints the GRANTs it needs";
          default -> failure.getMessage();
        };
    return new SQLException(sentence, failure.getSQLState(), failure);
  }

  /** Asks once for the leadership; in auto-commit mode, and leaves it when it is ours. */
  boolean lead() throws SQLException {
    boolean ours;
    try (var line = lead.executeQuery()) {
      ours = line.next() && line.getBoolean(1);
    }
    if (ours) {
      try (var statement = listening.connection().createStatement()) {
        statement.execute("LISTEN rowcast");
      }
      listening.connection().setAutoCommit(false);
    }
    return ours;
  }

  /** Whether writers send a NOTIFY because the sleep lock is held here. */
  boolean holdsSleepLock() {
    return holdsSleepLock;
  }

  /** Takes the head of the outbox. */
  OutboxBatch take() throws SQLException {
    bound(take);
    take.execute();
    return taken(take);
  }

  /** Takes exactly these rows; fewer when some of them are not there. */
  OutboxBatch takeAgain(List<Long> numbers) throws SQLException {
    try (var statement = listening.connection().prepareStatement(TAKE_LISTED)) {
      statement.setArray(
          1, listening.connection().createArrayOf("bigint", numbers.toArray(new Long[0])));
      statement.execute();
      return taken(statement);
    }
  }

  /** How far the counter is. */
  Counted counted() throws SQLException {
    try (var statement = listening.connection().createStatement();
        var line = statement.executeQuery("SELECT nonce::text, batch FROM rowcast.state")) {
      line.next();
      return new Counted(line.getString(1), line.getLong(2));
    }
  }

  /** The number of the last batch confirmed, and its lineage. */
  record Counted(String nonce, long batch) {}

  /** Takes the sleep lock if no writer is in its way, and then the head of the outbox. */
  OutboxBatch trySleepAndTake() throws SQLException {
    bound(trySleepAndTake);
    holdsSleepLock = firstAnswer(trySleepAndTake);
    trySleepAndTake.getMoreResults();
    return taken(trySleepAndTake);
  }

  /** Gives the sleep lock back, and then takes the head of the outbox. */
  OutboxBatch wakeAndTake() throws SQLException {
    bound(wakeAndTake);
    firstAnswer(wakeAndTake);
    holdsSleepLock = false;
    wakeAndTake.getMoreResults();
    return taken(wakeAndTake);
  }

  /** Gives the sleep lock back; at once, whatever becomes of the transaction. */
  void wake() throws SQLException {
    wake.execute();
    holdsSleepLock = false;
  }

  /** What still waits behind the batch that was taken. */
  Backlog.Size backlog() throws SQLException {
    try (var statement = listening.connection().createStatement();
        var line = statement.executeQuery(resource("backlog.sql"))) {
      line.next();
      return new Backlog.Size(line.getLong("rows"), line.getLong("bytes"));
    }
  }

  /** Makes the batch that was taken gone for good; proves that we lead. */
  void confirm() throws SQLException {
    listening.connection().commit();
  }

  /** Puts the batch that was taken back, and ends the transaction. */
  void release() throws SQLException {
    listening.connection().rollback();
  }

  /** Begins a new lineage of batch numbers. */
  void renewNonce(String nonce) throws SQLException {
    try (var statement = listening.connection().prepareStatement(resource("renew-nonce.sql"))) {
      statement.setString(1, nonce);
      statement.executeUpdate();
    }
    listening.connection().commit();
  }

  /** Whether a notification has arrived that no command has looked for yet. */
  boolean isNotified() throws SQLException {
    return listening.drain();
  }

  /** Waits for a word from the server; true when there is one, or the connection has ended. */
  boolean await(Duration timeout) throws SQLException {
    return listening.await(timeout);
  }

  /** Ends a wait, after which the session is good for nothing but to be closed. Thread-safe. */
  void cutShort() {
    listening.cutShort();
  }

  /** A setting of the session, as SHOW gives it; in auto-commit mode. */
  String setting(String name) throws SQLException {
    try (var question =
        listening.connection().prepareStatement("SELECT pg_catalog.current_setting(?)")) {
      question.setString(1, name);
      try (var line = question.executeQuery()) {
        line.next();
        return line.getString(1);
      }
    }
  }

  @Override
  public void close() throws SQLException {
    listening.close();
  }

  private void bound(PreparedStatement statement) throws SQLException {
    statement.setInt(1, settings.maxRows());
    statement.setLong(2, settings.maxBytes().bytes());
  }

  private static boolean firstAnswer(PreparedStatement statement) throws SQLException {
    statement.execute();
    try (var line = statement.getResultSet()) {
      return line.next() && line.getBoolean(1);
    }
  }

  private OutboxBatch taken(PreparedStatement statement) throws SQLException {
    var decoder = new OutboxDecoder();
    var numbers = new ArrayList<Long>();
    var rows = 0;
    var bytes = 0L;
    var number = 0L;
    var nonce = "";
    var age = Duration.ZERO;
    sources.clear();
    try (var line = statement.getResultSet()) {
      while (line.next()) {
        var row = row(line);
        numbers.add(row.seq());
        decoder.add(row);
        bytes += row.payload().length() + row.before().map(String::length).orElse(0);
        if (rows++ == 0) {
          number = line.getLong("batch");
          nonce = line.getString("nonce");
          var micros = line.getLong("now_micros") - line.getLong("at_micros");
          age = Duration.ofMillis(Math.max(0, micros / 1000));
        }
      }
    }
    // What had been announced when this transaction began is part of what it saw. Inside the
    // transaction this asks nothing of the socket; it only keeps the driver's list short.
    listening.drain();
    var full = rows >= settings.maxRows() || bytes >= settings.maxBytes().bytes();
    return new OutboxBatch(
        new CapturedBatch(nonce, number, decoder.transactions(number), Receipt.write(numbers)),
        rows,
        decoder.count(),
        full,
        age);
  }

  private OutboxRow row(ResultSet line) throws SQLException {
    var micros = line.getLong("at_micros");
    return new OutboxRow(
        line.getLong("seq"),
        line.getString("xid"),
        Instant.ofEpochSecond(
            Math.floorDiv(micros, 1_000_000), Math.floorMod(micros, 1_000_000) * 1000L),
        line.getString("op").charAt(0),
        source(line),
        Optional.ofNullable(line.getString("channel")),
        line.getString("payload"),
        Optional.ofNullable(line.getString("before")),
        ordinals(line.getArray("truncated")));
  }

  private Optional<SourceTable> source(ResultSet line) throws SQLException {
    var name = line.getString("table_name");
    if (name == null) {
      return Optional.empty();
    }
    var id = line.getInt("source");
    var source = sources.get(id);
    if (source == null) {
      source =
          new SourceTable(
              new TableName(line.getString("schema_name"), name),
              List.of((String[]) line.getArray("key").getArray()));
      sources.put(id, source);
    }
    return Optional.of(source);
  }

  private static Set<Integer> ordinals(@Nullable Array array) throws SQLException {
    return array == null ? Set.of() : new HashSet<>(Arrays.asList((Integer[]) array.getArray()));
  }

  private static String take(String which) {
    return SqlResource.of(OutboxSession.class, "take.sql").with(Map.of("which", resource(which)));
  }

  private static String resource(String name) {
    return SqlResource.of(OutboxSession.class, name).text();
  }
}
