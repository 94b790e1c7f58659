package dev.rowcast.fold;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rowcast.fold.Table.Column;
import dev.rowcast.fold.Table.Kind;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a client wants to hold, said twice: in the words of the protocol, and as SQL. The two are
 * written side by side here and not one made of the other by the product.
 *
 * <p>Immutable.
 *
 * @param where percent-encoded, as in a query; empty: all rows
 * @param sql the same as a condition
 * @param columns beside the key; empty: all
 * @param asksForLarge whether the filter asks for a value that an event may not tell
 */
record Wish(Table table, String where, String sql, List<String> columns, boolean asksForLarge) {

  /** A condition on one column: as a part of a query, as a member of a group, and as SQL. */
  private record Term(Column column, String word, String member, String sql) {}

  static Wish random(SplittableRandom random) {
    var choice = random.nextInt(5);
    var table = choice < 2 ? Table.ORDERS : choice < 4 ? Table.LINES : Table.NOTES;
    var terms = new ArrayList<Term>();
    var shape = random.nextInt(20);
    for (int i = shape < 3 ? 0 : shape < 10 ? 1 : 2; i > 0; i--) {
      terms.add(term(table, random));
    }
    var asGroup = terms.size() == 2 && shape >= 16;
    var where =
        asGroup
            ? "or=" + encoded("(" + terms.get(0).member() + "," + terms.get(1).member() + ")")
            : terms.stream()
                .map(term -> term.column().name() + "=" + encoded(term.word()))
                .collect(Collectors.joining("&"));
    var sql =
        terms.isEmpty()
            ? "TRUE"
            : terms.stream().map(Term::sql).collect(Collectors.joining(asGroup ? " OR " : " AND "));
    var columns =
        random.nextInt(3) > 0
            ? List.<String>of()
            : table.others().stream().map(Column::name).filter(_ -> random.nextBoolean()).toList();
    var asksForLarge = terms.stream().anyMatch(term -> term.column().kind() == Kind.LARGE);
    return new Wish(table, where, sql, columns, asksForLarge);
  }

  private static Term term(Table table, SplittableRandom random) {
    var askable = table.columns().stream().filter(column -> column.kind() != Kind.SHOWN).toList();
    var column = askable.get(random.nextInt(askable.size()));
    var isNegated = random.nextInt(5) == 0;
    var name = column.name();
    var term =
        switch (random.nextInt(8)) {
          case 0 -> is(column, "null", " IS NULL");
          case 1 -> is(column, "not_null", " IS NOT NULL");
          case 2 -> {
            var values =
                Stream.generate(() -> column.value(random)).limit(1 + random.nextInt(3)).toList();
            var quoted =
                values.stream().map(Wish::quoted).collect(Collectors.joining(",", "(", ")"));
            var list =
                values.stream().map(column::literal).collect(Collectors.joining(", ", "(", ")"));
            yield new Term(
                column, "in." + quoted, name + ".in." + quoted, "(" + name + " IN " + list + ")");
          }
          default ->
              switch (column.kind()) {
                case BOOL ->
                    random.nextBoolean()
                        ? is(column, "true", " IS TRUE")
                        : is(column, "false", " IS FALSE");
                case TEXT, LARGE ->
                    random.nextBoolean() ? like(column, random) : equal(column, random);
                default -> compared(column, random);
              };
        };
    return isNegated
        ? new Term(
            column,
            "not." + term.word(),
            name + ".not." + term.member().substring(name.length() + 1),
            "(NOT " + term.sql() + ")")
        : term;
  }

  private static Term is(Column column, String word, String sql) {
    return new Term(
        column, "is." + word, column.name() + ".is." + word, "(" + column.name() + sql + ")");
  }

  private static Term like(Column column, SplittableRandom random) {
    var start = column.value(random).substring(0, 1);
    return new Term(
        column,
        "like." + start + "*",
        column.name() + ".like." + quoted(start + "*"),
        "(" + column.name() + " LIKE '" + start + "%')");
  }

  private static Term equal(Column column, SplittableRandom random) {
    return operator(column, random.nextBoolean() ? "eq" : "neq", column.value(random));
  }

  private static Term compared(Column column, SplittableRandom random) {
    var words = List.of("eq", "eq", "gt", "gte", "lt", "lte", "neq");
    return operator(column, words.get(random.nextInt(words.size())), column.value(random));
  }

  private static Term operator(Column column, String word, String value) {
    var sign =
        switch (word) {
          case "eq" -> "=";
          case "neq" -> "<>";
          case "gt" -> ">";
          case "gte" -> ">=";
          case "lt" -> "<";
          default -> "<=";
        };
    return new Term(
        column,
        word + "." + value,
        column.name() + "." + word + "." + quoted(value),
        "(%s %s %s)".formatted(column.name(), sign, column.literal(value)));
  }

  private static String quoted(String value) {
    return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8);
  }

  /** The query that asks for it at {@code /live}. */
  String query() {
    return "table=public."
        + table.sql()
        + (where.isEmpty() ? "" : "&" + where)
        + (columns.isEmpty() ? "" : "&columns=" + String.join(",", columns));
  }

  /** The database's answer, one row of JSON each. */
  String select() {
    return "SELECT to_jsonb(t)::text FROM (SELECT "
        + shown()
        + " FROM public."
        + table.sql()
        + " WHERE "
        + sql
        + ") t";
  }

  /** One row by its key, whether or not it matches. */
  String select(String keyCondition) {
    return "SELECT to_jsonb(t)::text FROM (SELECT "
        + shown()
        + " FROM public."
        + table.sql()
        + " WHERE "
        + keyCondition
        + ") t";
  }

  private String shown() {
    return columns.isEmpty()
        ? "*"
        : Stream.concat(table.key().stream(), columns.stream()).collect(Collectors.joining(", "));
  }

  @Override
  public String toString() {
    return query() + "  [" + select() + "]";
  }
}
