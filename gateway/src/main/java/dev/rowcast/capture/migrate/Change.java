package dev.rowcast.capture.migrate;

import dev.rowcast.change.TableName;
import java.util.List;
import java.util.Optional;

/**
 * One way in which the database is not as the settings want it, and what puts it right.
 *
 * <p>Immutable.
 *
 * @param table whose triggers it is about; empty: about schema rowcast itself
 * @param sentence for the operator
 * @param sql statements, run in this order
 * @param obstacle why the connected role cannot run them, and what to do about it
 */
public record Change(
    Kind kind,
    Optional<TableName> table,
    String sentence,
    List<String> sql,
    Optional<String> obstacle) {

  /** What sort of difference. */
  public enum Kind {
    /** Schema rowcast or something in it is missing. */
    SCHEMA,
    /** A table that is not captured yet. */
    NEW_TABLE,
    /** A table dropped and created again, or renamed, under a name that is captured. */
    RECREATED_TABLE,
    /** Key or columns are not those the readers know. */
    CHANGED_TABLE,
    MISSING_TRIGGER,
    DISABLED_TRIGGER,
    CHANGED_TRIGGER,
    /** The application gained a trigger after whose nested statements ours must be told apart. */
    NESTING,
    MISSING_FUNCTION,
    CHANGED_FUNCTION,
    /** A trigger or function of ours that the settings no longer want. */
    LEFTOVER,
    /** Rodan's own trigger or function, which ours replaces. */
    ADOPTED,
    /** The log does not hold of old rows what is needed. */
    IDENTITY,
    /** The publication is missing or another. */
    PUBLICATION,
    /** Continuity is lost, or begins. */
    EPOCH,
    /** The slot is to be made, after everything else is committed. */
    SLOT,
    /** A slot is to be dropped, after everything else is committed. */
    OLD_SLOT
  }

  /** Copies the statements. */
  public Change {
    sql = List.copyOf(sql);
  }

  /** Whether it cannot be part of the transaction that changes everything else. */
  boolean isAfterwards() {
    return kind == Kind.SLOT || kind == Kind.OLD_SLOT;
  }

  /** The sentence, with the obstacle if there is one. */
  public String line() {
    return sentence + obstacle.map(text -> "; cannot be done: " + text).orElse("");
  }
}
