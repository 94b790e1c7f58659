package dev.rowcast.capture.migrate;

import dev.rowcast.capture.CaptureSettings;
import dev.rowcast.capture.CaptureSettings.OldRow;
import dev.rowcast.capture.migrate.Change.Kind;
import dev.rowcast.change.TableName;
import dev.rowcast.postgres.Relation;
import dev.rowcast.postgres.SqlResource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What capture by the log needs in the database, held against what is there.
 *
 * <p>Confined to the thread that made it; reads nothing but what it was given.
 *
 * <p>The slot cannot be made in the transaction that changes the rest: PostgreSQL refuses that. It
 * is made after it, by {@code apply} or by the first leader, and the lineage is announced only
 * then.
 */
final class WalInstallation {
  /** What nothing else makes sense without. */
  static final Set<Kind> NEEDED = EnumSet.of(Kind.SCHEMA, Kind.PUBLICATION, Kind.EPOCH, Kind.SLOT);

  private static final SqlResource SCHEMA = SqlResource.of(WalInstallation.class, "schema-wal.sql");
  private static final SqlResource MESSAGE = SqlResource.of(WalInstallation.class, "message.sql");
  private static final SqlResource DELIVERED =
      SqlResource.of(WalInstallation.class, "delivered.sql");
  private static final SqlResource RECORD = SqlResource.of(WalInstallation.class, "record-wal.sql");
  private static final int GENERATED_COLUMNS = 180_000;

  private final CaptureSettings settings;
  private final Comparison.Found found;
  private final TableSelection selection;
  private final Findings findings;
  private final WalFacts wal;

  /** Where differences go. */
  interface Findings {
    /** One about schema rowcast, the publication or the slot. */
    void add(Kind kind, String sentence, List<String> sql, Optional<String> obstacle);

    /** One about a table; whose relation must be ours is {@code touched}. */
    void add(Kind kind, Relation touched, TableName table, String predicate, List<String> sql);

    /** The statement that writes a table's row of rowcast.source, if that must be written. */
    Optional<String> source(CapturedTable table);
  }

  WalInstallation(
      CaptureSettings settings,
      Comparison.Found found,
      TableSelection selection,
      Findings findings) {
    this.settings = settings;
    this.found = found;
    this.selection = selection;
    this.findings = findings;
    this.wal = found.wal();
  }

  /** Adds what is missing or differs. */
  void compare() {
    var obstacle = obstacle();
    if (wal.installed().isEmpty()) {
      findings.add(
          Kind.SCHEMA,
          "capture by the log is not installed",
          List.of(SCHEMA.text(), DELIVERED.text()),
          obstacle);
    } else if (!wal.delivered()) {
      add(Kind.SCHEMA, "table rowcast.delivered is missing", DELIVERED.text(), obstacle);
    }
    if (!wal.sendsMessages() && !wal.messages()) {
      add(Kind.SCHEMA, "table rowcast.message is missing", MESSAGE.text(), obstacle);
    }
    selection.captured().forEach(this::compareIdentity);
    var anew = comparePublication(obstacle);
    compareSlot(anew, obstacle);
  }

  /** Adds what takes it away, when triggers are wanted in its place. */
  void remove() {
    if (wal.installed().isEmpty()) {
      return;
    }
    var installed = wal.installed().get();
    findings.add(
        Kind.LEFTOVER,
        "capture by the log is installed, and triggers are wanted in its place",
        List.of(
            dropPublication(installed.publication()),
            "DROP TABLE IF EXISTS rowcast.wal, rowcast.message, rowcast.delivered",
            "UPDATE rowcast.state SET nonce = pg_catalog.gen_random_uuid()"),
        Optional.empty());
    findings.add(
        Kind.OLD_SLOT,
        "the slot " + installed.slot() + " is no longer wanted",
        List.of(dropSlot(installed.slot())),
        Optional.empty());
  }

  static String dropPublication(String name) {
    return "DROP PUBLICATION IF EXISTS " + identifier(name);
  }

  static String dropSlot(String name) {
    return "SELECT pg_catalog.pg_drop_replication_slot(slot_name) FROM"
        + " pg_catalog.pg_replication_slots WHERE slot_name = "
        + literal(name);
  }

  /** Tells the leader, at this place in the log, that sources changed. */
  List<String> told() {
    if (wal.installed().isEmpty()) {
      return List.of();
    }
    return wal.sendsMessages()
        ? List.of("SELECT pg_catalog.pg_logical_emit_message(true, 'rowcast.sources', '')")
        : List.of("INSERT INTO rowcast.message DEFAULT VALUES", "DELETE FROM rowcast.message");
  }

  private Optional<String> obstacle() {
    var against = ModeChoice.of(settings, found).against();
    return against.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", against));
  }

  /** Old rows need their key; without any identity PostgreSQL would refuse the writers' updates. */
  private void compareIdentity(CapturedTable table) {
    var whole = table.oldRow() == OldRow.ALL || settings.rodan();
    var key = table.key().stream().map(Relation.Column::name).toList();
    for (var relation : table.relations()) {
      var identity = relation.identity();
      if (!identity.full() && (whole || !identity.covers(key))) {
        findings.add(
            Kind.IDENTITY,
            relation,
            table.name(),
            (relation.oid() == table.relation().oid()
                    ? ""
                    : "has a partition " + relation.name() + " that ")
                + (whole
                    ? "needs its whole old rows in the log (REPLICA IDENTITY FULL)"
                    : "needs its key "
                        + String.join(", ", key)
                        + " in the log (REPLICA IDENTITY FULL)"),
            List.of("ALTER TABLE " + relation.quoted() + " REPLICA IDENTITY FULL"));
      }
    }
  }

