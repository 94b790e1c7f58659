package dev.rowcast.rows;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/**
 * A table with a column of every type that can be filtered, random rows for it, and random filters
 * as somebody would write them.
 *
 * <p>Confined to the test's thread. The same seed gives the same.
 */
final class RandomFilters {
  private static final List<String> COMPARISONS = List.of("eq", "neq", "gt", "gte", "lt", "lte");

  private final SplittableRandom random;
  private final Map<String, Kind> columns = new LinkedHashMap<>();

  /**
   * A column.
   *
   * @param stored literals of PostgreSQL
   * @param asked what filters ask for
   */
  private record Kind(String type, List<String> stored, List<String> asked, boolean isText) {}

  RandomFilters(long seed, int version, boolean hasIcu) {
    this.random = new SplittableRandom(seed);
    numbers(version);
    texts(version, hasIcu);
    times(version);
    others();
  }

  List<String> tables() {
    return List.of(
        "CREATE TYPE mood AS ENUM ('zany', 'ok', 'glad', 'a, (b) \"c\"')",
        "ALTER TYPE mood ADD VALUE 'between' BEFORE 'glad'",
        "CREATE DOMAIN amount AS numeric CHECK (value IS NULL OR value <> 77)",
        "CREATE DOMAIN amounts AS amount",
        columns.entrySet().stream()
            .map(column ->
                '"' + column.getKey().replace("\"", "\"\"") + "\" " + column.getValue().type())
            .collect(Collectors.joining(", ", "CREATE TABLE every (id int PRIMARY KEY, ", ")")));
  }

  /** Rows with numbers from {@code first} on. */
  String insert(int first, int many) {
    var rows = new ArrayList<String>();
    for (int i = 0; i < many; i++) {
      rows.add(
          columns.values().stream()
              .map(kind -> literal(kind.stored()))
              .collect(Collectors.joining(", ", "(" + (first + i) + ", ", ")")));
    }
    return "INSERT INTO every VALUES " + String.join(", ", rows);
  }

  private String literal(List<String> values) {
    var choice = random.nextInt(values.size() + 1);
    return choice == values.size()
        ? "NULL"
        : "'" + filled(values.get(choice)).replace("'", "''") + "'";
  }

  /** A digit wherever the literal leaves one open. */
  private String filled(String pattern) {
    var text = new StringBuilder();
    for (int i = 0; i < pattern.length(); i++) {
      var c = pattern.charAt(i);
      text.append(c == '#' ? (char) ('1' + random.nextInt(4)) : c);
    }
    return text.toString();
  }

  /** The text of a filter, percent-encoded. */
  String filter() {
    var parts = new ArrayList<String>();
    for (int i = 0, many = 1 + random.nextInt(3); i < many; i++) {
      if (random.nextInt(3) == 0) {
        var group = group(2);
        parts.add(group.name() + "=" + encoded(group.members()));
      } else {
        var column = column();
        var term = term(column, false);
        parts.add(encoded(column) + "=" + encoded(term));
      }
    }
    return String.join("&", parts);
  }

  private record Group(String name, String members) {}

  private Group group(int depth) {
    var members = new ArrayList<String>();
    for (int i = 0, many = 1 + random.nextInt(3); i < many; i++) {
      if (depth > 0 && random.nextInt(4) == 0) {
        var inner = group(depth - 1);
        members.add(inner.name() + inner.members());
      } else {
        var column = column();
        members.add(quoted(column) + "." + term(column, true));
      }
    }
    var name = random.nextBoolean() ? "or" : "and";
    return new Group(
        random.nextInt(4) == 0 ? "not." + name : name, "(" + String.join(",", members) + ")");
  }

  private String column() {
    var names = List.copyOf(columns.keySet());
    return names.get(random.nextInt(names.size()));
  }

