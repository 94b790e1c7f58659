package dev.rowcast.capture.migrate;

import dev.rowcast.base.Backoff;
import dev.rowcast.capture.CaptureException;
import dev.rowcast.capture.CaptureSettings;
import dev.rowcast.capture.migrate.Change.Kind;
import dev.rowcast.capture.wal.WalCapture;
import dev.rowcast.change.TableName;
import dev.rowcast.postgres.Catalogue;
import dev.rowcast.postgres.Database;
import dev.rowcast.postgres.DatabaseException;
import dev.rowcast.postgres.Relation;
import dev.rowcast.postgres.SqlResource;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Installs what captures, triggers or what the log needs, holds it against the settings, and
 * removes it.
 *
 * <p>Thread-safe; every call opens a connection of its own, and two migrations of one database at
 * the same time take turns by an advisory lock.
 *
 * <p>Everything that changes happens in one transaction: either all of it stands or nothing. A
 * statement waits for a table's lock for {@link #LOCK_TIMEOUT} only, because everybody else queues
 * behind it meanwhile; then the whole is tried again, {@link #ATTEMPTS} times. Replication slots
 * are the exception: PostgreSQL makes and drops them outside of transactions, so that is done after
 * the commit, and what failed there is found and done by the next call.
 *
 * <p>The connected role owns what it migrates (or is a member of the owner), and may create schema
 * rowcast; it needs to be no superuser.
 */
public final class Migration {
  /** How long one statement waits for a lock. */
  public static final Duration LOCK_TIMEOUT = Duration.ofSeconds(2);

  /** How often a migration is tried that found a table busy. */
  public static final int ATTEMPTS = 5;

  /** Opens every changing transaction. */
  static final List<String> PREPARE =
      List.of(
          "SET LOCAL lock_timeout = '" + LOCK_TIMEOUT.toMillis() + "ms'",
          "SET LOCAL statement_timeout = 0",
          "SET LOCAL search_path = pg_catalog, pg_temp",
          "SELECT pg_catalog.pg_advisory_xact_lock(1919907683, 3)");

  private static final String OUR_FUNCTIONS =
      "^(wake|publish|position|element|take_place|name_key|(insert|update|delete|truncate)_[0-9]+)$";
  private static final SqlResource FOUND = SqlResource.of(Migration.class, "found.sql");
  private static final SqlResource SOURCES = SqlResource.of(Migration.class, "sources.sql");
  private static final SqlResource INSTALLED = SqlResource.of(Migration.class, "installed.sql");
  private static final int SLOT_ATTEMPTS = 12;
  private static final SqlResource BLOCKERS = SqlResource.of(Migration.class, "blockers.sql");
  private static final SqlResource STRANGERS = SqlResource.of(Migration.class, "strangers.sql");

  private final Database database;
  private final CaptureSettings settings;

  public Migration(Database database, CaptureSettings settings) {
    this.database = database;
    this.settings = settings;
  }

  /**
   * What {@link #apply} would do; changes nothing.
   *
   * @throws CaptureException when the database cannot be asked
   */
  public MigrationPlan plan() {
    return asked(connection -> Comparison.plan(settings, find(connection)));
  }

  /**
   * The differences between the database and the settings; empty: it is as configured.
   *
   * @throws CaptureException when the database cannot be asked
   */
  public List<Change> verify() {
    return plan().changes();
  }

  /**
   * By which way the database is captured, or would be.
   *
   * @throws CaptureException when the database cannot be asked
   */
  public ModeChoice mode() {
    return asked(connection -> ModeChoice.of(settings, find(connection)));
  }

  /**
   * By which way the database is captured as it is installed; empty: nothing is.
   *
   * @throws CaptureException when the database cannot be asked
   */
  public static Optional<CaptureSettings.Mode> installed(Database database) {
    return new Migration(database, CaptureSettings.DEFAULTS)
        .asked(connection -> {
          try (var statement = connection.createStatement();
              var row = statement.executeQuery(INSTALLED.text())) {
            row.next();
            return Optional.ofNullable((@Nullable String) row.getString(1))
                .map(CaptureSettings.Mode::valueOf);
          }
        });
  }

  /**
   * What is captured now.
   *
   * @throws CaptureException when the database cannot be asked
   */
  public MigrationStatus status() {
    return asked(connection -> {
      var found = find(connection);
      var plan = Comparison.plan(settings, found);
      var tables =
          Comparison.selection(settings, found).captured().stream()
              .map(table -> status(table, plan))
              .toList();
      return new MigrationStatus(
          !found.missing().contains("rowcast"), tables, plan.refused(), waiting(connection, found));
    });
  }

  /**
   * Makes the database as the settings want it, as far as the connected role can.
   *
   * @throws CaptureException when nothing was changed; {@link CaptureException#retryable} when it
   *     was a busy table
   */
  public MigrationResult apply() throws InterruptedException {
    var result =
        repeated(connection -> {
          var plan = Comparison.plan(settings, find(connection));
          for (var change : plan.possible()) {
            if (!change.isAfterwards()) {
              run(connection, change);
            }
          }
          return new MigrationResult(plan.possible(), plan);
        });
    finish(result.done());
    return result;
  }

  /** What PostgreSQL does not take into the transaction. */
  private void finish(List<Change> done) throws InterruptedException {
    for (var change : done) {
      switch (change.kind()) {
        case SLOT -> makeSlot(change);
        case OLD_SLOT -> dropSlot(change);
        default -> {}
      }
    }
  }

  private void makeSlot(Change change) throws InterruptedException {
    afterwards(change, () -> WalCapture.makeSlot(database));
  }

  private void dropSlot(Change change) throws InterruptedException {
    afterwards(
        change,
        () -> {
          try (var connection = open()) {
            run(connection, change);
          }
        });
  }

  @FunctionalInterface
  private interface SlotWork {
    void run() throws SQLException;
  }

  /** A gateway that holds the slot lets it go within seconds, once it sees what was committed. */
  private void afterwards(Change change, SlotWork work) throws InterruptedException {
    var backoff =
        new Backoff(Duration.ofMillis(500), Duration.ofSeconds(3), RandomGenerator.getDefault());
    for (int attempt = 1; ; attempt++) {
      try {
        work.run();
        return;
      } catch (SQLException failure) {
        if (!"55006".equals(failure.getSQLState()) || attempt == SLOT_ATTEMPTS) {
          throw new CaptureException(
              "everything but this was done: "
                  + change.sentence()
                  + " ("
                  + Text.printable(String.valueOf(failure.getMessage()))
                  + "); try again",
              true,
              failure);
        }
      }
      backoff.pause();
    }
  }

  /**
   * Removes every trigger of ours and schema rowcast, and nothing else. What waits in the outbox is
   * gone with it.
   *
   * @throws CaptureException when nothing was changed: also when schema rowcast holds an object
   *     that is not ours
   */
  public MigrationResult drop() throws InterruptedException {
    var result =
        repeated(connection -> {
          var found = find(connection);
          var changes =
              found.missing().contains("rowcast") ? List.<Change>of() : drops(connection, found);
          for (var change : changes) {
            if (!change.isAfterwards()) {
              run(connection, change);
            }
          }
          return new MigrationResult(
              changes, new MigrationPlan(0, List.of(), List.of(), dropNotes()));
        });
    finish(result.done());
    return result;
  }

  /**
   * What the role that serves must be granted, as SQL: {@code role} is quoted by the caller's
   * choice of name only through {@code quote_ident}.
   */
  public List<String> grants(String role) {
    return asked(connection -> {
      try (var statement = connection.prepareStatement("SELECT pg_catalog.quote_ident(?)")) {
        statement.setString(1, role);
        try (var rows = statement.executeQuery()) {
          rows.next();
          var quoted = rows.getString(1);
          return ModeChoice.of(settings, find(connection)).mode() == CaptureSettings.Mode.WAL
              ? List.of(
                  "ALTER ROLE " + quoted + " REPLICATION",
                  "GRANT USAGE ON SCHEMA rowcast TO " + quoted,
                  "GRANT SELECT ON rowcast.source TO " + quoted,
                  "GRANT SELECT, UPDATE ON rowcast.wal TO " + quoted,
                  "GRANT SELECT, INSERT, UPDATE ON rowcast.delivered TO " + quoted,
                  "GRANT EXECUTE ON FUNCTION rowcast.position() TO " + quoted)
              : List.of(
                  "GRANT USAGE ON SCHEMA rowcast TO " + quoted,
                  "GRANT SELECT, DELETE ON rowcast.outbox TO " + quoted,
                  "GRANT SELECT ON rowcast.source TO " + quoted,
                  "GRANT SELECT, UPDATE ON rowcast.state TO " + quoted,
                  "GRANT EXECUTE ON FUNCTION rowcast.position() TO " + quoted);
        }
      }
    });
  }

  private List<String> dropNotes() {
    return settings.rodan()
        ? List.of(
            "Rodan's own triggers and functions, which 'apply' replaced, are not created again;"
                + " Rodan's 'manage.py migrate' does that")
        : List.of();
  }

  private static List<Change> drops(Connection connection, Comparison.Found found)
      throws SQLException {
    var strangers = strangers(connection);
    if (!strangers.isEmpty()) {
      throw new CaptureException(
          "schema rowcast holds what Rowcast did not create: "
              + String.join(", ", strangers)
              + "; move or drop it first, nothing was changed",
          false,
          new IllegalStateException("objects in schema rowcast that are not ours"));
    }
    var changes = new ArrayList<Change>();
    for (var relation : found.relations()) {
      var ours = relation.triggers().stream().filter(CapturedTable::isOurs).toList();
      if (!ours.isEmpty()) {
        changes.add(
            change(
                Optional.of(relation.name()),
                Text.printable(relation.name()) + " is no longer captured",
                ours.stream()
                    .map(t -> "DROP TRIGGER " + t.quoted() + " ON " + relation.quoted())
                    .toList()));
      }
    }
    var statements = new ArrayList<String>();
    found
        .functions()
        .forEach(
            f -> statements.add("DROP FUNCTION rowcast." + f.name() + "(" + f.arguments() + ")"));
    var wal = found.wal().installed();
    wal.ifPresent(there -> statements.add(WalInstallation.dropPublication(there.publication())));
    statements.add("DROP TABLE IF EXISTS rowcast.wal, rowcast.message, rowcast.delivered");
    statements.add("DROP TABLE IF EXISTS rowcast.outbox, rowcast.source, rowcast.state");
    statements.add("DROP SEQUENCE IF EXISTS rowcast.outbox_seq");
    statements.add("DROP SCHEMA rowcast");
    var waiting = waiting(connection, found);
    changes.add(
        change(
            Optional.empty(),
            "schema rowcast is dropped"
                + (waiting == 0 ? "" : ", with " + waiting + " outbox rows that nobody had taken"),
            statements));
    wal.ifPresent(there ->
        changes.add(
            new Change(
                Kind.OLD_SLOT,
                Optional.empty(),
                "slot " + there.slot() + " is dropped",
                List.of(WalInstallation.dropSlot(there.slot())),
                Optional.empty())));
    return changes;
  }

  private static Change change(Optional<TableName> table, String sentence, List<String> sql) {
    return new Change(Kind.LEFTOVER, table, sentence, sql, Optional.empty());
  }

  private static List<String> strangers(Connection connection) throws SQLException {
    var strangers = new ArrayList<String>();
    try (var statement = connection.prepareStatement(STRANGERS.text())) {
      statement.setString(1, OUR_FUNCTIONS);
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          strangers.add(Text.printable(rows.getString(1)));
        }
      }
    }
    return strangers;
  }

  private static MigrationStatus.Table status(CapturedTable table, MigrationPlan plan) {
    return new MigrationStatus.Table(
        table.name(),
        table.key().stream().map(Relation.Column::name).toList(),
        table.columns().stream().map(Relation.Column::name).toList(),
        table.partitions().size(),
        plan.changes().stream()
            .filter(change -> change.table().equals(Optional.of(table.name())))
            .map(Change::line)
            .toList());
  }

  private static long waiting(Connection connection, Comparison.Found found) throws SQLException {
    if (found.missing().contains("outbox")) {
      return 0;
    }
    try (var statement = connection.createStatement();
        var rows =
            statement.executeQuery(
                "SELECT pg_catalog.count(*) FROM (SELECT FROM rowcast.outbox LIMIT "
                    + (MigrationStatus.COUNTED + 1)
                    + ") waiting")) {
      rows.next();
      return rows.getLong(1);
    }
  }

  private Comparison.Found find(Connection connection) throws SQLException {
    var catalogue = new Catalogue(connection);
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery(FOUND.text())) {
      rows.next();
      var missing = List.of((String[]) rows.getArray("missing").getArray());
      return new Comparison.Found(
          rows.getString("role"),
          rows.getString("quoted_role"),
          rows.getString("database"),
          rows.getBoolean("may_create_schema"),
          missing,
          missing.contains("source") ? List.of() : sources(connection),
          catalogue.relations(),
          catalogue.functions("rowcast"),
          catalogue.functions("public"),
          WalFacts.of(connection, settings.wal()));
    }
  }

  private static List<Comparison.Source> sources(Connection connection) throws SQLException {
    var sources = new ArrayList<Comparison.Source>();
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery(SOURCES.text())) {
      while (rows.next()) {
        sources.add(
            new Comparison.Source(
                rows.getInt("id"),
                new TableName(rows.getString("schema_name"), rows.getString("table_name")),
                texts(rows, "key"),
                texts(rows, "columns"),
                rows.getLong("relation")));
      }
    }
    return sources;
  }

  private static List<String> texts(ResultSet rows, String column) throws SQLException {
    var array = rows.getArray(column);
    return array == null ? List.of() : List.of((String[]) array.getArray());
  }

  private static void run(Connection connection, Change change) throws SQLException {
    for (var sql : change.sql()) {
      try (var statement = connection.createStatement()) {
        statement.setEscapeProcessing(false);
        statement.execute(sql);
      } catch (SQLException failure) {
        throw new StatementFailure(change, failure);
      }
    }
  }

  /** Carries what was being done out of the transaction. */
  private static final class StatementFailure extends SQLException {
    private static final long serialVersionUID = 1L;
    private final transient Change change;

    private StatementFailure(Change change, SQLException cause) {
      super(cause.getMessage(), cause.getSQLState(), cause);
      this.change = change;
    }
  }

  @FunctionalInterface
  private interface Work<T> {
    T in(Connection connection) throws SQLException;
  }

  /** Reads in one snapshot, so that a migration under way shows wholly or not at all. */
  private <T> T asked(Work<T> work) {
    try (var connection = open()) {
      connection.setAutoCommit(false);
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      connection.setReadOnly(true);
      var answer = work.in(connection);
      connection.rollback();
      return answer;
    } catch (SQLException failure) {
      throw failed(failure);
    }
  }

  private <T> T repeated(Work<T> work) throws InterruptedException {
    var backoff =
        new Backoff(Duration.ofMillis(200), Duration.ofSeconds(2), RandomGenerator.getDefault());
    for (int attempt = 1; ; attempt++) {
      try (var connection = open()) {
        connection.setAutoCommit(false);
        try {
          for (var sql : PREPARE) {
            try (var statement = connection.createStatement()) {
              statement.execute(sql);
            }
          }
          var answer = work.in(connection);
          connection.commit();
          return answer;
        } catch (SQLException failure) {
          connection.rollback();
          if (!busy(failure)) {
            throw failed(failure);
          }
          if (attempt == ATTEMPTS) {
            throw new CaptureException(busySentence(connection, failure), true, failure);
          }
        }
      } catch (SQLException failure) {
        throw failed(failure);
      }
      backoff.pause();
    }
  }

  private Connection open() {
    try {
      return database.open("rowcast migrate");
    } catch (DatabaseException failure) {
      throw new CaptureException(
          String.valueOf(failure.getMessage()), failure.retryable(), failure);
    }
  }

  /** Lock not available, deadlock, or somebody changed the same catalogue rows just now. */
  private static boolean busy(SQLException failure) {
    return List.of("55P03", "40P01", "XX000").contains(String.valueOf(failure.getSQLState()))
        && (!"XX000".equals(failure.getSQLState())
            || String.valueOf(failure.getMessage()).contains("tuple concurrently updated"));
  }

  private static String busySentence(Connection connection, SQLException failure)
      throws SQLException {
    if (!(failure instanceof StatementFailure statement) || statement.change.table().isEmpty()) {
      return "another 'rowcast migrate' is under way; nothing was changed, try again";
    }
    var table = statement.change.table().get();
    var holders = new ArrayList<String>();
    var relation =
        new Catalogue(connection)
            .relations().stream().filter(r -> r.name().equals(table)).findFirst();
    if (relation.isPresent()) {
      try (var query = connection.prepareStatement(BLOCKERS.text())) {
        query.setLong(1, relation.get().oid());
        try (var rows = query.executeQuery()) {
          while (rows.next()) {
            holders.add(
                "process %d of %s (%s, in its transaction for %s): %s"
                    .formatted(
                        rows.getInt("pid"),
                        rows.getString("usename"),
                        rows.getString("state"),
                        rows.getString("age"),
                        Text.printable(String.valueOf(rows.getString("query")))));
          }
        }
      }
    }
    return "table "
        + Text.printable(table)
        + " was busy in "
        + ATTEMPTS
        + " attempts of "
        + LOCK_TIMEOUT.toSeconds()
        + " s, nothing was changed; "
        + (holders.isEmpty()
            ? "whoever held it has ended since, try again"
            : "it is held by " + String.join("; ", holders));
  }

  private CaptureException failed(SQLException failure) {
    var state = String.valueOf(failure.getSQLState());
    var doing =
        failure instanceof StatementFailure statement
            ? " while putting this right: " + statement.change.sentence()
            : "";
    return new CaptureException(
        "PostgreSQL at "
            + database.url()
            + " refused"
            + doing
            + " ("
            + Text.printable(String.valueOf(failure.getMessage()))
            + "); nothing was changed",
        state.startsWith("08") || state.startsWith("57") || state.startsWith("53"),
        failure);
  }
}