  /** Whether the publication must be made, and with it a new lineage. */
  private boolean comparePublication(Optional<String> obstacle) {
    var installed = wal.installed();
    var moved =
        installed.isPresent()
            && !installed.get().publication().equals(settings.wal().publication());
    var anew =
        wal.publication() == 0
            || moved
            || !wal.publicationWhole()
            || installed.map(there -> there.publicationOid() != wal.publication()).orElse(true);
    var owned = selection.captured().stream().filter(this::isOwned).toList();
    for (var table : selection.captured()) {
      var member = !anew && wal.members().contains(table.relation().oid());
      var statements = new ArrayList<String>();
      findings.source(table).ifPresent(statements::add);
      var changed = !statements.isEmpty();
      if (!member && !anew) {
        statements.add(alter("ADD", table.relation().quoted()));
      }
      if (changed || !member) {
        statements.addAll(told());
        findings.add(
            member ? Kind.CHANGED_TABLE : Kind.NEW_TABLE,
            table.relations().stream()
                .filter(relation -> !relation.owned())
                .findFirst()
                .orElse(table.relation()),
            table.name(),
            member
                ? "is captured with another key or other columns than configured"
                : "is not captured yet (key "
                    + table.key().stream()
                        .map(Relation.Column::name)
                        .collect(Collectors.joining(", "))
                    + ")",
            statements);
      }
    }
    if (anew) {
      create(owned, moved, obstacle);
    } else {
      dropLeftovers();
    }
    return anew;
  }

  private boolean isOwned(CapturedTable table) {
    return table.relations().stream().allMatch(Relation::owned);
  }

  private void create(List<CapturedTable> tables, boolean moved, Optional<String> obstacle) {
    var name = settings.wal().publication();
    var members = new ArrayList<String>();
    if (!wal.sendsMessages()) {
      members.add("rowcast.message");
    }
    tables.forEach(table -> members.add(table.relation().quoted()));
    var statements = new ArrayList<String>();
    if (moved) {
      statements.add(dropPublication(wal.installed().orElseThrow().publication()));
    }
    statements.add(dropPublication(name));
    statements.add(
        "CREATE PUBLICATION "
            + identifier(name)
            + (members.isEmpty() ? "" : " FOR TABLE " + String.join(", ", members))
            + " WITH (publish = 'insert, update, delete, truncate',"
            + " publish_via_partition_root = true"
            + (wal.version() >= GENERATED_COLUMNS ? ", publish_generated_columns = stored" : "")
            + ")");
    findings.add(
        Kind.PUBLICATION,
        "publication "
            + Text.printable(name)
            + (wal.publication() == 0 ? " is missing" : " is not the one of this version")
            + (wal.installed().isEmpty() ? "" : "; a new epoch begins"),
        statements,
        publicationObstacle().or(() -> obstacle));
  }

  private Optional<String> publicationObstacle() {
    var name = settings.wal().publication();
    var ours = wal.installed().stream().anyMatch(there -> there.publication().equals(name));
    if (wal.publication() != 0 && !ours) {
      return Optional.of(
          "Rowcast did not make the publication "
              + name
              + " that is there: drop it, or choose another capture.wal.publication");
    }
    return wal.publicationOwned()
        ? Optional.empty()
        : Optional.of("the publication belongs to a role that " + found.role() + " is not");
  }

  private void dropLeftovers() {
    var wanted = new HashSet<Long>();
    selection.captured().forEach(table -> wanted.add(table.relation().oid()));
    wanted.add(wal.messageTable());
    for (var relation : found.relations()) {
      if (wal.members().contains(relation.oid()) && !wanted.contains(relation.oid())) {
        findings.add(
            Kind.LEFTOVER,
            relation,
            relation.name(),
            "is still published, and no longer wanted",
            List.of(alter("DROP", relation.quoted())));
      }
    }
  }

  private String alter(String verb, String quoted) {
    return "ALTER PUBLICATION "
        + identifier(settings.wal().publication())
        + " "
        + verb
        + " TABLE "
        + quoted;
  }

  private void compareSlot(boolean anew, Optional<String> obstacle) {
    var name = settings.wal().slot();
    var installed = wal.installed();
    var moved = installed.isPresent() && !installed.get().slot().equals(name);
    var broken =
        installed.isEmpty()
            || moved
            || anew
            || (installed.get().established() && (!wal.slotExists() || wal.slotLost()));
    if (!broken && installed.get().established()) {
      return;
    }
    if (broken) {
      findings.add(
          Kind.EPOCH,
          installed.isEmpty()
              ? "an epoch begins with the new slot"
              : "what was committed without "
                  + (anew ? "publication" : "slot")
                  + " is not captured: a new epoch begins, and clients read their data anew",
          List.of(
              RECORD.with(
                  Map.of(
                      "slot",
                      literal(name),
                      "publication",
                      literal(settings.wal().publication())))),
          obstacle);
    }
    if (moved) {
      findings.add(
          Kind.OLD_SLOT,
          "the slot " + installed.get().slot() + " is no longer wanted",
          List.of(dropSlot(installed.get().slot())),
          Optional.empty());
    }
    findings.add(
        Kind.SLOT,
        "slot " + name + (wal.slotExists() ? " cannot be used any longer" : " is missing"),
        List.of(
            "SELECT pg_catalog.pg_create_logical_replication_slot("
                + literal(name)
                + (wal.version() >= 170_000
                    ? ", 'pgoutput', false, false, true)"
                    : ", 'pgoutput')"),
            "UPDATE rowcast.wal SET established = true"),
        obstacle);
  }

  private void add(Kind kind, String sentence, String sql, Optional<String> obstacle) {
    findings.add(kind, sentence, List.of(sql), obstacle);
  }

  private static String identifier(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  private static String literal(String text) {
    return "'" + text.replace("'", "''") + "'";
  }
}
