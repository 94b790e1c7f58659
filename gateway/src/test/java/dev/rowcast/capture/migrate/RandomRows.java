package dev.rowcast.capture.migrate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/**
 * A table with a column of every type, and random rows for it.
 *
 * <p>Confined to the test's thread. The same seed gives the same statements.
 */
final class RandomRows {
  private static final String TEXT = "a \\ \" ' ü 😀 \t\n\u0001 {},NULL (x) %s";

  private final SplittableRandom random;
  private final int version;
  private final Map<String, Column> columns = new LinkedHashMap<>();

  /** A column's type, and literals of it; {@code %d} and {@code %s} stand for something random. */
  private record Column(String type, List<String> values) {}

  RandomRows(long seed, int version) {
    this.random = new SplittableRandom(seed);
    this.version = version;
    numbers();
    texts();
    times();
    structures();
    others();
  }

  /** What makes the table {@code every}. */
  List<String> tables() {
    return List.of(
        "CREATE EXTENSION hstore",
        "CREATE TYPE mood AS ENUM ('sad', 'so so', 'glad \"x\"')",
        "CREATE TYPE level AS ENUM ('low', 'high')",
        "CREATE FUNCTION level_json(level) RETURNS json LANGUAGE sql IMMUTABLE"
            + " AS $$ SELECT json_build_object('level', $1::text) $$",
        "CREATE CAST (level AS json) WITH FUNCTION level_json(level)",
        "CREATE DOMAIN amount AS numeric CHECK (value IS NULL OR value <> 7)",
        "CREATE TYPE spot AS (\"name of it\" text, n numeric, at timestamptz, tags text[])",
        "CREATE DOMAIN good_spot AS spot",
        "CREATE DOMAIN spots AS spot[]",
        "CREATE TYPE nest AS (id int, inner_spot spot, j json, b bytea, m mood, l level)",
        columns.entrySet().stream()
            .map(column -> column.getKey() + " " + column.getValue().type())
            .collect(Collectors.joining(", ", "CREATE TABLE every (id int PRIMARY KEY, ", ")")));
  }

  /** One INSERT of several rows. */
  String insert(int first, int rows) {
    var values = new ArrayList<String>();
    for (int i = 0; i < rows; i++) {
      values.add(
          columns.keySet().stream()
              .map(this::literal)
              .collect(Collectors.joining(", ", "(" + (first + i) + ", ", ")")));
    }
    return "INSERT INTO every VALUES " + String.join(", ", values);
  }

  /** An UPDATE of a few columns of one row. */
  String update(int id) {
    var names = List.copyOf(columns.keySet());
    var chosen = new LinkedHashMap<String, String>();
    for (int i = 0; i < 3; i++) {
      var name = names.get(random.nextInt(names.size()));
      chosen.put(name, literal(name));
    }
    return chosen.entrySet().stream()
        .map(column -> column.getKey() + " = " + column.getValue())
        .collect(Collectors.joining(", ", "UPDATE every SET ", " WHERE id = " + id));
  }

  private String literal(String column) {
    var values = Objects.requireNonNull(columns.get(column)).values();
    var choice = random.nextInt(values.size() + 1);
    if (choice == values.size()) {
      return "NULL";
    }
    var text =
        values
            .get(choice)
            .replace("%d", Integer.toString(random.nextInt(1, 100_000)))
            .replace("%s", Long.toString(random.nextLong(), 36));
    return "'" + text.replace("'", "''") + "'";
  }

  private void column(String name, String type, String... values) {
    columns.put(name, new Column(type, List.of(values)));
  }

  private void numbers() {
    column("b", "bool", "t", "f");
    column("i2", "int2", "0", "-32768", "32767");
    column("i4", "int4", "0", "-2147483648", "%d");
    column("i8", "int8", "9223372036854775807", "-9223372036854775808", "%d%d");
    column(
        "f4",
        "float4",
        "0",
        "-0",
        "NaN",
        "Infinity",
        "-Infinity",
        "1e-38",
        "3.4e38",
        "%d.%d",
        "1e7");
    column(
        "f8",
        "float8",
        "0",
        "-0",
        "NaN",
        "Infinity",
        "-Infinity",
        "5e-324",
        "1.7e308",
        "%d.%d",
        "0.1",
        "1e15",
        "1e16",
        "123456789012345680",
        "-1e-5");
    column(
        "n",
        "numeric",
        "0",
        "-0.000",
        "NaN",
        "1e100",
        "%d.%d%d%d%d%d%d",
        "-1e-50",
        "9".repeat(400) + "." + "1".repeat(300),
        version >= 14 ? "Infinity" : "1",
        version >= 14 ? "-Infinity" : "2");
    column("n2", "numeric(20, 5)", "0", "%d.5", "-%d");
    column("dm", "amount", "%d.%d", "NaN", "1.000");
    column("ob", "oid", "%d", "4294967295");
    column("mo", "money", "12.34", "-%d");
  }

  private void texts() {
    column("t", "text", "", "plain %s", TEXT, "x".repeat(3000), "\\u0000 \\");
    column("vc", "varchar(90)", "", "%s", TEXT);
    column("c", "char(70)", "", "%s", TEXT);
    column("nm", "name", "%s", "a \"b\"");
    column("ch", "\"char\"", "x", "");
    column("ba", "bytea", "", "\\x00ff%d".replace("%d", "10"), "\\xdeadbeef");
    column("bt", "bit(8)", "10101010", "00000000");
    column("vb", "varbit", "", "1", "1010");
    column("e", "mood", "sad", "so so", "glad \"x\"");
    column("l", "level", "low", "high");
    column(
        "u",
        "uuid",
        "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
        "00000000-0000-0000-0000-0000000%d".replace("%d", "12345"));
    column("xm", "xml", "<a>%s</a>", "text");
  }

