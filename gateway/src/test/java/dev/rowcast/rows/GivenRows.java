package dev.rowcast.rows;

import dev.rowcast.base.DataSize;
import dev.rowcast.message.Since;
import java.nio.file.Path;

/** Snapshots that no database gave. Thread-safe. */
public final class GivenRows {
  private final SnapshotStore store;

  /** Keeps so much in memory, and the rest in files of a folder. */
  public GivenRows(DataSize memory, Path folder) {
    this.store = new SnapshotStore(memory, SnapshotStore.nameless(folder));
  }

  /** A snapshot of these rows, objects of JSON, at this moment. */
  public Snapshot at(Since.Rendered moment, String... rows) {
    var snapshot = new Snapshot(moment, store, DataSize.ofMebibytes(64));
    for (var row : rows) {
      snapshot.add(row);
    }
    snapshot.end();
    return snapshot;
  }

  /** Bytes that are kept in memory. */
  public long inMemory() {
    return store.used();
  }
}
