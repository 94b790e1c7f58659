package dev.rowcast.rows;

import dev.rowcast.base.DataSize;
import dev.rowcast.message.Since;
import dev.rowcast.postgres.SqlResource;
import dev.rowcast.shape.Column;
import dev.rowcast.shape.Shape;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Reads the rows of a shape as they were at one moment.
 *
 * <p>Thread-safe; blocks.
 *
 * <p>The rows are read in one transaction, as fast as PostgreSQL gives them, into a {@link
 * Snapshot}, which keeps them for as long as its reader takes: no transaction is open for a slow
 * client, however many rows there are.
 */
public final class Snapshots {
  private static final SqlResource POSITION = SqlResource.of(Snapshots.class, "position.sql");
  private static final SqlResource ROWS = SqlResource.of(Snapshots.class, "rows.sql");
  private static final int FETCH = 500;

  private final Questions questions;
  private final DataSize most;

  /** No snapshot becomes larger than {@code most}. */
  public Snapshots(Questions questions, DataSize most) {
    this.questions = questions;
    this.most = most;
  }

  /**
   * Reads.
   *
   * @return what its reader closes
   * @throws RowsException when the database cannot be asked, or there are too many rows
   */
  public Snapshot read(Shape shape) {
    return questions.ask(connection -> {
      connection.setAutoCommit(false);
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      var snapshot = new Snapshot(position(connection), most);
      try {
        fill(connection, shape, snapshot);
      } catch (SQLException | RuntimeException failure) {
        snapshot.close();
        throw failure;
      }
      connection.commit();
      connection.setAutoCommit(true);
      return snapshot;
    });
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

  private static void fill(Connection connection, Shape shape, Snapshot snapshot)
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
      statement.setFetchSize(FETCH);
      for (int i = 0; i < condition.parameters().size(); i++) {
        statement.setString(i + 1, condition.parameters().get(i));
      }
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          snapshot.add(rows.getString(1));
        }
      }
    }
    snapshot.end();
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
