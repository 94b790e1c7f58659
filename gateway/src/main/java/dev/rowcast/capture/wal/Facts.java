package dev.rowcast.capture.wal;

import dev.rowcast.change.TableName;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/** What the log does not say and the database's catalogue does. Called on the reading thread. */
interface Facts {

  /** How the table is captured; empty: it is not. */
  Optional<SourceTable> source(TableName table);

  /** What becomes of values of these types; a type that is gone is text. */
  Map<Integer, JsonType> types(Collection<Integer> oids);

  /** Forgets how tables are captured: that was changed at this place in the log. */
  void sourcesChanged();
}
