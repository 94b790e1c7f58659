-- The slot of this lineage stands. In: 1 the epoch.
UPDATE rowcast.wal SET established = true WHERE epoch = ?::uuid AND NOT established
