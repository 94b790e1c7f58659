package dev.rowcast.fold;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/**
 * Random transactions on the tables: rows that come, change, go, change their key, many at once,
 * with savepoints, rolled back, or open beside others.
 *
 * <p>Confined to one thread. The same generator gives the same.
 */
final class Transactions {
  private static final int ORDERS = 60;

  private final SplittableRandom random;

  Transactions(SplittableRandom random) {
    this.random = random;
  }

  /**
   * A transaction.
   *
   * @param statements separated by semicolons
   */
  record Transaction(String statements, boolean commits) {}

  /** What the tables hold before all. */
  List<String> beginning() {
    var statements = new ArrayList<String>();
    statements.add("TRUNCATE orders, lines, notes");
    for (int id = 1; id <= ORDERS; id += 2) {
      statements.add("INSERT INTO orders VALUES (" + id + ", " + literals(Table.ORDERS) + ")");
    }
    for (int i = 0; i < 12; i++) {
      statements.add(linesOfSomeOrders(1 + i % 3));
    }
    for (int i = 0; i < 20; i++) {
      statements.add(note());
    }
    return statements;
  }

  Transaction next() {
    var statements = new ArrayList<String>();
    for (int i = random.nextInt(4); i >= 0; i--) {
      if (random.nextInt(10) == 0) {
        statements.add("SAVEPOINT s");
        statements.add(statement());
        statements.add("ROLLBACK TO SAVEPOINT s");
      }
      statements.add(statement());
    }
    if (random.nextInt(2) == 0) {
      statements.add(
          random.nextInt(statements.size() + 1),
          "SELECT pg_sleep(0.0%02d)".formatted(1 + random.nextInt(20)));
    }
    return new Transaction(String.join("; ", statements), random.nextInt(8) > 0);
  }

  private String statement() {
    return switch (random.nextInt(20)) {
      case 0, 1, 2 ->
          "INSERT INTO orders VALUES (%d, %s) ON CONFLICT (id) DO UPDATE SET %s"
              .formatted(order(), literals(Table.ORDERS), assignment(Table.ORDERS));
      case 3, 4, 5 ->
          "UPDATE orders SET %s WHERE id = %d".formatted(assignment(Table.ORDERS), order());
      case 6 ->
          "UPDATE orders SET %s WHERE id %% 19 = %d"
              .formatted(assignment(Table.ORDERS), random.nextInt(19));
      case 7 -> "DELETE FROM orders WHERE id = " + order();
      case 8 -> {
        var id = order();
        yield "UPDATE orders SET id = %d WHERE id = %d AND NOT EXISTS (SELECT FROM orders WHERE id = %d)"
            .formatted(id + ORDERS, id, id + ORDERS);
      }
      case 9 -> "DELETE FROM orders WHERE id > " + ORDERS + " AND id % 6 = " + random.nextInt(6);
      case 10, 11 -> linesOfSomeOrders(1 + random.nextInt(3));
      case 12, 13 ->
          "UPDATE lines SET %s WHERE nr = %d AND order_id %% 16 = %d"
              .formatted(assignment(Table.LINES), 1 + random.nextInt(3), random.nextInt(16));
      case 14 -> "DELETE FROM lines WHERE order_id % 17 = " + random.nextInt(17);
      case 15 -> note();
      case 16, 17 ->
          "UPDATE notes SET %s WHERE id = %s".formatted(assignment(Table.NOTES), noteId());
      case 18 -> "DELETE FROM notes WHERE id = " + noteId();
      default ->
          random.nextInt(6) == 0
              ? "TRUNCATE notes"
              : "UPDATE notes SET score = score + 0.5 WHERE mood = " + of(Table.NOTES, "mood");
    };
  }

  private String linesOfSomeOrders(int nr) {
    return "INSERT INTO lines SELECT id, %d, %s FROM orders WHERE id %% 13 = %d ON CONFLICT (order_id, nr) DO UPDATE SET %s"
        .formatted(nr, literals(Table.LINES), random.nextInt(13), assignment(Table.LINES));
  }

  private String note() {
    return "INSERT INTO notes VALUES (%s, %s) ON CONFLICT (id) DO UPDATE SET %s"
        .formatted(noteId(), literals(Table.NOTES), assignment(Table.NOTES));
  }

  private int order() {
    return 1 + random.nextInt(ORDERS);
  }

  private String noteId() {
    return of(Table.NOTES, "id");
  }

  private String of(Table table, String column) {
    return table.columns().stream()
        .filter(each -> each.name().equals(column))
        .findFirst()
        .orElseThrow()
        .literal(random);
  }

  /** Values of all columns beside the key. */
  private String literals(Table table) {
    return table.others().stream()
        .map(column -> column.literal(random))
        .collect(Collectors.joining(", "));
  }

  /** A new value for one column beside the key. */
  private String assignment(Table table) {
    var others = table.others();
    var column = others.get(random.nextInt(others.size()));
    return column.name() + " = " + column.literal(random);
  }
}