  private String term(String column, boolean isMember) {
    var kind = Objects.requireNonNull(columns.get(column));
    var not = random.nextInt(4) == 0 ? "not." : "";
    var choice = random.nextInt(12);
    if (choice == 0) {
      return not + "is." + (random.nextBoolean() ? "null" : "not_null");
    }
    if (kind.type().equals("bool") && choice < 5) {
      return not
          + "is."
          + (random.nextBoolean() ? "true" : random.nextBoolean() ? "false" : "unknown");
    }
    if (choice <= 2) {
      var values = new ArrayList<String>();
      for (int i = 0, many = random.nextInt(5); i < many; i++) {
        values.add(quoted(asked(kind)));
      }
      return not + "in.(" + String.join(",", values) + ")";
    }
    if (kind.isText() && choice <= 6) {
      var operator = random.nextBoolean() ? "like." : "ilike.";
      return not + operator + (isMember ? quoted(pattern(kind)) : pattern(kind));
    }
    var operator = COMPARISONS.get(random.nextInt(COMPARISONS.size()));
    return not + operator + "." + (isMember ? quoted(asked(kind)) : asked(kind));
  }

  private String asked(Kind kind) {
    return filled(kind.asked().get(random.nextInt(kind.asked().size())));
  }

  /** A value with some of its characters replaced by wildcards. */
  private String pattern(Kind kind) {
    var value = asked(kind);
    var pattern = new StringBuilder();
    for (int i = 0; i < value.length(); ) {
      var c = value.codePointAt(i);
      i += Character.charCount(c);
      switch (random.nextInt(8)) {
        case 0 -> pattern.append('_');
        case 1 -> pattern.append(random.nextBoolean() ? '%' : '*');
        case 2 -> pattern.append('\\').appendCodePoint(c);
        case 3 -> pattern.append(Character.toString(c).toUpperCase(Locale.ROOT));
        default -> pattern.append(c == '\\' ? "\\\\" : Character.toString(c));
      }
    }
    return pattern.append(random.nextInt(3) == 0 ? "%" : "").toString();
  }

