package dev.rowcast.rows;

import dev.rowcast.base.DataSize;
import dev.rowcast.message.Since;
import dev.rowcast.postgres.SqlResource;
import dev.rowcast.shape.Column;
import dev.rowcast.shape.Shape;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * Reads the rows of a shape as they were at one moment.
 *
 * <p>Thread-safe; blocks.
 *
 * <p>The rows are read in one transaction, as fast as PostgreSQL gives them, into a {@link
 * Snapshot}, which keeps them for as long as its reader takes: no transaction is open for a slow
 * client, however many rows there are. A few are read at a time; the others wait for their turn,
 * however long, as long as they are wanted.
 */
public final class Snapshots {
  private static final SqlResource POSITION = SqlResource.of(Snapshots.class, "position.sql");
  private static final SqlResource ROWS = SqlResource.of(Snapshots.class, "rows.sql");

  /** Rows that are fetched at a time, before it is known how large they are. */
  private static final int FIRST_FETCH = 32;

  private static final int MOST_FETCH = 1000;

  /** About so many characters of rows are fetched at a time. */
  private static final long FETCHED = 1 << 20;

  /** One connection of {@link Questions} less, so that everybody else has an answer meanwhile. */
  private static final int AT_ONCE = 3;

  /** What is kept in memory for all readers together. */
  private static final DataSize MEMORY = DataSize.ofMebibytes(64);

  private final Questions questions;
  private final DataSize most;
  private final SnapshotStore store;
  private final Semaphore turns = new Semaphore(AT_ONCE, true);

  /** No snapshot becomes larger than {@code most}; files are made where the JVM has its own. */
  public Snapshots(Questions questions, DataSize most) {
    this(
        questions,
        most,
        new SnapshotStore(
            MEMORY, SnapshotStore.nameless(Path.of(System.getProperty("java.io.tmpdir")))));
  }

  Snapshots(Questions questions, DataSize most, SnapshotStore store) {
    this.questions = questions;
    this.most = most;
    this.store = store;
  }

  /**
   * Reads.
   *
   * @param wanted asked now and then; once it says no, reading ends, and so does the answer
   * @return what its reader closes; empty when there are more rows than one reader may have, or
   *     nobody wants them any more
   * @throws RowsException when the database cannot be asked, or the rows cannot be kept
   */
  public Optional<Snapshot> read(Shape shape, BooleanSupplier wanted) throws InterruptedException {
    turns.acquire();
    try {
      return wanted.getAsBoolean()
          ? questions.ask(connection -> read(connection, shape, wanted))
          : Optional.empty();
    } finally {
      turns.release();
    }
  }

  private Optional<Snapshot> read(Connection connection, Shape shape, BooleanSupplier wanted)
      throws SQLException {
    connection.setAutoCommit(false);
    connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    var snapshot = new Snapshot(position(connection), store, most);
    var isWhole = false;
    try {
      isWhole = fill(connection, shape, snapshot, wanted);
    } finally {
      if (!isWhole) {
        snapshot.close();
      }
    }
    connection.commit();
    connection.setAutoCommit(true);
    return isWhole ? Optional.of(snapshot) : Optional.empty();
  }

  private static Since.Rendered position(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var row = statement.executeQuery(POSITION.text())) {
      row.next();
      if (Since.parse(row.getString(1)).orElse(null) instanceof Since.Rendered rendered) {
        return rendered;
      }
      throw new SQLException("rowcast.position() gave what is no position");
    }
  }

  /** Whether all rows are there, and wanted. */
  private static boolean fill(
      Connection connection, Shape shape, Snapshot snapshot, BooleanSupplier wanted)
      throws SQLException {
    var condition = shape.condition();
    var sql =
        ROWS.with(
            Map.of(
                "columns",
                columns(shape),
                "table",
                shape.table().quoted(),
                "condition",
                condition.sql()));
    try (var statement = connection.prepareStatement(sql)) {
      statement.setFetchSize(FIRST_FETCH);
      for (int i = 0; i < condition.parameters().size(); i++) {
        statement.setString(i + 1, condition.parameters().get(i));
      }
      try (var rows = statement.executeQuery()) {
        long characters = 0;
        for (long count = 1; rows.next(); count++) {
          var row = rows.getString(1);
          if (!wanted.getAsBoolean() || !snapshot.add(row)) {
            return false;
          }
          characters += row.length();
          rows.setFetchSize(Math.clamp(FETCHED * count / characters, 1, MOST_FETCH));
        }
      }
    }
    snapshot.end();
    return true;
  }

  private static String columns(Shape shape) {
    return shape.table().columns().stream()
        .filter(Column::isCaptured)
        .filter(column ->
            shape.columns().isEmpty()
                || shape.columns().contains(column.name())
                || shape.table().key().contains(column.name()))
        .map(Column::quoted)
        .collect(Collectors.joining(", "));
  }
}
