package dev.rowcast.rows;

import dev.rowcast.postgres.SqlResource;
import dev.rowcast.shape.Column;
import dev.rowcast.shape.ColumnType;
import dev.rowcast.shape.ColumnType.Collation;
import dev.rowcast.shape.ColumnType.Folding;
import dev.rowcast.shape.ColumnType.Plain;
import dev.rowcast.shape.TableColumns;
import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the columns of a captured table from the catalogue.
 *
 * <p>Confined to the thread that uses the connection.
 */
final class ColumnReader {
  private static final SqlResource COLUMNS = SqlResource.of(ColumnReader.class, "columns.sql");

  private static final Set<String> BINARY_LIBC = Set.of("C", "POSIX");
  private static final Set<String> BINARY_BUILTIN = Set.of("C", "C.UTF-8", "PG_UNICODE_FAST");

  /**
   * Languages of which we know that every library makes the letters of ASCII, and the two others
   * that become some, small in the same way. In Turkish, Azerbaijani, Tatar, Kurdish or Lithuanian
   * it is otherwise.
   */
  private static final Set<String> PLAIN_LETTERS =
      Set.of(
          "",
          "c",
          "posix",
          "und",
          "root",
          "en",
          "de",
          "fr",
          "es",
          "it",
          "pt",
          "nl",
          "sv",
          "da",
          "nb",
          "nn",
          "no",
          "fi",
          "pl",
          "cs",
          "sk",
          "sl",
          "hr",
          "hu",
          "ro",
          "bg",
          "el",
          "et",
          "lv",
          "is",
          "ru",
          "uk",
          "he",
          "ar",
          "ja",
          "ko",
          "zh",
          "pg_unicode_fast");

  private final Connection connection;

  ColumnReader(Connection connection) {
    this.connection = connection;
  }

  /** The table's columns; empty when it is not captured. */
  Optional<TableColumns> read(String table) throws SQLException {
    var columns = new ArrayList<Column>();
    var quoted = "";
    var key = List.<String>of();
    try (var statement = connection.prepareStatement(COLUMNS.text())) {
      statement.setString(1, table);
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          quoted = rows.getString("quoted_table");
          key = texts(rows.getArray("key"));
          columns.add(
              new Column(
                  rows.getString("name"),
                  rows.getString("quoted"),
                  rows.getString("type"),
                  type(rows),
                  rows.getBoolean("captured")));
        }
      }
    }
    return columns.isEmpty()
        ? Optional.empty()
        : Optional.of(new TableColumns(table, quoted, key, columns));
  }

  private static ColumnType type(ResultSet row) throws SQLException {
    if (!row.getBoolean("has_null")) {
      return new ColumnType.Other(false);
    }
    var labels = row.getArray("labels");
    if (labels != null) {
      return new ColumnType.Enumeration(texts(labels));
    }
    // Numbers of pg_type.dat, which never change.
    return switch (row.getInt("kind")) {
      case 16 -> Plain.BOOL;
      case 17 -> Plain.BYTEA;
      case 20 -> Plain.INT8;
      case 21 -> Plain.INT2;
      case 23 -> Plain.INT4;
      case 700 -> Plain.FLOAT4;
      case 701 -> Plain.FLOAT8;
      case 1082 -> Plain.DATE;
      case 1083 -> Plain.TIME;
      case 1114 -> Plain.TIMESTAMP;
      case 1184 -> Plain.TIMESTAMPTZ;
      case 1186 -> Plain.INTERVAL;
      case 1266 -> Plain.TIMETZ;
      case 1700 -> Plain.NUMERIC;
      case 2950 -> Plain.UUID;
      case 19, 25, 1043 -> new ColumnType.Text(collation(row), false);
      case 1042 -> new ColumnType.Text(collation(row), true);
      default -> new ColumnType.Other(true);
    };
  }

  private static Collation collation(ResultSet row) throws SQLException {
    var builtin = row.getString("provider").equals("b");
    var names = builtin ? BINARY_BUILTIN : BINARY_LIBC;
    var byLocale = !row.getString("provider").equals("i");
    var utf8 = row.getBoolean("utf8");
    var ctype = row.getString("letters");
    var isC = byLocale && (ctype.equals("C") || (ctype.equals("POSIX") && !builtin));
    return new Collation(
        row.getBoolean("deterministic"),
        utf8 && byLocale && names.contains(row.getString("sorted_by")),
        isC ? Folding.ASCII : utf8 && isPlain(ctype) ? Folding.UNICODE : Folding.OTHER);
  }

  private static boolean isPlain(String locale) {
    return PLAIN_LETTERS.contains(locale.toLowerCase(Locale.ROOT).split("[-_.@]", 2)[0])
        || PLAIN_LETTERS.contains(locale.toLowerCase(Locale.ROOT));
  }

  private static List<String> texts(@Nullable Array array) throws SQLException {
    return array == null ? List.of() : List.of((String[]) array.getArray());
  }
}
