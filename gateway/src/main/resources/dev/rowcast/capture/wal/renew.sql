-- Begins a new lineage, unless somebody else just did.
-- In: 1 whether the slot stays as it is; 2 the epoch of the old one.
UPDATE rowcast.wal SET epoch = gen_random_uuid(), established = ?::bool WHERE epoch = ?::uuid
