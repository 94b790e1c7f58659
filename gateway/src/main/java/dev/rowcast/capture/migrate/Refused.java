package dev.rowcast.capture.migrate;

import dev.rowcast.change.TableName;

/**
 * A table that matches a rule and is not captured all the same.
 *
 * <p>Immutable.
 *
 * @param reason completes the sentence "table x is not captured: …"
 */
public record Refused(TableName table, String reason) {

  /** One sentence. */
  public String sentence() {
    return Text.printable(table) + " is not captured: " + reason;
  }
}
