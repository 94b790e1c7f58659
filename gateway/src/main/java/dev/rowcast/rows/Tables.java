package dev.rowcast.rows;

import dev.rowcast.base.Pause;
import dev.rowcast.shape.TableColumns;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The columns of the tables that somebody reads, as the catalogue has them.
 *
 * <p>Thread-safe; {@link #isCurrent} never waits, {@link #columns} may.
 *
 * <p>What was read once is looked at again every {@link #AGE} by one virtual thread, so that
 * whoever filters by types that are no longer the table's can be told to come again.
 */
public final class Tables implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Tables.class);

  /** How late a change of a table may be noticed. */
  static final Duration AGE = Duration.ofSeconds(5);

  private final Questions questions;
  private final Map<String, TableColumns> known = new ConcurrentHashMap<>();
  private @Nullable Thread thread;

  /** Asks nothing yet. */
  public Tables(Questions questions) {
    this.questions = questions;
  }

  /** Begins to look again. */
  public void start() {
    thread = Thread.ofVirtual().name("rowcast-live-columns").start(this::lookAgain);
  }

  /**
   * The table's columns; empty when it is not captured.
   *
   * @param table {@code schema.name}
   * @throws RowsException when the database cannot be asked
   */
  public Optional<TableColumns> columns(String table) {
    var found = known.get(table);
    if (found != null) {
      return Optional.of(found);
    }
    var read = read(table);
    read.ifPresent(columns -> known.putIfAbsent(table, columns));
    return read.map(columns -> known.getOrDefault(table, columns));
  }

  /** Whether this is still what is known of the table. */
  public boolean isCurrent(TableColumns columns) {
    return columns.equals(known.get(columns.table()));
  }

  private Optional<TableColumns> read(String table) {
    return questions.ask(connection -> new ColumnReader(connection).read(table));
  }

  private void lookAgain() {
    try {
      while (true) {
        Pause.of(AGE);
        look();
      }
    } catch (InterruptedException _) {
      // Closed.
    }
  }

  /** Looks at everything known once more. */
  void look() {
    try {
      for (var table : known.keySet()) {
        read(table)
            .ifPresentOrElse(
                columns -> {
                  if (!columns.equals(known.put(table, columns))) {
                    LOG.info("{} has changed: whoever filters it is told to come again", table);
                  }
                },
                () -> known.remove(table));
      }
    } catch (RowsException away) {
      LOG.debug("the columns of tables cannot be looked at: {}", away.getMessage());
    }
  }

  @Override
  public void close() {
    if (thread != null) {
      thread.interrupt();
    }
  }
}