  private void times() {
    column("d", "date", "2026-11-23", "infinity", "-infinity", "0044-03-15 BC", "12345-01-01");
    column("tm", "time", "00:00", "24:00", "12:34:56.789012");
    column("tmz", "timetz", "00:00+00", "12:34:56.7-03:30", "23:59:59+13");
    column(
        "ts",
        "timestamp",
        "2026-11-23 20:00:00",
        "infinity",
        "-infinity",
        "0044-03-15 12:00:00.123456 BC",
        "20000-01-01 00:00:00.1",
        "0001-01-01 00:00:00");
    column(
        "tsz",
        "timestamptz",
        "2026-11-23 20:00:00+03",
        "infinity",
        "-infinity",
        "0044-03-15 12:00:00.123456+00 BC",
        "20000-01-01 00:00:00.1+00",
        "1850-01-01 00:00:00+00");
    column(
        "iv",
        "interval",
        "1 year 2 mons -3 days 04:05:06.789",
        "0",
        "-%d seconds",
        "-1 day",
        version >= 17 ? "infinity" : "1 day");
  }

  private void structures() {
    column(
        "j",
        "json",
        "{\"b\": 1, \"a\": [1.50, null, true], \"b\": \"\\u00fc\"}",
        " [ ] ",
        "1E3",
        "\"%s\"",
        "{\"long key\": {}, \"k\": -0.0, \"\": \"\\\"\\/\"}",
        "null",
        "12345678901234567890e-5");
    column("jb", "jsonb", "{\"bb\": 1, \"a\": [1.50, null]}", "\"%s\"", "[]", "1e3", "null");
    column("ia", "int[]", "{}", "{1,NULL,-%d}", "{{1,2},{3,4}}", "[0:1]={5,6}", "{{{1}},{{2}}}");
    column("ta", "text[]", "{a,\"b c\",\"\",NULL,\"NULL\",\"\\\"\\\\{},\"}", "{{x},{\"y z\"}}");
    column("na", "numeric[]", "{1.50,NaN,NULL}", "{1e30}");
    column("fa", "float8[]", "{1e+20,-Infinity,NaN}");
    column("ba2", "bool[]", "{t,f,NULL}");
    column("tsa", "timestamptz[]", "{\"2026-11-23 20:00:00+00\",infinity}");
    column("da", "date[]", "{2026-11-23,\"0044-03-15 BC\"}");
    column("ja", "json[]", "{\"{\\\"b\\\": 1, \\\"a\\\": 2e1}\",null,\"[1]\"}");
    column("ea", "mood[]", "{sad,\"so so\",\"glad \\\"x\\\"\"}");
    column("la", "level[]", "{low,NULL}");
    column("bya", "bytea[]", "{\"\\\\x00ff\",\"\\\\x\"}");
    column(
        "cp",
        "spot",
        "(\"a \"\"b\"\" \\\\\",1.50,\"2026-11-23 20:00:00+00\",\"{x,\"\"y z\"\"}\")",
        "(,,,)",
        "(\"\",NaN,infinity,{})");
    column("cpd", "good_spot", "(n,1,\"2026-11-23 20:00:00+00\",)");
    column("cpa", "spot[]", "{\"(a,1,,)\",NULL,\"(\\\"b c\\\",2,infinity,\\\"{1,2}\\\")\"}");
    column("cps", "spots", "{\"(a,1,,)\"}", "{}");
    column(
        "ne",
        "nest",
        "(1,\"(a,1.0,,{x})\",\"{\"\"b\"\": 1, \"\"a\"\": 1e2}\",\"\\\\x00ff\",sad,low)",
        "(,,,,,)");
    column("h", "hstore", "", "a=>1, \"b \\\"c\"=>NULL, cc=>\"\"", "%s=>%d");
    column("ha", "hstore[]", "{\"a=>1\",NULL}");
    column("bx", "box[]", "{(1,1),(0,0);(2,2),(1,1)}");
    column("i2v", "int2vector", "1 2 3", "");
    column("ov", "oidvector", "1 4294967295", "");
  }

  private void others() {
    column("r", "int4range", "[1,%d00000)".replace("00000", "000"), "empty", "(,5]");
    column("nr", "numrange", "[1.50,2.5)", "(,)");
    column("tr", "tstzrange", "[\"2026-11-23 20:00:00+00\",infinity)");
    column("ra", "int4range[]", "{\"[1,5)\",empty}");
    if (version >= 14) {
      column("mr", "int4multirange", "{}", "{[1,5),[7,9)}");
    }
    column("ip", "inet", "192.168.0.1", "10.0.0.0/8", "::1", "2001:db8::/32");
    column("cd", "cidr", "10.0.0.0/8", "::/0");
    column("ma", "macaddr", "08:00:2b:01:02:03");
    column("m8", "macaddr8", "08:00:2b:01:02:03:04:05");
    column("pt", "point", "(1.5,-0)", "(NaN,Infinity)");
    column("po", "polygon", "((0,0),(1,1),(1,0))");
    column("ls", "pg_lsn", "16/B374D848");
    column("tv", "tsvector", "a:1A 'b c':2");
    column("tq", "tsquery", "a & !b");
    column("jp", "jsonpath", "$.a[*] ? (@ > 1)");
    column("rc", "regclass", "pg_class");
  }
}
