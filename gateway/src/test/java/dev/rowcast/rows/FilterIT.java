package dev.rowcast.rows;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.embedded.EmbeddedPostgres;
import dev.rowcast.embedded.PostgresOptions;
import dev.rowcast.shape.Filter;
import dev.rowcast.shape.FilterSettings;
import dev.rowcast.shape.RowEvent;
import dev.rowcast.shape.Shape;
import dev.rowcast.shape.ShapeIndex;
import dev.rowcast.shape.TableColumns;
import dev.rowcast.shape.Verdict;
import dev.rowcast.testing.OutboxDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The evaluator and PostgreSQL give the same answer, of every filter and every row.
 *
 * <p>A case is one filter and one row. {@code -Drowcast.filter.cases=10000000} for a long run,
 * {@code -Drowcast.filter.seed=…} for another one.
 */
@Timeout(1800)
final class FilterIT {
  private static final int CASES = Integer.getInteger("rowcast.filter.cases", 100_000);
  private static final long SEED = Long.getLong("rowcast.filter.seed", 1);
  private static final int ROWS = 250;
  private static final int FILTERS = 40;

  /** What sessions of writers may have set, in which the rows' JSON is made. */
  private static final List<String> WRITERS =
      List.of(
          "SET TimeZone = 'UTC'; SET IntervalStyle = 'postgres'; SET bytea_output = 'hex'",
          "SET TimeZone = 'America/St_Johns'; SET IntervalStyle = 'iso_8601';"
              + " SET bytea_output = 'escape'",
          "SET TimeZone = 'Asia/Kolkata'; SET IntervalStyle = 'sql_standard';"
              + " SET bytea_output = 'escape'",
          "SET TimeZone = 'Europe/Amsterdam'; SET IntervalStyle = 'postgres_verbose';"
              + " SET extra_float_digits = 3");

  @ParameterizedTest
  @ValueSource(ints = {18, 13})
  void everyFilterSelectsTheRowsThatPostgresqlSelects(int version) throws Exception {
    var seed = SEED * 100 + version;
    try (var server = EmbeddedPostgres.start(PostgresOptions.forTests().version(version))) {
      var database = OutboxDatabase.empty(server);
      database.install();
      try (var connection = database.connect()) {
        var hasIcu =
            !texts(connection, "SELECT 1 FROM pg_collation WHERE collname = 'en-x-icu'").isEmpty();
        var made = new RandomFilters(seed, version, hasIcu);
        made.tables().forEach(database::execute);
        database.execute("CALL rowcast.capture('every', 'id')");
        var table = new ColumnReader(connection).read("public.every").orElseThrow();
        compare(connection, table, made, new SplittableRandom(seed));
      }
    }
  }

  private static void compare(
      Connection connection, TableColumns table, RandomFilters made, SplittableRandom random)
      throws SQLException {
    var compared = 0;
    var selected = 0;
    var undecided = 0;
    var refused = 0;
    while (compared < CASES / 2) {
      var shapes = new ArrayList<Shape>();
      while (shapes.size() < FILTERS) {
        var text = made.filter();
        switch (Filter.parse(text, FilterSettings.DEFAULTS)) {
          case Filter.Parsed.Refused(var why) -> throw new AssertionError(text + ": " + why);
          case Filter.Parsed.Accepted(var filter) -> {
            switch (Shape.of(table, filter, List.of())) {
              case Shape.Made.Accepted(var shape) -> shapes.add(shape);
              case Shape.Made.Refused(var why) -> {
                assertThat(why)
                    .containsAnyOf(
                        "order is that of a collation", "outside ASCII", "ends with a backslash");
                refused++;
              }
            }
          }
        }
      }
      execute(connection, "TRUNCATE every");
      execute(connection, made.insert(0, ROWS));
      var index = new ShapeIndex();
      shapes.forEach(index::add);
      execute(connection, WRITERS.get(random.nextInt(WRITERS.size())));
      var rows = texts(connection, "SELECT to_jsonb(every) FROM every ORDER BY id");
      execute(connection, Questions.SESSION.text());
      execute(connection, "SET default_transaction_read_only = off; SET search_path = public");
      var answers = answers(connection, shapes);
      for (int row = 0; row < ROWS; row++) {
        var event =
            RowEvent.read(
                ("{\"type\":\"insert\",\"position\":\"e.1-0\",\"table\":\"public.every\",\"key\":{\"id\":"
                        + row
                        + "},\"row\":"
                        + rows.get(row)
                        + ",\"tx\":\"7\"}")
                    .getBytes(UTF_8));
        var found = new HashSet<String>();
        index.match(event, (shape, _) -> found.add(shape.id()));
        for (int i = 0; i < shapes.size(); i++) {
          var shape = shapes.get(i);
          var verdict = shape.judge(event);
          compared++;
          if (verdict == Verdict.UNDECIDED) {
            undecided++;
          } else {
            assertThat(verdict == Verdict.INSERT)
                .as("%s of %s, seed %s", shape.condition(), rows.get(row), SEED)
                .isEqualTo(answers.get(row).charAt(i) == 't');
            selected += verdict == Verdict.INSERT ? 1 : 0;
          }
          assertThat(found.contains(shape.id()))
              .as("the index about %s of %s", shape.condition(), rows.get(row))
              .isEqualTo(verdict != Verdict.NOTHING);
        }
      }
    }
    System.out.printf(
        "filters: seed %d, %d cases, %d rows selected, %d undecided, %d filters refused%n",
        SEED, compared, selected, undecided, refused);
    assertThat(selected).isGreaterThan(compared / 20);
    assertThat(undecided).isLessThan(compared / 100);
  }

  /** For each row what each filter says of it: {@code t} where it is true. */
  private static List<String> answers(Connection connection, List<Shape> shapes)
      throws SQLException {
    var sql =
        shapes.stream()
            .map(shape -> "CASE WHEN " + shape.condition().sql() + " THEN 't' ELSE 'f' END")
            .collect(Collectors.joining(" || ", "SELECT ", " FROM every ORDER BY id"));
    var answers = new ArrayList<String>();
    try (var statement = connection.prepareStatement(sql)) {
      var place = 0;
      for (var shape : shapes) {
        for (var parameter : shape.condition().parameters()) {
          statement.setString(++place, parameter);
        }
      }
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          answers.add(rows.getString(1));
        }
      }
    }
    return answers;
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.setEscapeProcessing(false);
      statement.execute(sql);
    }
  }

  private static List<String> texts(Connection connection, String sql) throws SQLException {
    var texts = new ArrayList<String>();
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        texts.add(rows.getString(1));
      }
    }
    return texts;
  }
}
