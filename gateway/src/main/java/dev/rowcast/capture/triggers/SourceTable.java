package dev.rowcast.capture.triggers;

import dev.rowcast.change.TableName;
import java.util.List;

/** A captured table as an outbox row refers to it. Immutable. */
record SourceTable(TableName name, List<String> key) {

  SourceTable {
    key = List.copyOf(key);
  }
}
