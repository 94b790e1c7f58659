package dev.rowcast.postgres;

import dev.rowcast.change.TableName;
import java.util.List;
import java.util.Optional;

/**
 * A table, view or the like, as the catalogue describes it.
 *
 * <p>Immutable.
 *
 * @param quoted schema and name as PostgreSQL's {@code format('%I.%I')} writes them, safe in SQL
 * @param owned whether the connected role may act as the owner
 * @param root the topmost partitioned table, or this one's own oid
 * @param inherits whether it is part of inheritance other than partitioning
 * @param extension the extension that owns it
 * @param primaryKey column names in the order of the key; empty: none
 * @param deferrableKey whether the primary key is only checked later than row by row
 * @param identity what the log holds of a row that is updated or deleted
 * @param columns empty for anything but tables
 * @param triggers by name, those of foreign keys and the copies on partitions left out
 */
public record Relation(
    long oid,
    TableName name,
    String quoted,
    Kind kind,
    boolean unlogged,
    String owner,
    String quotedOwner,
    boolean owned,
    long root,
    boolean inherits,
    Optional<String> extension,
    List<String> primaryKey,
    boolean deferrableKey,
    Identity identity,
    List<Column> columns,
    List<Trigger> triggers) {

  /** What sort of relation. */
  public enum Kind {
    TABLE,
    PARTITIONED,
    FOREIGN,
    VIEW,
    MATERIALIZED_VIEW
  }

  /**
   * A table's REPLICA IDENTITY.
   *
   * @param full whether the whole row is it
   * @param columns else those that are; empty: none, and then a published table refuses updates
   */
  public record Identity(boolean full, List<String> columns) {
    /** Copies the list. */
    public Identity {
      columns = List.copyOf(columns);
    }

    /** Whether old rows hold these columns. */
    public boolean covers(List<String> wanted) {
      return full || columns.containsAll(wanted);
    }
  }

  /**
   * A column.
   *
   * @param quoted as {@code quote_ident} writes the name
   * @param literal as {@code quote_literal} writes the name
   * @param virtual generated when read: triggers do not see a value
   * @param width the most bytes its JSON can take; 0: no bound
   * @param octets whether {@code octet_length} tells its size without reading it
   * @param mayFail whether {@code to_jsonb} of a stored value may raise an error
   */
  public record Column(
      String name,
      String quoted,
      String literal,
      boolean generated,
      boolean virtual,
      int width,
      boolean octets,
      boolean mayFail) {}

  /**
   * A trigger.
   *
   * @param type the bits of {@code pg_trigger.tgtype}
   * @param enabled {@code O} fires in ordinary sessions, {@code D} never, {@code R} in replicas,
   *     {@code A} always
   * @param function schema and name, unquoted
   * @param columns of {@code UPDATE OF}, sorted
   */
  public record Trigger(
      String name,
      String quoted,
      int type,
      String enabled,
      String function,
      String oldRows,
      String newRows,
      String arguments,
      boolean conditional,
      List<String> columns) {
    public static final int ROW = 1;
    public static final int BEFORE = 2;
    public static final int INSERT = 4;
    public static final int DELETE = 8;
    public static final int UPDATE = 16;
    public static final int TRUNCATE = 32;

    /** Copies the list. */
    public Trigger {
      columns = List.copyOf(columns);
    }

    /** Whether all these bits are set. */
    public boolean is(int bits) {
      return (type & bits) == bits;
    }
  }

  /** Copies the lists. */
  public Relation {
    primaryKey = List.copyOf(primaryKey);
    columns = List.copyOf(columns);
    triggers = List.copyOf(triggers);
  }

  /** Whether it hangs below a partitioned table. */
  public boolean isPartition() {
    return root != oid;
  }

  /** The column of this name. */
  public Optional<Column> column(String name) {
    return columns.stream().filter(column -> column.name().equals(name)).findFirst();
  }
}
