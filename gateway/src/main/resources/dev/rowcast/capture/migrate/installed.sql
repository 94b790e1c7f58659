-- By which way the database is captured. In: nothing. Out: one row: WAL, TRIGGERS or null.
SELECT CASE
  WHEN pg_catalog.to_regclass('rowcast.wal') IS NOT NULL THEN 'WAL'
  WHEN pg_catalog.to_regclass('rowcast.outbox') IS NOT NULL THEN 'TRIGGERS'
END