  private String quoted(String value) {
    return random.nextBoolean() || value.matches(".*[,()\".\\\\ ].*")
        ? '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"'
        : value;
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8);
  }

  private void column(String name, String type, List<String> both) {
    columns.put(name, new Kind(type, both, both, false));
  }

  private void column(String name, String type, List<String> stored, List<String> asked) {
    columns.put(name, new Kind(type, stored, asked, false));
  }

  private void text(String name, String type, String... both) {
    columns.put(name, new Kind(type, List.of(both), List.of(both), true));
  }

  private void numbers(int version) {
    column("b", "bool", List.of("true", "false"));
    column("i2", "int2", List.of("0", "-32768", "32767", "#"));
    column("i4", "int4", List.of("0", "-2147483648", "2147483647", "#", "-#"));
    column("i8", "int8", List.of("9223372036854775807", "-9223372036854775808", "#", "+#"));
    column(
        "f4",
        "float4",
        List.of(
            "0", "-0", "NaN", "Infinity", "-Infinity", "1e-38", "3.4e38", "0.#", "1e7", "1e-45"));
    column(
        "f8",
        "float8",
        List.of(
            "0",
            "-0",
            "NaN",
            "Infinity",
            "-Infinity",
            "5e-324",
            "1.7e308",
            "0.#",
            "0.1",
            "1e16",
            "123456789012345680",
            "123456789012345681"));
    var big = "9".repeat(300) + "." + "1".repeat(100);
    var numbers =
        new ArrayList<>(
            List.of(
                "0", "-0.000", "NaN", "1e100", "1.0", "1.00", "#.#0", "-1e-50", big, big + "0"));
    if (version >= 14) {
      numbers.addAll(List.of("Infinity", "-Infinity"));
    }
    column("n", "numeric", numbers);
    column("n2", "numeric(20, 5)", List.of("0", "#.5", "-#", "1.00001"));
    column("dm", "amounts", List.of("#.#", "NaN", "1.000", "1"));
  }

  private void texts(int version, boolean hasIcu) {
    var some =
        new String[] {
          "", "a", "A", "ab", "Ab ", "ü", "Ü", "ﬀ", "😀", "zB", "a#", "b\\c", "100%", "a_b"
        };
    text("t", "text COLLATE \"C\"", some);
    text("td", "text", some);
    text("vc", "varchar(90) COLLATE \"C\"", some);
    text("c", "char(7) COLLATE \"C\"", some);
    text("nm", "name", "a", "B", "ab", "a \"b\"");
    text("t.x, (\"y\")", "text COLLATE \"C\"", some);
    text("kelvin", "text COLLATE \"C\"", "\u212A", "k", "K", "\u0130", "i", "I", "\u0131");
    if (version >= 17) {
      text("tb", "text COLLATE pg_c_utf8", some);
    }
    if (hasIcu) {
      text("ti", "text COLLATE \"en-x-icu\"", some);
      text("ki", "text COLLATE \"en-x-icu\"", "\u212A", "k", "K", "\u0130", "i", "I", "\u0131");
    }
    column("e", "mood", List.of("zany", "ok", "glad", "between", "a, (b) \"c\""));
  }

  private void times(int version) {
    column(
        "d",
        "date",
        List.of("2026-11-2#", "infinity", "-infinity", "0044-03-15 BC", "12345-01-01"));
    column(
        "tm",
        "time",
        List.of("00:00", "24:00", "12:34:56.789012", "0#:00"),
        List.of("00:00", "24:00:00", "12:34:56.789012", "0#:00:00.0"));
    column(
        "tmz",
        "timetz",
        List.of("00:00+00", "12:34:56.7-03:30", "23:59:59+13", "0#:00+0#", "24:00+00"),
        List.of("00:00Z", "12:34:56.700-03:30", "23:59:59+13:00", "0#:00+0#", "24:00+00"));
    column(
        "ts",
        "timestamp",
        List.of(
            "2026-11-23 20:00:0#",
            "infinity",
            "-infinity",
            "0044-03-15 12:00:00.123456 BC",
            "20000-01-01 00:00:00.1",
            "0001-01-01 00:00:00"),
        List.of(
            "2026-11-23T20:00:0#",
            "infinity",
            "-infinity",
            "0044-03-15 12:00:00.123456 BC",
            "20000-01-01 00:00:00.100",
            "0001-01-01 00:00"));
    column(
        "tsz",
        "timestamptz",
        List.of(
            "2026-11-23 1#:00:00+0#",
            "infinity",
            "-infinity",
            "0044-03-15 12:00:00.123456+00 BC",
            "20000-01-01 00:00:00.1+00",
            "1850-01-01 00:00:00+00"),
        List.of(
            "2026-11-23T1#:00:00+0#:00",
            "infinity",
            "-infinity",
            "0044-03-15 12:00:00.123456Z BC",
            "20000-01-01 00:00:00.1+00",
            "1849-12-31 23:00:00-01",
            "1850-01-01 00:00:01+00:00:01"));
    var intervals =
        List.of(
            "1 year 2 mons -3 days 04:05:06.789",
            "00:00:00",
            "-# days",
            "# mons",
            "30 days",
            "-1 days +02:00:00",
            "1 days -02:00:00",
            "24:00:00",
            "-00:00:00.000001",
            "-1 mons",
            "-1 mons -2 days -00:00:03",
            "-3 days -04:05:06",
            "178000000 years");
    var stored = new ArrayList<>(intervals);
    if (version >= 17) {
      stored.addAll(List.of("infinity", "-infinity"));
    }
    var asked = new ArrayList<>(intervals);
    asked.addAll(List.of("P1Y2M-3DT4H5M6.789S", "P1M", "PT24H", "P30D", "1 day 2 hours ago"));
    column("iv", "interval", stored, asked);
  }

  private void others() {
    column(
        "u",
        "uuid",
        List.of(
            "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1#",
            "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11",
            "00000000-0000-0000-0000-00000000000#"));
    column("ba", "bytea", List.of("\\x", "\\x00ff#0", "\\xDEADBEEF", "\\x5c00", "\\x00ff"));
  }
}
