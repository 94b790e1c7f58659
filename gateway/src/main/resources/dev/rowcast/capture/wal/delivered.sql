-- Everything delivered up to a place can be seen by everybody who sees this.
-- In: 1 the place's LSN, 2 its minor, 3 the epoch. Does nothing when more was written already.
INSERT INTO rowcast.delivered AS d (epoch, place, minor)
SELECT w.epoch, ?::pg_catalog.pg_lsn, ?
FROM rowcast.wal w
WHERE w.epoch::pg_catalog.text = ?
ON CONFLICT (id) DO UPDATE
SET epoch = excluded.epoch, place = excluded.place, minor = excluded.minor
WHERE d.epoch <> excluded.epoch OR (d.place, d.minor) < (excluded.place, excluded.minor)
