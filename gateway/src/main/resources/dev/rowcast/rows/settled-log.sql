-- The last place with which a change can come that a snapshot sees: the log's end, at any time after
-- the snapshot was taken.
-- In: 1 the snapshot, which does not matter here. Out: one row.
SELECT (pg_catalog.pg_current_wal_insert_lsn() - '0/0'::pg_catalog.pg_lsn)::pg_catalog.text AS until,
  ?::pg_catalog.pg_snapshot IS NOT NULL AS settled
