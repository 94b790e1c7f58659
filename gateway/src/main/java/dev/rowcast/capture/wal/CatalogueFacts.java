package dev.rowcast.capture.wal;

import dev.rowcast.capture.CaptureException;
import dev.rowcast.change.TableName;
import dev.rowcast.postgres.Database;
import dev.rowcast.postgres.SqlResource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Facts read from the catalogue as it is now, over a connection of its own.
 *
 * <p>Confined to the thread that reads the log.
 *
 * <p>The log may be older than the catalogue. Names and types of columns come from the log itself;
 * what is asked here is only what a type is made of, which changes by ALTER TYPE and ALTER TABLE.
 * Types are therefore asked again with each description of a table, which follows such changes. A
 * type that is gone, or a composite with another number of columns, is written as text.
 */
final class CatalogueFacts implements Facts, ValueWriter.Casts, AutoCloseable {
  private static final SqlResource SESSION = SqlResource.of(CatalogueFacts.class, "keeper.sql");
  private static final SqlResource SOURCE = SqlResource.of(CatalogueFacts.class, "source.sql");
  private static final SqlResource TYPES = SqlResource.of(CatalogueFacts.class, "types.sql");

  private final Connection connection;
  private final Map<String, PreparedStatement> casts = new HashMap<>();

  private CatalogueFacts(Connection connection) {
    this.connection = connection;
  }

  static CatalogueFacts open(Database database) throws SQLException {
    var connection = database.open("rowcast capture types");
    try (var statement = connection.createStatement()) {
      statement.execute(SESSION.text());
      return new CatalogueFacts(connection);
    } catch (SQLException failure) {
      connection.close();
      throw failure;
    }
  }

  @Override
  public Optional<SourceTable> source(TableName table) {
    try (var question = connection.prepareStatement(SOURCE.text())) {
      question.setString(1, table.schema());
      question.setString(2, table.name());
      try (var row = question.executeQuery()) {
        return row.next()
            ? Optional.of(new SourceTable(texts(row, "key"), texts(row, "columns")))
            : Optional.empty();
      }
    } catch (SQLException failure) {
      throw failed("how " + table + " is captured", failure);
    }
  }

  /** A transaction id of the present, with all its 64 bits. */
  long currentXid() throws SQLException {
    try (var statement = connection.createStatement();
        var row =
            statement.executeQuery(
                "SELECT CAST(pg_snapshot_xmax(pg_current_snapshot()) AS text)")) {
      row.next();
      return Long.parseUnsignedLong(row.getString(1));
    }
  }

  @Override
  public void sourcesChanged() {
    // Nothing is remembered here.
  }

  @Override
  public Map<Integer, JsonType> types(Collection<Integer> oids) {
    var found = new HashMap<Integer, Found>();
    var wanted = oids.stream().distinct().map(Integer::toUnsignedLong).toArray(Long[]::new);
    try (var question = connection.prepareStatement(TYPES.text())) {
      question.setArray(1, connection.createArrayOf("int8", wanted));
      try (var row = question.executeQuery()) {
        while (row.next()) {
          found.put((int) row.getLong("oid"), found(row));
        }
      }
    } catch (SQLException failure) {
      throw failed("what types are made of", failure);
    }
    var types = new HashMap<Integer, JsonType>();
    for (var oid : oids) {
      types.put(oid, type(oid, found, new HashSet<>()));
    }
    return types;
  }

  /** A type as the catalogue has it, those inside it by their oids. */
  private record Found(
      char kind, int inner, char delimiter, String name, List<String> names, List<Integer> types) {
    Found {
      names = List.copyOf(names);
      types = List.copyOf(types);
    }
  }

  private static Found found(ResultSet row) throws SQLException {
    var types = new ArrayList<Integer>();
    for (var oid : (Long[]) row.getArray("field_types").getArray()) {
      types.add(oid.intValue());
    }
    return new Found(
        row.getString("kind").charAt(0),
        (int) row.getLong("inner_type"),
        row.getString("delimiter").charAt(0),
        row.getString("name"),
        texts(row, "field_names"),
        types);
  }

  private static JsonType type(int oid, Map<Integer, Found> found, Set<Integer> within) {
    var type = found.get(oid);
    if (type == null || !within.add(oid)) {
      return JsonType.TEXT;
    }
    var json =
        switch (type.kind()) {
          case 'D' -> type(type.inner(), found, within);
          case 'b' -> JsonType.BOOL;
          case 'n' -> JsonType.NUMBER;
          case 'd' -> JsonType.TIMESTAMP;
          case 'z' -> JsonType.TIMESTAMP_WITH_ZONE;
          case 'j' -> JsonType.JSON;
          case 'J' -> JsonType.JSONB;
          case 'h' -> JsonType.HSTORE;
          case 'v' -> new JsonType.Vector(type(type.inner(), found, within));
          case 'a' -> new JsonType.Array(type(type.inner(), found, within), type.delimiter());
          case 'c' -> composite(type, found, within);
          case 'k' -> new JsonType.Cast(type.name());
          default -> JsonType.TEXT;
        };
    within.remove(oid);
    return json;
  }

  private static JsonType composite(Found type, Map<Integer, Found> found, Set<Integer> within) {
    var fields = new ArrayList<JsonType.Field>();
    for (int i = 0; i < type.names().size(); i++) {
      fields.add(new JsonType.Field(type.names().get(i), type(type.types().get(i), found, within)));
    }
    return new JsonType.Composite(fields);
  }

  @Override
  public @Nullable String json(String type, String text) {
    try {
      var cast = casts.get(type);
      if (cast == null) {
        cast =
            connection.prepareStatement(
                "SELECT CAST(pg_catalog.to_jsonb(CAST(CAST(? AS pg_catalog.text) AS "
                    + type.replace("?", "??")
                    + ")) AS pg_catalog.text)");
        casts.put(type, cast);
      }
      cast.setString(1, text);
      try (var row = cast.executeQuery()) {
        row.next();
        return row.getString(1);
      }
    } catch (SQLException failure) {
      var state = String.valueOf(failure.getSQLState());
      if (state.startsWith("08") || state.startsWith("57") || state.startsWith("53")) {
        throw failed("what a value of type " + type + " is as JSON", failure);
      }
      return null;
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }

  private static List<String> texts(ResultSet row, String column) throws SQLException {
    var array = row.getArray(column);
    return array == null ? List.of() : List.of((String[]) array.getArray());
  }

  private static CaptureException failed(String what, SQLException failure) {
    return new CaptureException(
        "PostgreSQL did not say " + what + " (" + failure.getMessage() + ")", true, failure);
  }
}
