-- Whether the log is captured, else triggers are. In: nothing. Out: one row.
SELECT pg_catalog.to_regclass('rowcast.wal') IS NOT NULL
