package dev.rowcast.postgres;

import dev.rowcast.change.TableName;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the system catalogue says about tables, triggers and functions.
 *
 * <p>Confined to the thread that uses the connection. Every call asks the server anew, within the
 * connection's transaction if there is one.
 */
public final class Catalogue {
  private static final SqlResource TABLES = SqlResource.of(Catalogue.class, "catalogue-tables.sql");
  private static final SqlResource COLUMNS =
      SqlResource.of(Catalogue.class, "catalogue-columns.sql");
  private static final SqlResource TRIGGERS =
      SqlResource.of(Catalogue.class, "catalogue-triggers.sql");
  private static final SqlResource FUNCTIONS =
      SqlResource.of(Catalogue.class, "catalogue-functions.sql");

  private final Connection connection;

  /** Reads over this connection, which stays the caller's. */
  public Catalogue(Connection connection) {
    this.connection = connection;
  }

  /** A function; {@code settings} are those of its SET clauses. */
  public record Function(
      String name,
      String arguments,
      String body,
      boolean definer,
      boolean owned,
      List<String> settings) {
    /** Copies the list. */
    public Function {
      settings = List.copyOf(settings);
    }
  }

  /** Every relation outside the system schemas and schema {@code rowcast}, by schema and name. */
  public List<Relation> relations() throws SQLException {
    var columns = columns();
    var triggers = triggers();
    var relations = new ArrayList<Relation>();
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery(TABLES.text())) {
      while (rows.next()) {
        var oid = rows.getLong("oid");
        relations.add(
            new Relation(
                oid,
                new TableName(rows.getString("schema_name"), rows.getString("table_name")),
                rows.getString("quoted"),
                kind(rows.getString("kind")),
                rows.getString("persistence").equals("u"),
                rows.getString("owner"),
                rows.getString("quoted_owner"),
                rows.getBoolean("owned"),
                rows.getLong("root"),
                rows.getBoolean("inherits"),
                Optional.ofNullable(nullable(rows, "extension")),
                texts(rows, "primary_key"),
                rows.getBoolean("deferrable_key"),
                new Relation.Identity(
                    rows.getString("identity").equals("f"), texts(rows, "identity_columns")),
                columns.getOrDefault(oid, List.of()),
                triggers.getOrDefault(oid, List.of())));
      }
    }
    return relations;
  }

  /** The functions of a schema; empty when there is no such schema. */
  public List<Function> functions(String schema) throws SQLException {
    var functions = new ArrayList<Function>();
    try (var statement = connection.prepareStatement(FUNCTIONS.text())) {
      statement.setString(1, schema);
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          functions.add(
              new Function(
                  rows.getString("name"),
                  rows.getString("arguments"),
                  rows.getString("body"),
                  rows.getBoolean("definer"),
                  rows.getBoolean("owned"),
                  texts(rows, "settings")));
        }
      }
    }
    return functions;
  }

  private Map<Long, List<Relation.Column>> columns() throws SQLException {
    var byRelation = new HashMap<Long, List<Relation.Column>>();
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery(COLUMNS.text())) {
      while (rows.next()) {
        byRelation
            .computeIfAbsent(rows.getLong("relation"), _ -> new ArrayList<>())
            .add(
                new Relation.Column(
                    rows.getString("name"),
                    rows.getString("quoted"),
                    rows.getString("literal"),
                    rows.getBoolean("generated"),
                    rows.getBoolean("is_virtual"),
                    rows.getInt("width"),
                    rows.getString("size_of").equals("octets"),
                    rows.getBoolean("may_fail")));
      }
    }
    return byRelation;
  }

  private Map<Long, List<Relation.Trigger>> triggers() throws SQLException {
    var byRelation = new HashMap<Long, List<Relation.Trigger>>();
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery(TRIGGERS.text())) {
      while (rows.next()) {
        byRelation
            .computeIfAbsent(rows.getLong("relation"), _ -> new ArrayList<>())
            .add(
                new Relation.Trigger(
                    rows.getString("name"),
                    rows.getString("quoted"),
                    rows.getInt("type"),
                    rows.getString("enabled"),
                    rows.getString("function"),
                    Optional.ofNullable(nullable(rows, "old_rows")).orElse(""),
                    Optional.ofNullable(nullable(rows, "new_rows")).orElse(""),
                    rows.getString("arguments"),
                    rows.getBoolean("conditional"),
                    texts(rows, "columns")));
      }
    }
    return byRelation;
  }

  private static Relation.Kind kind(String letter) {
    return switch (letter) {
      case "r" -> Relation.Kind.TABLE;
      case "p" -> Relation.Kind.PARTITIONED;
      case "f" -> Relation.Kind.FOREIGN;
      case "m" -> Relation.Kind.MATERIALIZED_VIEW;
      default -> Relation.Kind.VIEW;
    };
  }

  private static @Nullable String nullable(ResultSet rows, String column) throws SQLException {
    return rows.getString(column);
  }

  private static List<String> texts(ResultSet rows, String column) throws SQLException {
    var array = rows.getArray(column);
    return array == null ? List.of() : List.of((String[]) array.getArray());
  }
}
