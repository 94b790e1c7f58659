package dev.rowcast.capture.migrate;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rowcast.base.DataSize;
import dev.rowcast.capture.CaptureSettings.OldRow;
import dev.rowcast.change.TableName;
import dev.rowcast.postgres.Relation;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/**
 * A table whose names were chosen by an enemy: what a fuzzer's bytes mean for the generator of
 * triggers.
 *
 * <p>Immutable. The first byte chooses how the table is captured; the rest are names, one a line
 * feed apart, the first the table's.
 *
 * @param names as PostgreSQL would keep them: UTF-8, no zero, 63 bytes at most, distinct
 */
record HostileTable(int options, List<String> names) {
  private static final int LONGEST = 63;
  private static final int MOST = 8;

  static HostileTable of(byte[] data) {
    var names = new LinkedHashSet<String>();
    var text = data.length < 2 ? "" : new String(data, 1, data.length - 1, UTF_8);
    for (var line : text.split("\n", -1)) {
      var name = fit(line.replace("\0", "").replace('\u0001', '\n'));
      if (name.length() > 2 && names.size() < MOST) {
        names.add(name);
      }
    }
    for (int i = names.size(); i < 3; i++) {
      names.add("plain" + i);
    }
    return new HostileTable(data.length == 0 ? 0 : data[0] & 0xFF, List.copyOf(names));
  }

  private static String fit(String name) {
    var fitting = name;
    while (fitting.getBytes(UTF_8).length > LONGEST) {
      fitting = fitting.substring(0, fitting.offsetByCodePoints(fitting.length(), -1));
    }
    return fitting;
  }

  /** The same table with names that need no quotes, each as long as the one it stands for. */
  HostileTable harmless() {
    var plain = new ArrayList<String>();
    for (int i = 0; i < names.size(); i++) {
      plain.add("c" + i + "x".repeat(names.get(i).length() - 2));
    }
    return new HostileTable(options, plain);
  }

  String table() {
    return names.getFirst();
  }

  List<String> columns() {
    return names.subList(1, names.size());
  }

  /** Every statement that captures it. */
  List<String> statements() {
    var columns = columns().stream().map(this::column).toList();
    var relation =
        new Relation(
            1,
            new TableName("public", table()),
            "public." + identifier(table()),
            Relation.Kind.TABLE,
            false,
            "owner",
            "owner",
            true,
            1,
            false,
            Optional.empty(),
            List.of(columns().getFirst()),
            false,
            new Relation.Identity(false, List.of(columns().getFirst())),
            columns,
            List.of());
    var captured =
        new CapturedTable(
            relation,
            columns.subList(0, 1),
            (options & 1) == 0 ? List.of() : columns,
            (options & 2) == 0 ? OldRow.KEY : OldRow.ALL,
            List.of());
    var sql = new CaptureSql(captured, 7, DataSize.ofKibibytes(64));
    var statements = new ArrayList<String>();
    sql.functions().forEach(function -> statements.addAll(function.create()));
    sql.triggers().forEach(trigger -> statements.add(trigger.create()));
    return statements;
  }

  private Relation.Column column(String name) {
    return new Relation.Column(
        name,
        identifier(name),
        literal(name),
        false,
        false,
        (options & 4) == 0 ? 11 : 0,
        (options & 8) != 0,
        (options & 16) != 0);
  }

  /** As {@code quote_ident} writes a name that needs quotes. */
  static String identifier(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  /** As {@code quote_literal} writes it. */
  static String literal(String name) {
    var quoted = "'" + name.replace("\\", "\\\\").replace("'", "''") + "'";
    return name.indexOf('\\') >= 0 ? " E" + quoted : quoted;
  }
}
